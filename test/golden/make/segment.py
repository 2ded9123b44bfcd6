"""Expected thresholds and histograms of the 64^3 reference volume, by scikit-image, scikit-learn, SimpleITK and numpy:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install numpy==2.4.6 scikit-image==0.26.0 scikit-learn==1.9.1 \
        SimpleITK==2.5.7 tifffile==2026.3.3 imagecodecs==2026.3.6
    /tmp/peer/bin/python test/golden/make/segment.py ../shared/data > test/golden/segment.json

Made with the versions that stand in the file. Multi-Otsu of 16 bits is not given: scikit-image would need days. Where
a function of scikit-image fails there is null. Of 16 bits SimpleITK's
threshold of maximum entropy depends on the number of bins, and none of them has the most: 8 bits are given.
"""

import json
import sys
import zlib

import numpy as np
import SimpleITK as sitk
import skimage
import sklearn
import tifffile
from skimage import filters
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture

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


def by_histogram(kind):
    image = INPUTS[kind]
    found = {
        name: float(getattr(filters, f"threshold_{name}")(image.copy())) for name in ("li", "yen", "isodata", "triangle")
    }
    try:
        found["minimum"] = float(filters.threshold_minimum(image))
    except RuntimeError:
        found["minimum"] = np.nan
    # Of signed voxels threshold_li gives NaN: it takes the smallest from the others within their type.
    return {"input": kind, **{name: t if t == t else None for name, t in found.items()}}


def kapur(kind):
    entropy = sitk.MaximumEntropyThresholdImageFilter()
    entropy.SetNumberOfHistogramBins(256)
    entropy.Execute(sitk.GetImageFromArray(INPUTS[kind]))
    return {"input": kind, "threshold": float(entropy.GetThreshold())}


def clustered(kind, classes):
    values = INPUTS[kind].reshape(-1, 1).astype(np.float64)
    found = KMeans(classes, n_init=10, tol=0, max_iter=1000, random_state=7).fit(values)
    return values, found


def means(kind, classes):
    _, found = clustered(kind, classes)
    centres = sorted(found.cluster_centers_.ravel().tolist())
    return {"input": kind, "classes": classes, "means": centres, "inertia": float(found.inertia_)}


def mixture(kind, classes):
    values, found = clustered(kind, classes)
    order = np.argsort(found.cluster_centers_.ravel())
    parts = [values[found.labels_ == k] for k in order]
    em = GaussianMixture(
        classes,
        tol=1e-7,
        reg_covar=0,
        max_iter=1000,
        weights_init=[len(part) / len(values) for part in parts],
        means_init=[[part.mean()] for part in parts],
        precisions_init=[[[1 / part.var()]] for part in parts],
    ).fit(values)
    return {
        "input": kind,
        "classes": classes,
        "weights": em.weights_.tolist(),
        "means": em.means_.ravel().tolist(),
        "deviations": np.sqrt(em.covariances_.ravel()).tolist(),
        "log likelihood": float(em.lower_bound_),
        "iterations": int(em.n_iter_),
        "converged": bool(em.converged_),
    }


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
            "versions": {
                "scikit-image": skimage.__version__,
                "scikit-learn": sklearn.__version__,
                "SimpleITK": sitk.Version.VersionString(),
                "numpy": np.__version__,
            },
            "otsu": otsu,
            "multiOtsu": multi,
            "byHistogram": [by_histogram(kind) for kind in INPUTS],
            "kapur": [kapur("g8")],
            "kMeans": [means(kind, n) for kind in ("g8", "i16") for n in (2, 3, 4)],
            "gaussianMixture": [mixture(*case) for case in (("g8", 2), ("g8", 3), ("i16", 3), ("f32", 3))],
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
