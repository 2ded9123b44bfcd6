"""Expected regions of the 64^3 reference volume, by scikit-image:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install numpy==2.4.6 scipy==1.17.1 scikit-image==0.26.0
    /tmp/peer/bin/python test/golden/make/watershed.py > test/golden/watershed.json

Made with the versions that stand in the file.
"""

import json
import zlib

import numpy as np
import scipy
import skimage
from scipy import ndimage as ndi
from skimage.segmentation import watershed

import reference_volume as reference

ph = reference.phases(64)
g8 = reference.grey(ph, 8)
am = ph == 2
distances = ndi.distance_transform_edt(am).astype(np.float32)
peaks = ndi.label((ndi.maximum_filter(distances, size=9) == distances) & (distances > 3), np.ones((3, 3, 3)))[0]
median = ndi.median_filter(g8, 3)
steps = (ndi.maximum_filter(median, 3) - ndi.minimum_filter(median, 3)).astype(np.uint8)
# No two voxels of a value: of equal markers scikit-image takes whichever its heap has on top.
heights = steps.astype(np.int32) * 64**3 + (np.arange(64**3, dtype=np.int64) * 48271 % 64**3).astype(np.int32).reshape(ph.shape)
seeds = ((median < 70) + 2 * ((median > 100) & (median < 120)) + 3 * (median > 170)).astype(np.int32)


def described(name, labels):
    labels = labels.astype(np.int32)
    return {"name": name, "crc32": f"{zlib.crc32(labels.tobytes()):08x}", "zeros": int((labels == 0).sum())}


cases = [described("peaks", peaks), described("seeds", seeds)]
for compactness in (0, 0.7):
    labels = watershed(-distances, peaks, mask=am, compactness=compactness)
    cases.append(described(f"distances, compactness {compactness}", labels))
for connectivity in (1, 2, 3):
    cases.append(described(f"steps, connectivity {connectivity}", watershed(heights, seeds, connectivity=connectivity)))
versions = {"scikit-image": skimage.__version__, "scipy": scipy.__version__, "numpy": np.__version__}
print(json.dumps({"versions": versions, "cases": cases}, indent=1))
