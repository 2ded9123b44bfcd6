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


def jittered(n):
    """A lattice whose middles and diameters come from whole numbers, and what flows through it by OpenPNM along each axis."""
    def hashed(k, m):
        return (k * 2654435761 % 2**32) >> 7 & (m - 1)

    net = op.network.Cubic([n, n, n], spacing=1.0)
    coords = np.stack(np.meshgrid(*[np.arange(n)] * 3, indexing="ij"), -1).reshape(-1, 3)
    places = np.array([[20 * c + hashed(9 * k + a, 8) / 2 for a, c in enumerate(row)] for k, row in enumerate(coords)], float)
    conns = net["throat.conns"]
    net["pore.coords"] = places
    net["pore.diameter"] = np.array([10 + hashed(5 * k + 1, 64) / 16 for k in range(len(coords))])
    net["throat.diameter"] = np.array([2 + hashed(3 * k + 2, 64) / 16 for k in range(len(conns))])
    models = op.models.geometry
    net["throat.diffusive_size_factors"] = models.diffusive_size_factors.spheres_and_cylinders(net)
    net["throat.hydraulic_size_factors"] = models.hydraulic_size_factors.spheres_and_cylinders(net)
    phase = op.phase.Phase(network=net)
    phase["pore.diffusivity"] = phase["throat.diffusivity"] = 1.0
    phase["pore.viscosity"] = phase["throat.viscosity"] = 1.0
    phase.add_model(propname="throat.diffusive_conductance", model=op.models.physics.diffusive_conductance.generic_diffusive)
    phase.add_model(propname="throat.hydraulic_conductance", model=op.models.physics.hydraulic_conductance.generic_hydraulic)
    rates = {"diffusion": [], "flow": []}
    for axis in range(3):
        low, high = (np.where(coords[:, axis] == end)[0] for end in (0, n - 1))
        for name, algorithm in (("diffusion", op.algorithms.FickianDiffusion), ("flow", op.algorithms.StokesFlow)):
            run = algorithm(network=net, phase=phase)
            run.set_value_BC(pores=low, values=1.0)
            run.set_value_BC(pores=high, values=0.0)
            run.run(solver=op.solvers.ScipySpsolve())
            rates[name].append(float(run.rate(pores=low)[0]))
    return {
        "places": places.tolist(),
        "diameters": net["pore.diameter"].tolist(),
        "conns": conns.tolist(),
        "throats": net["throat.diameter"].tolist(),
        "lattice": coords.tolist(),
        **rates,
    }


found = {
    "versions": {name: packages.version(name) for name in ("porespy", "openpnm", "scikit-image", "scipy", "numpy")},
    "pore": described(reference.phases(64) == 0),
    "discs": lattice([500, 500], 30, 25, 56),
    "balls": lattice([100, 100, 100], 15, 22, 28),
    "jittered": jittered(5),
    "sample": [sample(path) for path in sys.argv[1:]],
}
print(json.dumps(found))
