"""Expected contours of the 64^3 reference volume, by scikit-image:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install numpy==2.4.6 scipy==1.17.1 scikit-image==0.26.0
    /tmp/peer/bin/python test/golden/make/contour.py > test/golden/contour.json

Made with the versions that stand in the file. Curvature operators come by turns, and scikit-image counts these on from one
call to the next: here each call begins with the first.
"""

import json
import zlib

import numpy as np
import scipy
import skimage
from scipy import ndimage as ndi
from skimage.segmentation import checkerboard_level_set, inverse_gaussian_gradient, morphsnakes

import reference_volume as reference

ph = reference.phases(64)
g8 = reference.grey(ph, 8)
g16 = reference.grey(ph, 16)
am = ph == 2


def fresh(call, *arguments, **options):
    morphsnakes._curvop.funcs = morphsnakes.cycle(
        [lambda u: morphsnakes.sup_inf(morphsnakes.inf_sup(u)), lambda u: morphsnakes.inf_sup(morphsnakes.sup_inf(u))]
    )
    return call(*arguments, **options)


def described(name, labels):
    labels = labels.astype(np.uint8)
    return {"name": name, "crc32": f"{zlib.crc32(labels.tobytes()):08x}", "sum": int(labels.sum())}


# Float images in float64: in float32 scikit-image would take means of rounded sums.
half = (g16.astype(np.float64) / 7).astype(np.float32).astype(np.float64)
chan_vese = morphsnakes.morphological_chan_vese
plane = g8[31]
cases = []
for name, image, options in [
    ("g8, 10 iterations", g8, {"num_iter": 10, "init_level_set": g8 > 120}),
    ("g8, smoothing 3", g8, {"num_iter": 5, "init_level_set": g8 > 120, "smoothing": 3}),
    ("g8, no smoothing", g8, {"num_iter": 4, "init_level_set": g8 > 120, "smoothing": 0}),
    ("g8, weights", g8, {"num_iter": 7, "init_level_set": g8 > 120, "lambda1": 2, "lambda2": 0.5}),
    ("g8, chessboard", g8, {"num_iter": 12, "init_level_set": checkerboard_level_set(g8.shape)}),
    ("g16, mask", g16, {"num_iter": 6, "init_level_set": am}),
    ("float, 6 iterations", half, {"num_iter": 6, "init_level_set": am}),
    ("plane, 9 iterations", plane, {"num_iter": 9, "init_level_set": plane > 120}),
]:
    cases.append(described(name, fresh(chan_vese, image, **options)))

edges = inverse_gaussian_gradient(g8.astype(np.float64), alpha=10, sigma=2).astype(np.float32).astype(np.float64)
seeds = ndi.binary_erosion(am, iterations=3)
geodesic = morphsnakes.morphological_geodesic_active_contour
for name, options in [
    ("geodesic, no balloon", {"num_iter": 10, "init_level_set": am, "threshold": 0.3}),
    ("geodesic, swells", {"num_iter": 6, "init_level_set": seeds, "balloon": 1, "threshold": 0.12}),
    ("geodesic, shrinks", {"num_iter": 6, "init_level_set": ph != 0, "balloon": -2, "threshold": 0.3, "smoothing": 2}),
]:
    cases.append(described(name, fresh(geodesic, edges, **options)))
flat = np.ascontiguousarray(edges[20])
cases.append(
    described("geodesic, plane", fresh(geodesic, flat, num_iter=8, init_level_set=am[20], balloon=1, threshold=0.12))
)
versions = {"scikit-image": skimage.__version__, "scipy": scipy.__version__, "numpy": np.__version__}
probes = reference.probes()
print(json.dumps({
    "versions": versions,
    "edges": {"probes": edges.ravel()[probes].tolist(), "crc32": f"{zlib.crc32(edges.astype(np.float32).tobytes()):08x}"},
    "cases": cases,
}, indent=1))
