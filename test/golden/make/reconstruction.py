"""Expected reconstructions and maxima of the 64^3 reference volume, by scikit-image:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install numpy==2.4.6 scipy==1.17.1 scikit-image==0.26.0
    /tmp/peer/bin/python test/golden/make/reconstruction.py > test/golden/reconstruction.json

Made with the versions that stand in the file.
"""

import json
import zlib

import numpy as np
import scipy
import skimage
from scipy import ndimage as ndi
from skimage.morphology import h_maxima, h_minima, local_maxima, local_minima, reconstruction

import reference_volume as reference

ph = reference.phases(64)
g8 = reference.grey(ph, 8)
am = ph == 2
distances = ndi.distance_transform_edt(am).astype(np.float32)
median = ndi.median_filter(g8, 3)
cross = ndi.generate_binary_structure(3, 1)
lower = np.clip(g8.astype(int) - 40, 0, 255).astype(np.uint8)
higher = np.clip(g8.astype(int) + 40, 0, 255).astype(np.uint8)


def described(name, array):
    array = array.astype(np.uint8)
    return {"name": name, "crc32": f"{zlib.crc32(array.tobytes()):08x}", "sum": int(array.sum())}


cases = [
    described("dilation, 26", reconstruction(lower, g8)),
    described("dilation, 6", reconstruction(lower, g8, footprint=cross)),
    described("erosion, 26", reconstruction(higher, g8, method="erosion")),
    described("h-maxima 30, grey", h_maxima(g8, 30)),
    described("h-minima 30, grey", h_minima(g8, 30)),
    described("h-maxima 1, distances", h_maxima(distances, 1.0)),
    described("h-maxima 0.4, distances, 6", h_maxima(distances, 0.4, footprint=cross)),
    described("local maxima, median", local_maxima(median)),
    described("local minima, median, 6", local_minima(median, connectivity=1)),
    described("local maxima, distances", local_maxima(distances)),
]
versions = {"scikit-image": skimage.__version__, "scipy": scipy.__version__, "numpy": np.__version__}
print(json.dumps({"versions": versions, "cases": cases}, indent=1))
