"""Figures of labels and distances between surfaces of the 64^3 reference volume, by scikit-image, cc3d, scipy and SimpleITK:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install numpy==2.4.6 scipy==1.17.1 scikit-image==0.26.0 \
        connected-components-3d==4.1.1 SimpleITK==2.5.7
    /tmp/peer/bin/python test/golden/make/labels.py > test/golden/labels.json

Made with the versions that stand in the file. Distances come from the definition with scipy: surface voxels are those that an
erosion by the six neighbours takes away, the outside counting as the phase. That the surfaces are those of SimpleITK's
LabelContour where the volume does not cut them, and that all distances are those of its SignedMaurerDistanceMap, is checked here.
"""

import json
import sys

import cc3d
import numpy as np
import scipy
import SimpleITK as sitk
import skimage
from scipy import ndimage
from skimage.measure import regionprops_table

import reference_volume as reference

ph = reference.phases(64)
g8, g16 = reference.grey(ph, 8), reference.grey(ph, 16)
grains, count = ndimage.label(g8 > 150)
table = regionprops_table(
    grains,
    intensity_image=g16.astype(np.float64),
    properties=["label", "area", "bbox", "centroid", "intensity_mean", "intensity_std", "intensity_min", "intensity_max"],
)
peer = cc3d.statistics(grains.astype(np.uint32))
assert np.array_equal(peer["voxel_counts"][1:], table["area"])
assert np.allclose(peer["centroids"][1:, 0], table["centroid-0"])
largest = np.argsort(-table["area"], kind="stable")[:12]
chosen = np.unique(np.concatenate([largest, np.arange(0, count, max(1, count // 40))]))

SPACING = (0.5, 0.3, 0.2)
labels = np.digitize(ndimage.median_filter(g8, 3), [90, 150])
distances = []
for phase in range(3):
    a, b = labels == phase, ph == phase
    surfaces = [mask & ~ndimage.binary_erosion(mask, border_value=1) for mask in (a, b)]
    inner = np.s_[1:-1, 1:-1, 1:-1]
    for mask, surface in zip((a, b), surfaces):
        contour = sitk.GetArrayFromImage(sitk.LabelContour(sitk.GetImageFromArray(mask.astype(np.uint8)), False)) > 0
        assert np.array_equal(contour[inner], surface[inner])
    for spacing in (None, SPACING):
        one = (1, 1, 1) if spacing is None else spacing
        maps = [ndimage.distance_transform_edt(~surface, sampling=one) for surface in surfaces]
        for surface, found in zip(surfaces, maps):
            image = sitk.GetImageFromArray(surface.astype(np.uint8))
            image.SetSpacing([float(size) for size in reversed(one)])
            maurer = sitk.GetArrayFromImage(sitk.SignedMaurerDistanceMap(image, False, False, True))
            outside = ~surface
            assert np.allclose(maurer[outside], found[outside], rtol=1e-5)
        there, back = maps[1][surfaces[0]], maps[0][surfaces[1]]
        tolerance = 1 if spacing is None else 0.5
        # As exactly as a distance of 0.5 is.
        near = sum(np.count_nonzero(d <= tolerance * (1 + 1e-6)) for d in (there, back))
        both = len(there) + len(back)
        distances.append(
            {
                "phase": phase,
                "spacing": spacing,
                "surface": len(there),
                "true surface": len(back),
                "Hausdorff": max(there.max(), back.max()),
                "Hausdorff 95": max(np.percentile(there, 95), np.percentile(back, 95)),
                "mean distance": (there.sum() + back.sum()) / both,
                "mean to truth": there.mean(),
                "mean from truth": back.mean(),
                "surface Dice": near / both,
            }
        )

json.dump(
    {
        "versions": {
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "scikit-image": skimage.__version__,
            "connected-components-3d": "4.1.1",
            "SimpleITK": sitk.Version.VersionString(),
        },
        "count": int(count),
        "statistics": [{name: float(values[k]) for name, values in table.items()} for k in chosen],
        "distances": distances,
    },
    sys.stdout,
    indent=1,
    default=float,
)
