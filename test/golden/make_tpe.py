"""Writes test/golden/tpe.json: splits and log densities of Optuna's TPESampler.

Run: python test/golden/make_tpe.py   (needs optuna 5 and numpy)

{ optuna, splits: [...], densities: [...] }
  splits     { goal, trials: [{ state, value, curve: [[step, value]] }], below, above }: numbers of trials on either side;
             NaN and infinities are the texts "nan", "inf", "-inf"
  densities  { axes, observations: [[...]], points: [[...]], logs: [...] }: axes as { choices } or { low, high, step, log };
             logs are _ParzenEstimator.log_pdf with the sampler's default parameters
"""

import functools
import json
import math
import pathlib

import numpy
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator
from optuna.samplers._tpe.sampler import _split_trials, default_gamma
from optuna.trial import TrialState, create_trial

optuna.logging.set_verbosity(optuna.logging.ERROR)
# Optuna leaves the order of equal observations, and so which of them has which bandwidth, to numpy's unstable sort,
# which differs between processors. Here they keep the order in which they were made.
numpy.argsort = functools.partial(numpy.argsort, kind="stable")


def plain(value):
    if value is None or math.isfinite(value):
        return value
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def split_case(rng, count, goal):
    study = optuna.create_study(direction=goal)
    described = []
    for _ in range(count):
        state = rng.choice(["complete", "pruned", "running"], p=[0.6, 0.25, 0.15])
        steps = int(rng.integers(0, 6))
        curve = {step + 1: float(rng.choice([rng.normal(), math.nan], p=[0.85, 0.15])) for step in range(steps)}
        # Ties and infinities among them.
        value = float(rng.choice([round(rng.normal(), 1), math.inf, -math.inf], p=[0.9, 0.05, 0.05]))
        trial = create_trial(
            state={"complete": TrialState.COMPLETE, "pruned": TrialState.PRUNED, "running": TrialState.RUNNING}[state],
            value=value if state == "complete" else None,
            intermediate_values=curve,
        )
        study.add_trial(trial)
        described.append({
            "state": str(state),
            "value": plain(value) if state == "complete" else None,
            "curve": [[step, plain(each)] for step, each in curve.items()],
        })
    trials = study.get_trials(deepcopy=False)
    finished = sum(trial.state != TrialState.RUNNING for trial in trials)
    below, above = _split_trials(study, trials, default_gamma(finished))
    numbers = lambda part: [trial.number for trial in part]
    return {"goal": goal, "trials": described, "below": numbers(below), "above": numbers(above)}


AXES = {
    "unit": FloatDistribution(0, 1),
    "wide": FloatDistribution(-500, 2000),
    "rate": FloatDistribution(1e-6, 1, log=True),
    "stepped": FloatDistribution(0, 2, step=0.25),
    "layers": IntDistribution(1, 8),
    "batch": IntDistribution(4, 512, log=True),
    "name": CategoricalDistribution(["a", "b", "c", "d"]),
}


def describe(distribution):
    if isinstance(distribution, CategoricalDistribution):
        return {"choices": len(distribution.choices)}
    return {
        "low": distribution.low,
        "high": distribution.high,
        "step": distribution.step,
        "log": distribution.log,
    }


def draw(rng, distribution, count):
    if isinstance(distribution, CategoricalDistribution):
        return rng.integers(0, len(distribution.choices), count).astype(float)
    low, high = distribution.low, distribution.high
    if distribution.log:
        values = numpy.exp(rng.uniform(math.log(low), math.log(high), count))
    else:
        values = rng.uniform(low, high, count)
    if distribution.step is not None:
        values = low + numpy.round((values - low) / distribution.step) * distribution.step
    elif count > 3:
        # Bunched up, at an end, and twice the same.
        values[0], values[1], values[2] = low, high, values[3]
    return numpy.clip(values, low, high)


def density_case(rng, names, count):
    space = {name: AXES[name] for name in names}
    observations = {name: draw(rng, distribution, count) for name, distribution in space.items()}
    parameters = optuna.samplers.TPESampler()._parzen_estimator_parameters
    estimator = _ParzenEstimator(observations, space, parameters)
    points = {name: draw(rng, distribution, 6) for name, distribution in space.items()}
    rows = lambda columns: [[float(columns[name][row]) for name in names] for row in range(len(columns[names[0]]))]
    return {
        "axes": [describe(space[name]) for name in names],
        "observations": rows(observations),
        "points": rows(points),
        "logs": [float(log) for log in estimator.log_pdf(points)],
    }


def main():
    rng = numpy.random.default_rng(7)
    splits = [split_case(rng, count, goal) for count in (1, 9, 12, 40, 90) for goal in ("minimize", "maximize")]
    spaces = [[name] for name in AXES] + [list(AXES), ["rate", "name"], ["stepped", "batch"]]
    densities = [density_case(rng, names, count) for names in spaces for count in (0, 1, 2, 7, 40)]
    path = pathlib.Path(__file__).with_name("tpe.json")
    content = {"optuna": optuna.__version__, "splits": splits, "densities": densities}
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")
    print(path, path.stat().st_size)


if __name__ == "__main__":
    main()
