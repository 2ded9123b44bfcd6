"""Shapes of the particles of an image, plane 32 of the 64^3 reference volume, by scikit-image:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install numpy==2.4.6 scipy==1.17.1 scikit-image==0.26.0
    /tmp/peer/bin/python test/golden/make/images.py > test/golden/images.json

Made with the versions that stand in the file. Particles are the cells of a chessboard of 16 pixels (each its own label) within the active material
and the binder: they touch each other, the pore and the border of the image. Lengths are in pixels, those with `size` in the unit of this size of a pixel.
"""

import json

import numpy as np
import skimage
from skimage.measure import euler_number, find_contours, perimeter_crofton, regionprops
from skimage.morphology import convex_hull_image

import reference_volume as reference

SIZE = (0.3, 0.2)
ph = reference.phases(64)[32]
y, x = np.indices(ph.shape) // 16
labels = np.where(ph > 0, 1 + y * 4 + x, 0)


def outline(mask, size):
    """Length of the outline by marching squares; where two pixels touch by their corners they hang together."""
    lines = find_contours(np.pad(mask, 1).astype(float), 0.5, fully_connected="high")
    return float(sum(np.hypot(*(np.diff(line, axis=0) * size).T).sum() for line in lines))


def described(props):
    mask = labels == props.label
    return {
        "label": int(props.label),
        "pixels": int(props.area),
        "major": float(props.axis_major_length),
        "minor": float(props.axis_minor_length),
        "outline": outline(mask, (1, 1)),
        "outline with size": outline(mask, SIZE),
        "crofton": float(perimeter_crofton(mask, directions=4)),
        "euler": int(euler_number(mask, connectivity=1)),
        "convex": int(convex_hull_image(mask, offset_coordinates=False, tolerance=1e-9).sum()),
    }


made = {"scikit-image": skimage.__version__, "numpy": np.__version__}
rows = ",\n".join(json.dumps(described(props)) for props in regionprops(labels))
print(f'{{"made with": {json.dumps(made)}, "size": {json.dumps(SIZE)}, "particles": [\n{rows}\n]}}')
