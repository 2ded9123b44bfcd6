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


def snow(mask, **more):
    return ps.networks.snow2(mask, boundary_width=0, parallel_kw=None, **more)


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


def lattice(shape, r, offset, spacing, **more):
    # Balls with their middles on a lattice, as far as they have room; porespy's generator makes the matrix True.
    mask = ~ps.generators.lattice_spheres(shape=shape, r=r, offset=offset, spacing=spacing)
    net = snow(mask, **more).network
    return {
        "shape": shape,
        "bits": base64.b64encode(zlib.compress(np.packbits(mask).tobytes(), 9)).decode(),
        "pores": len(net["pore.coords"]),
        "throats": len(net["throat.conns"]),
        "inscribed": np.unique(net["pore.inscribed_diameter"]).tolist(),
        "extended": np.unique(net["pore.extended_diameter"]).tolist(),
        "areas": np.unique(net["throat.cross_sectional_area"]).tolist(),
    }


def sample(path):
    mask = tifffile.imread(path) > 0
    net = snow(mask).network
    return {
        "shape": mask.shape,
        "bits": base64.b64encode(zlib.compress(np.packbits(mask).tobytes(), 9)).decode(),
        "pores": len(net["pore.coords"]),
        "throats": len(net["throat.conns"]),
        "inscribed": round(float(net["pore.inscribed_diameter"].sum()), 3),
        "voxels": int(net["throat.cross_sectional_area"].sum()),
        "throat inscribed": round(float(net["throat.inscribed_diameter"].sum()), 3),
        "total length": round(float(net["throat.total_length"].sum()), 2),
    }


found = {
    "versions": {name: packages.version(name) for name in ("porespy", "openpnm", "scikit-image", "scipy", "numpy")},
    "pore": described(reference.phases(64) == 0),
    "discs": lattice([500, 500], 30, 25, 56),
    "balls": lattice([100, 100, 100], 15, 22, 28),
    "sample": [sample(path) for path in sys.argv[1:]],
}
print(json.dumps(found))
