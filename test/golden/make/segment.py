"""Expected thresholds and histograms of the 64^3 reference volume, by scikit-image and numpy:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install numpy==2.4.6 scikit-image==0.26.0 tifffile==2026.3.3 imagecodecs==2026.3.6
    /tmp/peer/bin/python test/golden/make/segment.py ../shared/data > test/golden/segment.json

Made with the versions that stand in the file. Multi-Otsu of 16 bits is not given: scikit-image would need days.
"""

import json
import sys
import zlib

import numpy as np
import skimage
import tifffile
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

otsu = [{"input": kind, "threshold": float(filters.threshold_otsu(INPUTS[kind]))} for kind in INPUTS]
multi = [
    {"input": kind, "classes": n, "thresholds": [float(t) for t in filters.threshold_multiotsu(INPUTS[kind], n)]}
    for kind, n in [("g8", 2), ("g8", 3), ("g8", 4), ("g8", 5), ("i8", 3), ("f32", 3), ("f32", 4)]
]
counts, edges = np.histogram(INPUTS["f32"].astype(np.float64), bins=100)
labels = np.digitize(g8, filters.threshold_multiotsu(g8, 3), right=True).astype(np.uint8)


def overlap(k):
    a, b = labels == k, ph == k
    both = int((a & b).sum())
    return {
        "fraction": float(a.mean()),
        "true fraction": float(b.mean()),
        "Dice": 2 * both / int(a.sum() + b.sum()),
        "IoU": both / int((a | b).sum()),
        "precision": both / int(a.sum()),
        "recall": both / int(b.sum()),
    }


ebner = tifffile.imread(f"{sys.argv[1]}/electrode-grey/ebner_nmc_90wt_2000bar_slice115_rgba8.tif")[..., 0]
print(
    json.dumps(
        {
            "versions": {"scikit-image": skimage.__version__, "numpy": np.__version__},
            "otsu": otsu,
            "multiOtsu": multi,
            "labels crc32": zlib.crc32(labels.tobytes()),
            "overlap": [overlap(k) for k in range(3)],
            "accuracy": float((labels == ph).mean()),
            "histogram of f32": {"counts": counts.tolist(), "low": edges[0], "high": edges[-1]},
            "ebner": {
                "otsu": float(filters.threshold_otsu(ebner)),
                "multiOtsu": [float(t) for t in filters.threshold_multiotsu(ebner, 3)],
                "crc32 of counts": zlib.crc32(np.bincount(ebner.ravel(), minlength=256).astype("<u4").tobytes()),
            },
        },
        indent=1,
    )
)
