"""Expected features and accuracies of a forest on the 64^3 reference volume, by scikit-image and scikit-learn:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install -r test/bench/requirements.txt
    /tmp/peer/bin/python test/golden/make/forest.py > test/golden/forest.json

Features of the volume and of one of its slices: at some voxels, for all of them are too many. Accuracies: of forests that are
trained with the true phases of two slices, over the whole volume.
"""

import json

import numpy as np
from skimage.feature import multiscale_basic_features
from sklearn.ensemble import RandomForestClassifier

import reference_volume as reference

N = 64
SLICES = [16, 48]
phases = reference.phases(N)
g8 = reference.grey(phases, 8)
g16 = reference.grey(phases, 16)


def probes(values, step):
    flat = values.reshape(-1, values.shape[-1])
    return {
        "mean": flat.mean(0, dtype=np.float64).tolist(),
        "largest": np.abs(flat).max(0).tolist(),
        "step": step,
        "probes": flat[::step].astype(np.float64).round(9).tolist(),
    }


def accuracy(features, **options):
    forest = RandomForestClassifier(n_estimators=50, max_depth=10, random_state=7, n_jobs=-1, **options)
    forest.fit(features[SLICES].reshape(-1, features.shape[-1]), phases[SLICES].ravel())
    return float((forest.predict(features.reshape(-1, features.shape[-1])) == phases.ravel()).mean())


volume = multiscale_basic_features(g8, sigma_min=1, sigma_max=4)
wide = multiscale_basic_features(g16, sigma_min=0.5, sigma_max=2)
plane = multiscale_basic_features(g8[20], sigma_min=1, sigma_max=4)
print(
    json.dumps(
        {
            "volume": probes(volume, 2741),
            "sixteen bits": probes(wide, 2741),
            "slice": probes(plane, 67),
            "slices": SLICES,
            "accuracy": accuracy(volume),
            "balanced accuracy": accuracy(volume, class_weight="balanced_subsample"),
        },
    )
)
