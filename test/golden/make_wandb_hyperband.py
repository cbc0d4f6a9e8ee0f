"""Writes test/golden/wandb-hyperband.json: which running trials W&B's hyperband stops, of 400 random sets of curves.

Run: python test/golden/make_wandb_hyperband.py   (needs numpy and the package sweeps of github.com/wandb/sweeps)

[{ config, goal, curves: [[value]], stopped: [number of the trial] }]: every trial is running, its values are those of
the epochs 1, 2, …; NaN and the infinities are the texts "nan", "inf" and "-inf"
"""

import json
import pathlib

import numpy
from sweeps import RunState, SweepRun
from sweeps.hyperband_stopping import hyperband_stop_runs


def curve(rng, count):
    # Few distinct values, so that ties occur; now and then one that is no number.
    values = numpy.round(rng.uniform(1, 5) * numpy.exp(-0.2 * numpy.arange(count)) + rng.normal(0, 0.4, count), 1)
    odd = {int(at): rng.choice([numpy.nan, numpy.inf, -numpy.inf]) for at in numpy.flatnonzero(rng.random(count) < 0.04)}
    return [float(odd.get(at, value)) for at, value in enumerate(values)]


def settings(rng):
    eta = float(rng.choice([1.5, 2, 2.5, 3, 4]))
    strict = bool(rng.random() < 0.6)
    if rng.random() < 0.5:
        return {"min_iter": int(rng.integers(1, 6)), "eta": eta, "strict": strict}
    return {"max_iter": int(rng.integers(4, 28)), "s": int(rng.integers(1, 5)), "eta": eta, "strict": strict}


def stopped(config, goal, curves):
    runs = [
        SweepRun(name=str(at), state=RunState.running, history=[{"loss": value} for value in values])
        for at, values in enumerate(curves)
    ]
    sweep = {"method": "random", "metric": {"name": "loss", "goal": goal}, "parameters": {"a": {"values": [1, 2]}}}
    sweep["early_terminate"] = {"type": "hyperband"} | config
    return sorted(int(run.name) for run in hyperband_stop_runs(runs, sweep))


def main():
    rng = numpy.random.default_rng(13)
    cases = []
    for _ in range(400):
        config, goal = settings(rng), str(rng.choice(["minimize", "maximize"]))
        curves = [curve(rng, int(rng.integers(0, 15))) for _ in range(rng.integers(2, 8))]
        written = [[value if numpy.isfinite(value) else str(value) for value in each] for each in curves]
        found = stopped(config, goal, curves)
        cases.append({"config": config, "goal": goal, "curves": written, "stopped": found})
    path = pathlib.Path(__file__).with_name("wandb-hyperband.json")
    path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
    print(path, path.stat().st_size, sum(len(case["stopped"]) > 0 for case in cases))


if __name__ == "__main__":
    main()
