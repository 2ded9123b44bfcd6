"""Expected peaks and regions of SNOW, by porespy, of the pores of the 64^3 reference volume and, where a path is given, of the
active material of a real cathode (superres_cathode_xct_lr_128_u8.tif):

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install porespy==3.2.0 numpy==2.4.6 scipy==1.17.1 scikit-image==0.26.0 edt==3.0.0
    /tmp/peer/bin/python test/golden/make/snow.py [cathode.tif] > test/golden/snow.json

Made with the versions that stand in the file.
"""

import importlib.metadata as packages
import json
import sys
import zlib

import edt
import numpy as np
import porespy as ps
import scipy.ndimage as ndi
import tifffile

import reference_volume as reference

ps.settings.tqdm["disable"] = True
tools = ps.filters
corner = np.ones((3, 3, 3))


def described(name, mask):
    far = edt.edt(mask)
    first = tools.find_peaks(ndi.gaussian_filter(far, sigma=0.4) * mask, r_max=4)
    tops = tools.trim_saddle_points(first, far)
    last = tools.trim_nearby_peaks(tops, far)
    found = tools.snow_partitioning(mask)
    volumes = np.sort(np.bincount(found.regions.ravel())[1:])[::-1]
    return {
        "name": name,
        "counts": [int(ndi.label(first)[1]), int(ndi.label(tops, corner)[1]), int(ndi.label(last, corner)[1])],
        "voxels": [int(one.sum()) for one in (first, tops, last)],
        "crc32": f"{zlib.crc32((last > 0).astype(np.uint8).tobytes()):08x}",
        "regions": int(found.regions.max()),
        "volumes": volumes.tolist(),
        "crc32 of regions": f"{zlib.crc32(found.regions.astype(np.uint32).tobytes()):08x}",
    }


cases = [described("pore", reference.phases(64) == 0), described("active material", reference.phases(64) == 2)]
for path in sys.argv[1:]:
    cases.append(described("cathode", tifffile.imread(path) == 128))
versions = {name: packages.version(name) for name in ("porespy", "scikit-image", "scipy", "numpy", "edt")}
print(json.dumps({"versions": versions, "cases": cases}))
