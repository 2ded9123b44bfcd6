"""Expected skeletons of the 64^3 reference volume, and the radii along them, by scikit-image and SciPy:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install numpy==2.4.6 scipy==1.17.1 scikit-image==0.26.0
    /tmp/peer/bin/python test/golden/make/skeleton.py > test/golden/skeleton.json

Made with the versions that stand in the file.
"""

import json
import zlib

import numpy as np
import scipy
import skimage
from scipy.ndimage import distance_transform_edt
from skimage.measure import euler_number
from skimage.morphology import medial_axis, skeletonize

import reference_volume as reference

ph = reference.phases(64)


def squared(radii):
    """Squares of radii, which are whole numbers."""
    return np.rint(radii**2).astype(np.uint16)


def described(name, mask):
    lines = skeletonize(mask, method="lee").astype(np.uint8)
    radii = distance_transform_edt(mask) * lines
    axis = {}
    if mask.ndim == 2:
        own, distances = medial_axis(mask, return_distance=True, rng=0)
        axis = {"medial axis": {"at": np.flatnonzero(own).tolist(), "squares": squared(distances[own]).tolist()}}
    return {
        **axis,
        "squares crc32": f"{zlib.crc32(squared(radii).tobytes()):08x}",
        "name": name,
        "crc32": f"{zlib.crc32(lines.tobytes()):08x}",
        "voxels": int(lines.sum()),
        "euler": [int(euler_number(a, connectivity=mask.ndim)) for a in (mask, lines > 0)],
    }


cases = [described(f"phase {label}", ph == label) for label in range(3)]
cases += [described(f"phase {label}, plane 32", (ph == label)[32]) for label in range(3)]
made = {"scikit-image": skimage.__version__, "scipy": scipy.__version__, "numpy": np.__version__}
lines = ",\n".join(json.dumps(case) for case in cases)
print(f'{{"made with": {json.dumps(made)}, "cases": [\n{lines}\n]}}')
