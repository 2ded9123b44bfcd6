"""Expected energies of graph cuts on the 64^3 reference volume, by PyMaxflow:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install numpy==2.4.6 PyMaxflow==1.3.2
    /tmp/peer/bin/python test/golden/make/markov.py > test/golden/markov.json

The model is that of markovRandomField with given statistics: costs in whole units of 2^-12 nats, which float64 adds exactly.
Of three classes aexpansion_grid of PyMaxflow starts with the class that each voxel has by itself; its moves come in
another order, so that its energy is near ours, not the same.
"""

import json

import maxflow
import numpy as np
from maxflow import fastmin

import reference_volume as reference

UNIT = 2.0**-12
g8 = reference.grey(reference.phases(64), 8).astype(np.float64)


def costs(means, deviations):
    each = [
        np.rint((g8 - m) ** 2 * (1 / (2 * s**2) / UNIT) + (np.log(s) + np.log(2 * np.pi) / 2) / UNIT)
        for m, s in zip(means, deviations)
    ]
    return np.stack(each, -1)


def energy(labels, data, weight):
    pairs = sum(int((np.diff(labels, axis=k) != 0).sum()) for k in range(3))
    return (np.take_along_axis(data, labels[..., None], -1).sum() + weight * pairs) * UNIT


def two(means, deviations, smoothness):
    data, weight = costs(means, deviations), round(smoothness / UNIT)
    graph = maxflow.Graph[float]()
    nodes = graph.add_grid_nodes(g8.shape)
    graph.add_grid_edges(nodes, weight, symmetric=True)
    graph.add_grid_tedges(nodes, data[..., 1], data[..., 0])
    graph.maxflow()
    return graph.get_grid_segments(nodes).astype(np.int64), data, weight


def several(means, deviations, smoothness):
    data, weight = costs(means, deviations), round(smoothness / UNIT)
    n = len(means)
    labels = fastmin.aexpansion_grid(data - data.min(), weight * (1.0 - np.eye(n)), labels=data.argmin(-1))
    return np.asarray(labels, np.int64), data, weight


def row(solve, means, deviations, smoothness):
    labels, data, weight = solve(means, deviations, smoothness)
    return {
        "means": means,
        "deviations": deviations,
        "smoothness": smoothness,
        "energy": float(energy(labels, data, weight)),
    }


print(
    json.dumps(
        {
            "versions": {"PyMaxflow": "1.3.2", "numpy": np.__version__},
            "two": [row(two, [75, 165], [30, 25], b) for b in (0.5, 1, 2)],
            "three": [row(several, [60, 105, 170], [20, 20, 20], b) for b in (0.5, 1, 2)],
        },
        indent=1,
    )
)
