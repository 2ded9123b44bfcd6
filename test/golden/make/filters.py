"""Expected values of the filters on the 64^3 reference volume, by SciPy:

    .venv/bin/python test/golden/make/filters.py > test/golden/filters.json

Made with the versions that stand in the file. Integer results are given as crc32 of their bytes (little endian, C order)
and exact sum; all as 16 probes and mean.
"""

import json
import zlib

import numpy as np
import scipy
from scipy import ndimage as ndi

import reference_volume as reference

ph = reference.phases(64)
g8, g16 = reference.grey(ph, 8), reference.grey(ph, 16)
PROBES = reference.probes()


def ball(radius):
    axis = np.arange(-radius, radius + 1)
    return axis[:, None, None] ** 2 + axis[None, :, None] ** 2 + axis[None, None, :] ** 2 <= radius**2


INPUTS = {
    "g8": g8,
    "i8": (g8.astype(np.int16) - 128).astype(np.int8),
    "g16": g16,
    "i16": (g16.astype(np.int32) - 25000).astype(np.int16),
    "u32": g16.astype(np.uint32) * np.uint32(65537),
    "i32": (g16.astype(np.int64) * 65537 - 2**30).astype(np.int32),
    "f32": (g16.astype(np.float32) - np.float32(25000)) / np.float32(7),
}
CASES = {
    "median box 1": ("median", {"shape": "box", "radius": 1}, list(INPUTS), lambda v: ndi.median_filter(v, 3)),
    "median box 2": ("median", {"shape": "box", "radius": 2}, ["g8", "g16", "f32"], lambda v: ndi.median_filter(v, 5)),
    "median box 3": ("median", {"shape": "box", "radius": 3}, ["g8", "i16"], lambda v: ndi.median_filter(v, 7)),
    **{
        f"median ball {r}": (
            "median", {"radius": r}, kinds, lambda v, r=r: ndi.median_filter(v, footprint=ball(r)),
        )
        for r, kinds in ((1, list(INPUTS)), (2, list(INPUTS)), (3, ["g8", "g16", "f32"]), (5, ["g8", "g16", "i32"]))
    },
    "gaussian 2": (
        "gaussian", {"sigma": 2, "dtype": "float32"}, ["g8", "i8", "g16", "i16", "f32"],
        lambda v: ndi.gaussian_filter(v, 2, output=np.float64),
    ),
    "gaussian 0.7 1.5 3": (
        "gaussian", {"sigma": [0.7, 1.5, 3], "dtype": "float32"}, ["g8", "f32"],
        lambda v: ndi.gaussian_filter(v, (0.7, 1.5, 3), output=np.float64),
    ),
    "gaussian 0 0 2.5": (
        "gaussian", {"sigma": [0, 0, 2.5], "dtype": "float32"}, ["g16"],
        lambda v: ndi.gaussian_filter(v, (0, 0, 2.5), output=np.float64),
    ),
}

values = []
for name, (function, options, inputs, expected) in CASES.items():
    for kind in inputs:
        out = expected(INPUTS[kind])
        entry = {"name": f"{name} of {kind}", "function": function, "options": options, "input": kind}
        if out.dtype.kind in "iu":
            entry |= {"crc32": zlib.crc32(out.tobytes()), "sum": int(out.astype(object).sum())}
        entry |= {"mean": float(out.mean(dtype=np.float64)), "probes": out.ravel()[PROBES].astype(float).tolist()}
        entry |= {"largest": float(np.abs(out.astype(np.float64)).max())}
        values.append(entry)
print(json.dumps({"versions": {"scipy": scipy.__version__, "numpy": np.__version__}, "values": values}, indent=1))
