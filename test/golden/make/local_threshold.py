"""Expected labels by local thresholds of the 64^3 reference volume, by scikit-image:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install numpy==2.4.6 scikit-image==0.26.0
    /tmp/peer/bin/python test/golden/make/local_threshold.py > test/golden/local-threshold.json

Made with the versions that stand in the file. Of `image > threshold`: CRC-32 of its bytes, and how many voxels are.
"""

import json
import zlib

import numpy as np
import skimage
from skimage import filters

import reference_volume as reference

ph = reference.phases(64)
g8, g16 = reference.grey(ph, 8), reference.grey(ph, 16)
INPUTS = {
    "g8": g8,
    "i8": (g8.astype(np.int16) - 128).astype(np.int8),
    "g16": g16,
    "i16": (g16.astype(np.int32) - 25000).astype(np.int16),
    "f32": (g16.astype(np.float32) - np.float32(25000)) / np.float32(7),
}
# Half-widths along z, y, x.
RADII = [[7, 7, 7], [0, 12, 12], [3, 0, 5]]


def labels(kind, method, radius):
    image = INPUTS[kind]
    window = tuple(2 * r + 1 for r in radius)
    options = {}
    if method in ("mean", "gaussian"):
        options = {"offset": 3}
        threshold = filters.threshold_local(image, window, method=method, **options)
    elif method == "niblack":
        options = {"k": 0.35}
        threshold = filters.threshold_niblack(image, window, **options)
    else:
        # Its range of floats is 1, whatever their values are.
        options = {"k": 0.3, "r": 2000} if kind == "f32" else {"k": 0.3}
        threshold = filters.threshold_sauvola(image, window, **options)
    above = (image > threshold).astype(np.uint8)
    return {
        "input": kind,
        "method": method,
        "radius": radius,
        **options,
        "crc32": zlib.crc32(above.tobytes()),
        "above": int(above.sum()),
    }


print(
    json.dumps(
        {
            "versions": {"scikit-image": skimage.__version__, "numpy": np.__version__},
            "labels": [
                labels(kind, method, radius)
                for kind in INPUTS
                for method in ("mean", "gaussian", "niblack", "sauvola")
                for radius in (RADII if kind == "g8" else RADII[:1])
            ],
        },
        indent=1,
    )
)
