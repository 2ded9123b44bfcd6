"""Student's distribution and Welch's test, by SciPy:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install numpy==2.4.6 scipy==1.17.1
    /tmp/peer/bin/python test/golden/make/student.py

Writes test/golden/student.json, in which the version stands.
"""

import json
import pathlib

import numpy as np
import scipy
from scipy import stats

freedoms = [1, 2, 3.7, 9, 30, 200, 1e5]
ts = [0, 0.3, 1, 1.96, 3.5, 12, 60]
rng = np.random.default_rng(4)
groups = [rng.normal(m, s, n).round(6).tolist() for m, s, n in [(0.45, 0.01, 5), (0.47, 0.03, 7), (0.45, 0.01, 2)]]
welch = []
for a, b in [(0, 1), (0, 2), (1, 2)]:
    found = stats.ttest_ind(groups[b], groups[a], equal_var=False)
    welch.append({"pair": [a, b], "t": found.statistic, "freedom": found.df, "p": found.pvalue})
out = {
    "scipy": scipy.__version__,
    "beyond": [[t, f, float(2 * stats.t.sf(t, f))] for f in freedoms for t in ts],
    "factor": [[c, f, float(stats.t.ppf(0.5 + c / 2, f))] for f in freedoms for c in (0.5, 0.6827, 0.95, 0.99)],
    "groups": groups,
    "welch": welch,
}
path = pathlib.Path(__file__).parent.parent / "student.json"
path.write_text(json.dumps(out, indent=1) + "\n")
