"""Areas of throats by marching cubes, by porespy with the accuracy "high", and the triangles that scikit-image makes of cells whose
values differ:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install porespy==3.2.0 openpnm==3.6.4 trimesh==5.2.0 numpy==2.4.6 scipy==1.17.1 scikit-image==0.26.0
    /tmp/peer/bin/python test/golden/make/throats.py > test/golden/throats.json

Made with the versions that stand in the file. `triangles` are the words of src/measure/value-triangles.ts; `cells` are counts of voxels at
the corners of cells, the most that there are of these, the area where half of this is passed, and 1 where values tie.
"""

import base64
import importlib.metadata as packages
import itertools
import json
import sys
import zlib

import numpy as np
import openpnm as op
import porespy as ps
from skimage.measure import marching_cubes, mesh_surface_area

import reference_volume as reference

ps.settings.tqdm["disable"] = True
op.Workspace().settings["loglevel"] = 50
random = np.random.default_rng(20240607)

POINTS = [p for p in np.ndindex(3, 3, 3) if sum(n == 1 for n in p) in (1, 3)]
# Corners of the faces, one after the other around each; the corner z, y, x is 4z + 2y + x.
FACES = [
    [sum(bit << (2 - axis) for axis, bit in ((a, side), (others[0], i), (others[1], j))) for i, j in ((0, 0), (0, 1), (1, 1), (1, 0))]
    for a in range(3)
    for others in [[axis for axis in range(3) if axis != a]]
    for side in (0, 1)
]


def crossed(code):
    """Faces of which two opposite corners are inside, and the others are not."""
    inside = [code >> k & 1 for k in range(8)]
    return [f for f, (a, b, c, d) in enumerate(FACES) if inside[a] == inside[c] != inside[b] == inside[d]]


def joined(values, face):
    """True if the two corners inside hang together across a face."""
    a, b, c, d = (values[k] for k in FACES[face])
    return a * c >= b * d if a > 0 else b * d >= a * c


def triangles(values):
    """Letters of the points, three a triangle."""
    vertices, faces, _, _ = marching_cubes(values.reshape(2, 2, 2), 0.0)

    def letter(vertex):
        # On an edge two coordinates are whole; the middle of the cell has none.
        whole = [min(n, 1 - n) < 1e-6 for n in vertex]
        point = tuple(2 * int(round(float(n))) if w else 1 for n, w in zip(vertex, whole)) if sum(whole) >= 2 else (1, 1, 1)
        return chr(97 + POINTS.index(point))

    return sorted("".join(sorted(letter(vertices[k]) for k in face)) for face in faces)


def word(code, joins, tunnel):
    """The surface of a set of corners of which the crossed faces join as told; the one seen less often is a tunnel."""
    seen = {}
    for _ in range(4000):
        values = np.where([code >> k & 1 for k in range(8)], 1, -1) * np.exp(random.normal(0, 1.2, 8))
        if [joined(values, face) for face in crossed(code)] != joins:
            continue
        made = "".join(triangles(values))
        seen[made] = seen.get(made, 0) + 1
        if (not tunnel and sum(seen.values()) == 12) or len(seen) == 2:
            break
    # With a tunnel there are more triangles.
    ordered = sorted(seen, key=len)
    return (ordered[tunnel] if len(ordered) > tunnel else "") if seen else ""


words = []
for code in range(256):
    faces = crossed(code)
    # Those of sets without such faces are in cell-triangles.ts.
    for joins in itertools.product((False, True), repeat=len(faces)) if faces else ():
        words.append(word(code, list(joins), 0))
for code in range(256):
    opposite = any(code in (1 << k | 1 << 7 - k, 255 - (1 << k | 1 << 7 - k)) for k in range(4))
    two = crossed(code) if bin(code).count("1") == 4 else []
    if opposite or (len(two) == 2 and two[0] // 2 == two[1] // 2):
        words.append(word(code, [False] * len(two), 1))

cells = []
while len(cells) < 600:
    most = int(random.integers(1, 8))
    counts = random.integers(0, most + 1, 8)
    if len({2 * n > most for n in counts}) == 1:
        continue
    # Half of what there is most of, in single precision, as of a whole volume.
    vertices, faces, _, _ = marching_cubes(counts.reshape(2, 2, 2) / 7, float(np.float32(most / 7)) / 2)
    values = 2 * counts - most
    code = sum(int(value > 0) << k for k, value in enumerate(values))
    tied = 0 in values or any(values[a] * values[c] == values[b] * values[d] for a, b, c, d in (FACES[f] for f in crossed(code)))
    cells.append([*counts.tolist(), most, round(float(mesh_surface_area(vertices, faces)), 6), int(tied)])


def packed(values):
    return base64.b64encode(zlib.compress(values.tobytes(), 9)).decode()


def areas(regions, spacing):
    surfaces = ps.metrics.region_surface_areas(regions, voxel_size=spacing)
    found = ps.metrics.region_interface_areas(regions, surfaces, voxel_size=spacing)
    order = np.lexsort(found.conns.T[::-1])
    return {
        "conns": found.conns[order].tolist(),
        "areas": np.round(found.area[order], 4).tolist(),
    }


def lattice():
    # As porespy's own test has it.
    mask = ~ps.generators.lattice_spheres(shape=[100, 100, 100], r=15, offset=22, spacing=28)
    net = ps.networks.snow2(mask, boundary_width=0, accuracy="high", parallel_kw=None).network
    return {"throats": len(net["throat.conns"]), "areas": np.unique(np.round(net["throat.cross_sectional_area"], 3)).tolist()}


def crumbs():
    """Regions of few voxels, many of them without one that has all of its neighbours."""
    shape = (14, 15, 17)
    middles = random.uniform(0, 1, (90, 3)) * shape
    places = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), -1)
    far = np.linalg.norm(places[:, :, :, None] - middles, axis=-1)
    regions = np.where(far.min(-1) < 2.3, far.argmin(-1) + 1, 0)
    # Labels without gaps.
    regions = (np.unique(regions, return_inverse=True)[1]).reshape(shape).astype(np.uint16)
    return {"shape": shape, "labels": packed(regions), **areas(regions.astype(int), (1.0, 1.0, 1.0)), "spacing": (2.0, 1.0, 1.3), "of its voxels": areas(regions.astype(int), (2.0, 1.0, 1.3))}


pores = ps.networks.snow2(reference.phases(64) == 0, boundary_width=0, accuracy="high", parallel_kw=None).network
json.dump(
    {
        "versions": {name: packages.version(name) for name in ("porespy", "scikit-image", "scipy", "numpy")},
        "triangles": " ".join(words),
        "cells": cells,
        "lattice": lattice(),
        "crumbs": crumbs(),
        "pores": {
            "conns": pores["throat.conns"].tolist(),
            "areas": np.round(pores["throat.cross_sectional_area"], 4).tolist(),
        },
    },
    sys.stdout,
)
