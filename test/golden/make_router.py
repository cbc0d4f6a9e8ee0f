"""Platt's calibration of a discriminator and the area under its curve, by SciPy: router.json.

Logits of real and generated pictures -> slope and offset that minimize the cross-entropy against Platt's targets
(Platt 1999: (N+ + 1) / (N+ + 2) and 1 / (N- + 2)), and Mann-Whitney's U by N+ N-.

    /opt/venv/bin/python test/golden/make_router.py
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy.optimize import minimize
from scipy.stats import mannwhitneyu


def case(name, real, generated):
    x = np.concatenate([real, generated])
    t = np.concatenate([
        np.full(len(real), (len(real) + 1) / (len(real) + 2)),
        np.full(len(generated), 1 / (len(generated) + 2)),
    ])
    # Scaled for the optimizer alone.
    m, s = x.mean(), x.std() or 1.0

    def loss(p):
        z = p[0] * (x - m) / s + p[1]
        return np.sum(np.logaddexp(0, z) - t * z)

    found = minimize(loss, [0.0, 0.0], method="BFGS", options={"gtol": 1e-10})
    slope, offset = found.x[0] / s, found.x[1] - found.x[0] * m / s
    auc = mannwhitneyu(real, generated).statistic / (len(real) * len(generated))
    return {
        "name": name,
        "real": [round(float(v), 6) for v in real],
        "generated": [round(float(v), 6) for v in generated],
        "slope": float(slope),
        "offset": float(offset),
        "auc": float(auc),
    }


def rounded(values):
    return np.round(values, 6)


rng = np.random.default_rng(7)
cases = [
    case("overlapping", rounded(rng.normal(-1.0, 1.5, 60)), rounded(rng.normal(-2.2, 1.2, 60))),
    case("far from zero, narrow", rounded(rng.normal(40, 0.01, 30)), rounded(rng.normal(39.99, 0.01, 45))),
    case("told apart without a mistake", rounded(rng.uniform(2, 3, 12)), rounded(rng.uniform(-3, -2, 12))),
    case("the wrong way round", rounded(rng.normal(-1, 1, 20)), rounded(rng.normal(1, 1, 20))),
    case("knows nothing", np.array([0.5] * 10 + [1.0] * 10), np.array([1.0] * 10 + [0.5] * 10)),
]
out = Path(__file__).with_name("router.json")
out.write_text(json.dumps({"scipy": scipy.__version__, "cases": cases}, separators=(",", ":")) + "\n")
print(out, [(c["name"], round(c["slope"], 4), round(c["offset"], 4), round(c["auc"], 4)) for c in cases])
