"""Shapes of the particles of the 64^3 reference volume, by SimpleITK and scikit-image, and their contacts, by TauFactor:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install numpy==2.4.6 scipy==1.17.1 scikit-image==0.26.0 SimpleITK==2.5.7 taufactor==1.2.1 torch==2.15.0
    /tmp/peer/bin/python test/golden/make/particles.py > test/golden/particles.json

Made with the versions that stand in the file. Particles are the cells of a chessboard of 16 voxels (each its own label) within the active material and the
binder: they touch each other, the pore and the faces of the volume.
"""

import json
import sys

import numpy as np
import SimpleITK as sitk
import skimage
import taufactor.metrics as metrics
from skimage.measure import euler_number, marching_cubes, mesh_surface_area
from skimage.morphology import convex_hull_image

import reference_volume as reference

SPACING = (0.5, 0.3, 0.2)
ph = reference.phases(64)
z, y, x = np.indices(ph.shape) // 16
labels = np.where(ph > 0, 1 + (z * 4 + y) * 4 + x, 0).astype(np.uint32)

image = sitk.GetImageFromArray(labels)
image.SetSpacing(SPACING[::-1])
shape = sitk.LabelShapeStatisticsImageFilter()
shape.Execute(image)
rows = []
for label in sorted(set(np.unique(labels)) - {0})[::5]:
    mask = np.pad(labels == label, 1)
    vertices, faces, _, _ = marching_cubes(mask.astype(float), 0.5, spacing=SPACING)
    label = int(label)
    rows.append(
        {
            "label": label,
            "voxels": int(mask.sum()),
            "moments": list(shape.GetPrincipalMoments(label)),
            "axes": list(shape.GetPrincipalAxes(label)),
            "area": float(mesh_surface_area(vertices, faces)),
            "euler": int(euler_number(mask, connectivity=1)),
            "convex": int(convex_hull_image(mask, offset_coordinates=False, tolerance=1e-9).sum()),
        }
    )
areas = metrics.interfacial_areas(labels.astype(np.int64), normalize=False, device="cpu")
json.dump(
    {
        "versions": {
            "numpy": np.__version__,
            "SimpleITK": sitk.Version.VersionString(),
            "scikit-image": skimage.__version__,
            "taufactor": "1.2.1",
        },
        "spacing": SPACING,
        "particles": rows,
        "pairs": [[*pair, faces] for pair, faces in areas.items() if pair[0] > 0],
    },
    sys.stdout,
)
