"""What NumPy and SciPy say of logits of real and generated pictures: router.json.

Mean and standard deviation of a sample (ddof 1), and Mann-Whitney's U by the number of pairs.

    /opt/venv/bin/python test/golden/make_router.py
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy.stats import mannwhitneyu, zscore


def case(name, real, generated):
    real, generated = np.round(real, 6), np.round(generated, 6)
    return {
        "name": name,
        "real": real.tolist(),
        "generated": generated.tolist(),
        "mean": float(np.mean(generated)),
        "deviation": float(np.std(generated, ddof=1)),
        "realMean": float(np.mean(real)),
        "realness": zscore(generated, ddof=1).tolist(),
        "auc": float(mannwhitneyu(real, generated).statistic / (len(real) * len(generated))),
    }


rng = np.random.default_rng(7)
cases = [
    case("overlapping", rng.normal(-1.0, 1.5, 60), rng.normal(-2.2, 1.2, 60)),
    case("far from zero, narrow", rng.normal(40, 0.01, 30), rng.normal(39.99, 0.01, 30)),
    case("told apart without a mistake", rng.uniform(2, 3, 12), rng.uniform(-3, -2, 12)),
    case("the wrong way round, with ties", np.round(rng.normal(-1, 1, 20), 1), np.round(rng.normal(1, 1, 20), 1)),
]
out = Path(__file__).with_name("router.json")
out.write_text(json.dumps({"scipy": scipy.__version__, "cases": cases}, separators=(",", ":")) + "\n")
print(out, [(c["name"], round(c["mean"], 4), round(c["deviation"], 4), round(c["auc"], 4)) for c in cases])
