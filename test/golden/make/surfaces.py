"""Surfaces, Euler numbers and the triangles of marching cubes, by scikit-image and TauFactor:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install numpy==2.4.6 scipy==1.17.1 scikit-image==0.26.0 taufactor==1.2.1 torch==2.15.0
    /tmp/peer/bin/python test/golden/make/surfaces.py > test/golden/surfaces.json

Made with the versions that stand in the file. `triangles` are the words of src/measure/cell-triangles.ts: the surface that
scikit-image makes of each of the 256 cells of 2 x 2 x 2 voxels, a letter for each point. TauFactor is asked with its released default of
a Gaussian of one voxel, and with 0.8, the default of its later versions, by way of its own kernel.
"""

import json
import sys

import numpy as np
import scipy
import skimage
import taufactor
import taufactor.metrics as metrics
from skimage.measure import euler_number, marching_cubes, mesh_surface_area

import reference_volume as reference


def area(mask, spacing=(1, 1, 1)):
    vertices, faces, _, _ = marching_cubes(mask.astype(float), 0.5, spacing=spacing)
    return float(mesh_surface_area(vertices, faces))


POINTS = [p for p in np.ndindex(3, 3, 3) if sum(n == 1 for n in p) in (1, 3)]
words, areas = [], []
for code in range(256):
    cell = np.array([code >> k & 1 for k in range(8)]).reshape(2, 2, 2)
    if code in (0, 255):
        words.append("")
        areas.append(0.0)
        continue
    vertices, faces, _, _ = marching_cubes(cell.astype(float), 0.5)
    words.append("".join(chr(97 + POINTS.index(tuple(np.rint(2 * vertices[k]).astype(int)))) for k in faces.ravel()))
    areas.append(float(mesh_surface_area(vertices, faces)))

SPACING = (0.5, 0.3, 0.2)
ph = reference.phases(64)
noise = reference.grey(ph, 8) > 120
surfaces = [
    {
        "area": area(ph == phase),
        "area of its voxels": area(ph == phase, SPACING),
        "gradient": metrics.specific_surface_area(ph, phases={"p": phase}, method="gradient", smoothing=False, device="cpu")["p"],
        "faces": metrics.specific_surface_area(ph.astype(int), phases={"p": phase}, method="face_counting", device="cpu")["p"],
        "euler 6": int(euler_number(ph == phase, connectivity=1)),
        "euler 26": int(euler_number(ph == phase, connectivity=3)),
    }
    for phase in range(3)
]

kernels = metrics._gaussian_kernel_3d_torch, metrics._gaussian_kernel_3d_numpy
metrics._gaussian_kernel_3d_torch = lambda device: kernels[0](device, sigma=0.8)
metrics._gaussian_kernel_3d_numpy = lambda size, sigma: kernels[1](size, 0.8)
# The later versions also repeat the outermost voxels where this one mirrors them.
pad = metrics.F.pad
metrics.F.pad = lambda tensor, widths, mode: pad(tensor, widths, mode="replicate")
for phase, row in enumerate(surfaces):
    for name, method in (("smooth gradient", "gradient"), ("smooth area", "marching_cubes")):
        row[name] = metrics.specific_surface_area(ph, phases={"p": phase}, method=method, device="cpu")["p"]

json.dump(
    {
        "versions": {
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "scikit-image": skimage.__version__,
            "taufactor": taufactor.__version__ if hasattr(taufactor, "__version__") else "1.2.1",
        },
        "triangles": " ".join(words),
        "cell areas": areas,
        "spacing": SPACING,
        "surfaces": surfaces,
        "noise": {
            "area": area(noise),
            "area of its voxels": area(noise, SPACING),
            "euler 6": int(euler_number(noise, connectivity=1)),
            "euler 26": int(euler_number(noise, connectivity=3)),
        },
    },
    sys.stdout,
    indent=1,
)
