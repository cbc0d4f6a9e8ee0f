"""Writes test/golden/pruning.json: at which epoch Optuna's pruners stop which of the same curves.

Run: python test/golden/make_pruning.py   (needs optuna 5 and numpy)

[{ config, goal, name, curves: [[[epoch, value]]], stopped: [epoch or null] }]: trials are trained in groups of three
side by side, an epoch each in turn; every fifth fails at half its length; NaN is the text "nan"
"""

import json
import math
import pathlib

import numpy
import optuna
from optuna.trial import TrialState

optuna.logging.set_verbosity(optuna.logging.ERROR)


def curves(rng, count, missing):
    made = []
    for _ in range(count):
        start, rate = rng.uniform(1, 3), rng.uniform(0.02, 0.3)
        curve = [(epoch, round(start * math.exp(-rate * epoch) + rng.normal(0, 0.05), 4)) for epoch in range(1, 28)]
        if rng.random() < 0.2:
            curve = [(epoch, value if rng.random() < 0.7 else "nan") for epoch, value in curve]
        if missing:
            curve = [point for point in curve if rng.random() < 0.8]
        made.append(curve)
    return made


def simulate(pruner, goal, all_curves, name):
    study = optuna.create_study(pruner=pruner, direction=goal, study_name=name)
    stopped = [None] * len(all_curves)
    for first in range(0, len(all_curves), 3):
        active = [(study.ask(), curve) for curve in all_curves[first : first + 3]]
        for turn in range(28):
            for trial, curve in list(active):
                if turn >= len(curve) or (trial.number % 5 == 4 and turn == len(curve) // 2):
                    state = TrialState.COMPLETE if turn >= len(curve) else TrialState.FAIL
                    study.tell(trial, 1.0 if state == TrialState.COMPLETE else None, state=state)
                    active.remove((trial, curve))
                    continue
                epoch, value = curve[turn]
                trial.report(float(value), epoch)
                if trial.should_prune():
                    stopped[trial.number] = epoch
                    study.tell(trial, state=TrialState.PRUNED)
                    active.remove((trial, curve))
    return stopped


def percentile(percent, startup, warmup, interval, least):
    config = {"type": "percentile", "percentile": percent, "nStartupTrials": startup, "nWarmupSteps": warmup}
    config |= {"intervalSteps": interval, "nMinTrials": least}
    return config, lambda: optuna.pruners.PercentilePruner(percent, startup, warmup, interval, n_min_trials=least)


def halving(resource, factor, rate, bootstrap):
    config = {"type": "successive_halving", "minResource": resource, "reductionFactor": factor}
    config |= {"minEarlyStoppingRate": rate, "bootstrapCount": bootstrap}
    return config, lambda: optuna.pruners.SuccessiveHalvingPruner(resource, factor, rate, bootstrap)


def hyperband(least, most, factor):
    config = {"type": "hyperband", "minResource": least, "maxResource": most, "reductionFactor": factor}
    return config | {"bootstrapCount": 0}, lambda: optuna.pruners.HyperbandPruner(least, most, factor)


PRUNERS = [
    percentile(50.0, 5, 0, 1, 1),
    percentile(50.0, 2, 4, 3, 3),
    percentile(25.0, 3, 2, 5, 1),
    halving(1, 4, 0, 0),
    halving(2, 2, 1, 0),
    halving(1, 3, 0, 2),
    hyperband(1, 27, 3),
]


def main():
    rng = numpy.random.default_rng(11)
    cases = []
    for config, make in PRUNERS:
        for goal in ("minimize", "maximize"):
            # Curves of missing epochs for one goal. Halving that jumps over rungs is left out.
            made = curves(rng, 24, goal == "maximize" and config["type"] == "percentile")
            stopped = simulate(make(), goal, made, "study")
            cases.append({"config": config, "goal": goal, "name": "study", "curves": made, "stopped": stopped})
    path = pathlib.Path(__file__).with_name("pruning.json")
    path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
    print(path, path.stat().st_size, [sum(s is not None for s in case["stopped"]) for case in cases])


if __name__ == "__main__":
    main()
