"""Expected tortuosity factors of the 64^3 reference volume, by TauFactor and by porespy, and of a pack of spheres where a path is given
(openimpala_spheres_100_1bit.tif):

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install taufactor==1.2.1 torch==2.15.0 porespy==3.2.0 numpy==2.4.6 tifffile
    /tmp/peer/bin/python test/golden/make/transport.py [spheres.tif] > test/golden/transport.json

TauFactor goes on to a flux difference of 1e-4, in float64 where it can. Made with the versions that stand in the file.
"""

import importlib.metadata as packages
import json
import sys
import types
import warnings

import numpy as np

import reference_volume as reference

# TauFactor imports a function of notebooks, which is of no use here.
for name in ("IPython", "IPython.display"):
    sys.modules.setdefault(name, types.ModuleType(name))
sys.modules["IPython.display"].clear_output = lambda **_: None

import porespy as ps  # noqa: E402
import taufactor as tau  # noqa: E402

warnings.simplefilter("ignore")
ps.settings.tqdm["disable"] = True
phases = reference.phases(64)


def along(axis, image):
    return np.ascontiguousarray(np.moveaxis(image, axis, 0))


def factor(make, axis, image):
    solver = make(along(axis, image))
    solver.solve(verbose=False, conv_crit=1e-4, iter_limit=3000)
    return float(np.ravel(solver.tau)[0])


def solved(name, make, image):
    return {"name": name, "factors": [factor(make, axis, image) for axis in range(3)]}


def by_porespy(mask):
    return [float(ps.simulations.tortuosity_fd(mask, axis=axis).tortuosity) for axis in range(3)]


pores = (phases == 0).astype(np.uint8)
cases = [
    solved("pores", lambda image: tau.Solver(image, device="cpu"), pores),
    solved("pores, periodic", lambda image: tau.PeriodicSolver(image, device="cpu"), pores),
    {
        "name": "pores, spacing 2 × 1 × 1.5 along z, y, x",
        "factors": [factor(lambda image: tau.AnisotropicSolver(image, (2, 1, 1.5), device="cpu"), 0, pores)],
    },
    {"name": "pores, by porespy", "factors": by_porespy(pores.astype(bool))},
]
out = {
    "versions": {name: packages.version(name) for name in ("taufactor", "torch", "porespy", "numpy")},
    "cases": cases,
}
if len(sys.argv) > 1:
    import tifffile

    spheres = tifffile.imread(sys.argv[1]) != 0
    out["spheres"] = {"name": "outside of spheres", "factors": by_porespy(spheres)}
json.dump(out, sys.stdout, indent=1)
print()
