"""Expected values of landmark transforms, by NumPy and SciPy:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install numpy==2.4.6 scipy==1.17.1
    /tmp/peer/bin/python test/golden/make/register.py > test/golden/register.json

Made with the versions that stand in the file. Points are metres along z, y, x.
"""

import json
from importlib import metadata

import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.spatial.transform import Rotation

random = np.random.default_rng(8)
n = 12
fixed = random.uniform(0, 400e-6, (n, 3))
turn = Rotation.from_rotvec([0.3, -0.2, 0.5]).as_matrix()
moving = 1.04 * fixed @ turn.T + [20e-6, -35e-6, 5e-6] + random.normal(0, 3e-6, (n, 3))
weights = random.uniform(0.5, 2, n)
probes = random.uniform(-50e-6, 450e-6, (5, 3))


def rigid(weights):
    w = weights / weights.sum()
    a, b = w @ fixed, w @ moving
    rotation, _ = Rotation.align_vectors(moving - b, fixed - a, weights=weights)
    matrix = rotation.as_matrix()
    return {"matrix": matrix.ravel().tolist(), "offset": (b - matrix @ a).tolist()}


def similarity():
    """Umeyama 1991, equations 40 to 42."""
    a, b = fixed.mean(0), moving.mean(0)
    u, d, vt = np.linalg.svd((moving - b).T @ (fixed - a) / n)
    s = np.diag([1, 1, np.sign(np.linalg.det(u) * np.linalg.det(vt))])
    matrix = np.trace(np.diag(d) @ s) / ((fixed - a) ** 2).sum() * n * (u @ s @ vt)
    return {"matrix": matrix.ravel().tolist(), "offset": (b - matrix @ a).tolist()}


def affine(weights):
    root = np.sqrt(weights)[:, None]
    solved, *_ = np.linalg.lstsq(root * np.c_[fixed * 1e6, np.ones(n)], root * moving * 1e6, rcond=None)
    return {"matrix": solved[:3].T.ravel().tolist(), "offset": (solved[3] * 1e-6).tolist()}


def plate(smoothing):
    found = RBFInterpolator(fixed, moving, kernel="linear", degree=1, smoothing=smoothing)
    left = []
    for k in range(n):
        rest = np.arange(n) != k
        one = RBFInterpolator(fixed[rest], moving[rest], kernel="linear", degree=1, smoothing=smoothing)
        left.append(float(np.linalg.norm(one(fixed[k : k + 1])[0] - moving[k])))
    return {"smoothing": smoothing, "images": found(probes).tolist(), "leaveOneOut": left}


print(
    json.dumps(
        {
            "versions": {name: metadata.version(name) for name in ("numpy", "scipy")},
            "fixed": fixed.tolist(),
            "moving": moving.tolist(),
            "weights": weights.tolist(),
            "probes": probes.tolist(),
            "rigid": rigid(np.ones(n)),
            "weighted rigid": rigid(weights),
            "similarity": similarity(),
            "affine": affine(np.ones(n)),
            "weighted affine": affine(weights),
            "plates": [plate(0), plate(5e-6)],
        }
    )
)
