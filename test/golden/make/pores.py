"""Expected sizes, chords and correlations of the pores of the 64^3 reference volume, by porespy and numpy, and, where a path is given,
of a real sphere pack (openimpala_spheres_100_1bit.tif):

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install porespy==3.2.0 numpy==2.4.6 scipy==1.17.1 edt==3.0.0
    /tmp/peer/bin/python test/golden/make/pores.py [spheres.tif] > test/golden/pores.json

Made with the versions that stand in the file.
"""

import importlib.metadata as packages
import json
import sys
import zlib

import numpy as np
import porespy as ps
import tifffile

import reference_volume as reference

ps.settings.tqdm["disable"] = True


def sizes(radii):
    whole = radii.astype(np.uint8)
    assert (whole == radii).all()
    return {"voxels": np.bincount(whole.ravel()).tolist(), "crc32": f"{zlib.crc32(whole.tobytes()):08x}"}


def lengths(pore, axis, trim):
    """Chords on every second line along an axis, as porespy draws them."""
    chords = ps.filters.apply_chords(pore, spacing=1, axis=axis, trim_edges=trim, label=True)
    return np.bincount(np.bincount(chords.ravel())[1:]).tolist()


def runs(pore, axis):
    """Runs on all lines along an axis: those that touch no face, and those that do."""
    lines = np.moveaxis(pore, axis, -1).reshape(-1, pore.shape[axis]).astype(np.int8)
    ends = np.diff(np.pad(lines, ((0, 0), (1, 1))), axis=1)
    (line, start), (_, stop) = np.nonzero(ends == 1), np.nonzero(ends == -1)
    cut = (start == 0) | (stop == pore.shape[axis])
    return [np.bincount((stop - start)[cut == flag], minlength=1).tolist() for flag in (False, True)]


pore = reference.phases(64) == 0
inlet = np.zeros(pore.shape, bool)
inlet[0] = True
# By default porespy takes all distances as radii, but rounds the distances that it compares with them down.
whole = np.arange(12, 0, -1)
correlation = ps.metrics.two_point_correlation(pore, bins=32)
n = 64


def pairs(axis):
    a = np.moveaxis(pore, axis, 0)
    return [int((a[: n - lag] & a[lag:]).sum()) for lag in range(0, 64, 7)]


found = {
    "local thickness": sizes(ps.filters.local_thickness(pore, method="dt")),
    "porosimetry": sizes(ps.filters.porosimetry(pore, method="dt", sizes=whole)),
    "porosimetry from z": sizes(ps.filters.porosimetry(pore, method="dt", sizes=whole, inlets=inlet)),
    "chords on every second line": [lengths(pore, axis, True) for axis in range(3)],
    "chords": [runs(pore, axis) for axis in range(3)],
    "correlation": {
        "edges": correlation.bin_edges.tolist(),
        "probability": correlation.probability_scaled.tolist(),
    },
    "pairs at every seventh lag": [pairs(axis) for axis in range(3)],
}
for path in sys.argv[1:]:
    solid = tifffile.imread(path) > 0
    found["spheres"] = [
        {"mean": float(ps.filters.local_thickness(phase, method="dt").mean()), **sizes(ps.filters.local_thickness(phase, method="dt"))}
        for phase in (~solid, solid)
    ]
versions = {name: packages.version(name) for name in ("porespy", "scipy", "numpy", "edt")}
print(json.dumps({"versions": versions, **found}))
