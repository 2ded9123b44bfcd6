"""Expected pore networks, by porespy: of the pores of the 64^3 reference volume pore by pore and throat by throat; of lattices of
spheres; and, where a path is given, of OpenImpala's two-phase sample (SampleData_2Phase_stack_3d_1bit.tif, BSD-3-Clause,
Copyright (c) 2020-2025 the OpenImpala developers), whose bits go into the file for the test to read:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install porespy==3.2.0 openpnm==3.6.4 numpy==2.4.6 scipy==1.17.1 scikit-image==0.26.0
    /tmp/peer/bin/python test/golden/make/network.py [sample.tif] > test/golden/network.json

Made with the versions that stand in the file.
"""

import base64
import importlib.metadata as packages
import json
import sys
import zlib

import numpy as np
import openpnm as op
import porespy as ps
import tifffile

import reference_volume as reference

ps.settings.tqdm["disable"] = True
op.Workspace().settings["loglevel"] = 50


def snow(mask, parallel=None):
    return ps.networks.snow2(mask, boundary_width=0, parallel_kw=parallel)


def packed(values):
    return base64.b64encode(zlib.compress(values.tobytes(), 9)).decode()


def foretold(regions):
    """Of each voxel of the phase in C order: 0 to 2 if its region is that of the one before along x, y or z (the first that is), else
    3; and the regions of those with 3."""
    r = regions.reshape((1, *regions.shape) if regions.ndim == 2 else regions.shape).astype(np.uint16)
    code = np.full(r.shape, 3, np.uint8)
    for k, axis in ((2, 0), (1, 1), (0, 2)):
        before = np.roll(r, 1, axis)
        before[(slice(None),) * axis + (0,)] = 0
        code[r == before] = k
    return [packed(code[r > 0]), packed(r[(r > 0) & (code == 3)])]


def rounded(values):
    return np.round(np.asarray(values, float), 4).tolist()


def described(mask):
    net = snow(mask).network
    return {
        "pores": {
            "coords": rounded(net["pore.coords"]),
            "voxels": net["pore.region_volume"].astype(int).tolist(),
            "inscribed": rounded(net["pore.inscribed_diameter"]),
            "equivalent": rounded(net["pore.equivalent_diameter"]),
        },
        "throats": {
            "conns": net["throat.conns"].tolist(),
            "voxels": net["throat.cross_sectional_area"].astype(int).tolist(),
            "inscribed": rounded(net["throat.inscribed_diameter"]),
            "perimeter": net["throat.perimeter"].astype(int).tolist(),
            "total": rounded(net["throat.total_length"]),
            "direct": rounded(net["throat.direct_length"]),
        },
    }


def lattice(shape, r, offset, spacing):
    # Balls with their middles on a lattice, as far as they have room; porespy's generator makes the matrix True.
    mask = ~ps.generators.lattice_spheres(shape=shape, r=r, offset=offset, spacing=spacing)
    return whole(mask, snow(mask))


def whole(mask, made):
    net = made.network
    return {
        "shape": mask.shape,
        "bits": packed(np.packbits(mask)),
        "regions": foretold(made.regions),
        "pores": len(net["pore.coords"]),
        "throats": len(net["throat.conns"]),
        "inscribed": np.unique(np.round(net["pore.inscribed_diameter"], 4)).tolist()[:5],
        "extended": np.unique(np.round(net["pore.extended_diameter"], 4)).tolist()[:5],
        "areas": np.unique(net["throat.cross_sectional_area"]).tolist()[:5],
        "sums": {
            "inscribed diameter": round(float(net["pore.inscribed_diameter"].sum()), 3),
            "voxels": int(net["throat.cross_sectional_area"].sum()),
            "throat inscribed diameter": round(float(net["throat.inscribed_diameter"].sum()), 3),
            "total length": round(float(net["throat.total_length"].sum()), 2),
        },
    }


def sample(path):
    mask = tifffile.imread(path) > 0
    # As snow2 does it by default, in chunks.
    exact = snow(mask).network
    counts = [len(exact["pore.coords"]), len(exact["throat.conns"])]
    return {**whole(mask, snow(mask, {})), "exact": counts}


found = {
    "versions": {name: packages.version(name) for name in ("porespy", "openpnm", "scikit-image", "scipy", "numpy")},
    "pore": described(reference.phases(64) == 0),
    "discs": lattice([500, 500], 30, 25, 56),
    "balls": lattice([100, 100, 100], 15, 22, 28),
    "sample": [sample(path) for path in sys.argv[1:]],
}
print(json.dumps(found))
