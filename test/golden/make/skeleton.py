"""Expected skeletons of the 64^3 reference volume, by scikit-image:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install numpy==2.4.6 scikit-image==0.26.0
    /tmp/peer/bin/python test/golden/make/skeleton.py > test/golden/skeleton.json

Made with the versions that stand in the file.
"""

import json
import zlib

import numpy as np
import skimage
from skimage.measure import euler_number
from skimage.morphology import skeletonize

import reference_volume as reference

ph = reference.phases(64)


def described(name, mask):
    lines = skeletonize(mask, method="lee").astype(np.uint8)
    return {
        "name": name,
        "crc32": f"{zlib.crc32(lines.tobytes()):08x}",
        "voxels": int(lines.sum()),
        "euler": [int(euler_number(a, connectivity=mask.ndim)) for a in (mask, lines > 0)],
    }


cases = [described(f"phase {label}", ph == label) for label in range(3)]
cases += [described(f"phase {label}, plane 32", (ph == label)[32]) for label in range(3)]
print(json.dumps({"made with": {"scikit-image": skimage.__version__, "numpy": np.__version__}, "cases": cases}, indent=1))
