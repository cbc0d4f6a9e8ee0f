"""Writes test/golden/judge.json: Bradley-Terry strengths and Spearman's correlations as SciPy and NumPy compute them.

Run: python test/golden/make_judge.py   (needs scipy and numpy)

{ bradleyTerry: [{ wins: [[count]], strengths: [value], errors: [value] }],
  spearman: [{ x: [value], y: [value], rho, low, high }],
  share: [{ answers: [[0 or 1]], share, low, high, spread }] }

Strengths by scipy.optimize.minimize of the negative log likelihood; standard errors by the pseudo-inverse of its Hessian, which
is computed by central differences of the gradient. `share` is the pigeonhole bootstrap over people and images, in NumPy.
"""

import json
import pathlib

import numpy
import scipy.optimize
import scipy.special
import scipy.stats


def bradley_terry(wins):
    wins = numpy.array(wins, float)

    # The square holds the mean at 0, and changes nothing else.
    def loss(s):
        return -(wins * scipy.special.log_expit(s[:, None] - s[None, :])).sum() + s.sum() ** 2

    def gradient(s):
        lost = wins * scipy.special.expit(s[None, :] - s[:, None])
        return -(lost.sum(1) - lost.sum(0))

    s = scipy.optimize.minimize(
        loss, numpy.zeros(len(wins)), jac=lambda t: gradient(t) + 2 * t.sum(), method="BFGS", options={"gtol": 1e-9}
    ).x
    step = 1e-5
    hessian = numpy.array(
        [(gradient(s + step * unit) - gradient(s - step * unit)) / (2 * step) for unit in numpy.eye(len(s))]
    )
    errors = numpy.sqrt(numpy.diag(numpy.linalg.pinv(hessian, rcond=1e-6)))
    return {"wins": wins.tolist(), "strengths": s.tolist(), "errors": errors.tolist()}


def spearman(x, y):
    rho = float(scipy.stats.spearmanr(x, y).statistic)
    error = numpy.sqrt((1 + rho**2 / 2) / (len(x) - 3))
    low, high = numpy.tanh(scipy.stats.norm.ppf([0.025, 0.975]) * error + numpy.arctanh(rho))
    return {"x": list(map(float, x)), "y": list(map(float, y)), "rho": rho, "low": low, "high": high}


def pigeonhole(answers, resamples=200_000):
    rng = numpy.random.default_rng(11)
    answers = numpy.array(answers, float)
    people, images = answers.shape
    means = numpy.empty(resamples)
    for at in range(resamples):
        drawn = answers[rng.integers(people, size=people)]
        means[at] = drawn[:, rng.integers(images, size=images)].mean()
    low, high = numpy.percentile(means, [2.5, 97.5])
    return {
        "answers": answers.tolist(), "share": answers.mean(), "low": low, "high": high, "spread": means.std(),
    }


rng = numpy.random.default_rng(3)
noisy = rng.normal(size=30)
# Half of the people are easily fooled, and some images are hard for everyone: wider than Wilson's.
hard = rng.random(18) < 0.5
people = [(rng.random(18) < (0.25 + 0.4 * hard + 0.3 * (person % 2))).astype(float) for person in range(6)]

golden = {
    "bradleyTerry": [
        bradley_terry([[0, 12], [24, 0]]),
        bradley_terry([[0, 7, 11], [5, 0, 9], [1, 3, 0]]),
        # Never compared: first and last.
        bradley_terry([[0, 30, 0, 0], [6, 0, 18, 9], [0, 18, 0, 20], [0, 3, 1, 0]]),
        bradley_terry([[0, 40, 39], [1, 0, 35], [1, 2, 0]]),
    ],
    "spearman": [
        spearman(noisy, noisy + rng.normal(size=30)),
        spearman(noisy, -3 * noisy + rng.normal(size=30)),
        # Ties, as of shares of a few people.
        spearman(rng.integers(0, 2, 36), rng.normal(size=36)),
        spearman(rng.integers(0, 4, 25), rng.integers(0, 3, 25)),
    ],
    "share": [pigeonhole(people)],
}
(pathlib.Path(__file__).parent / "judge.json").write_text(json.dumps(golden) + "\n")
