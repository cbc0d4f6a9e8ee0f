"""Writes test/golden/optimizers.json: five steps of every optimizer by PyTorch.

Run: python test/golden/make_optimizers.py   (needs torch and numpy)

{ torch, cases: [{ name, settings, params, grads, after }] }
  name      the optimizer's name in an experiment file
  settings  the experiment file's keys (snake_case); a key that is left out stands at PyTorch's default, except
            learning_rate, which is always stated
  params    [tensor][element], the two tensors before the first step
  grads     [step][tensor][element]
  after     [step][tensor][element], the tensors after each step

Computed in float64 from float32 numbers: float32 code agrees to a few units in the last place. Each tensor's last
element has the gradient 0 at every step, and the one before it a gradient near 1e-6, where epsilon matters.
"""

import json
import pathlib

import numpy
import torch

STEPS = 5
SHAPES = [(3, 4), (5,)]

# Experiment file -> PyTorch, where the names differ.
KEYS = {
    "rmsprop": {"decay": "alpha"},
    "adadelta": {"decay": "rho"},
    "adagrad": {"initial_accumulator": "initial_accumulator_value"},
}

CASES = [
    ("sgd", {"learning_rate": 0.001}),
    ("sgd", {"learning_rate": 0.1}),
    ("momentum", {"learning_rate": 0.001}),
    ("momentum", {"learning_rate": 0.05, "momentum": 0.5}),
    ("rmsprop", {"learning_rate": 0.01}),
    ("rmsprop", {"learning_rate": 0.001, "decay": 0.9, "epsilon": 1e-3}),
    ("adagrad", {"learning_rate": 0.01}),
    ("adagrad", {"learning_rate": 0.1, "epsilon": 1e-3, "initial_accumulator": 0.1}),
    ("adadelta", {"learning_rate": 1.0}),
    ("adadelta", {"learning_rate": 0.5, "decay": 0.95, "epsilon": 1e-3}),
    ("adam", {"learning_rate": 0.001}),
    ("adam", {"learning_rate": 0.0002, "beta1": 0.5, "beta2": 0.99, "epsilon": 1e-3}),
    ("adamax", {"learning_rate": 0.002}),
    ("adamax", {"learning_rate": 0.01, "beta1": 0.8, "beta2": 0.9, "epsilon": 1e-3}),
    ("adamw", {"learning_rate": 0.001}),
    ("adamw", {"learning_rate": 0.01, "beta1": 0.5, "beta2": 0.99, "epsilon": 1e-3, "weight_decay": 0.1}),
]


def create(name, settings, tensors):
    options = {KEYS.get(name, {}).get(key, key): value for key, value in settings.items()}
    options["lr"] = options.pop("learning_rate")
    if "epsilon" in options:
        options["eps"] = options.pop("epsilon")
    if "beta1" in options:
        options["betas"] = (options.pop("beta1"), options.pop("beta2"))
    if name == "momentum":
        options.setdefault("momentum", 0.9)
    classes = {
        "sgd": torch.optim.SGD,
        "momentum": torch.optim.SGD,
        "rmsprop": torch.optim.RMSprop,
        "adagrad": torch.optim.Adagrad,
        "adadelta": torch.optim.Adadelta,
        "adam": torch.optim.Adam,
        "adamax": torch.optim.Adamax,
        "adamw": torch.optim.AdamW,
    }
    return classes[name](tensors, **options)


def random(generator, shape, scale):
    return (generator.standard_normal(shape) * scale).astype(numpy.float32).astype(numpy.float64)


def flat(tensors):
    return [[float(f"{number:.12g}") for number in tensor.detach().reshape(-1).tolist()] for tensor in tensors]


def gradients(generator):
    arrays = [random(generator, shape, 1.0) for shape in SHAPES]
    for array in arrays:
        array.reshape(-1)[-2:] = [numpy.float32(array.reshape(-1)[-2] * 1e-6), 0]
    return [torch.from_numpy(array) for array in arrays]


def main():
    generator = numpy.random.default_rng(8)
    cases = []
    for name, settings in CASES:
        tensors = [torch.from_numpy(random(generator, shape, 0.5)).requires_grad_() for shape in SHAPES]
        optimizer = create(name, settings, tensors)
        case = {"name": name, "settings": settings, "params": flat(tensors), "grads": [], "after": []}
        for _ in range(STEPS):
            step = gradients(generator)
            for tensor, gradient in zip(tensors, step):
                tensor.grad = gradient
            case["grads"].append(flat(step))
            optimizer.step()
            case["after"].append(flat(tensors))
        cases.append(case)
    path = pathlib.Path(__file__).with_name("optimizers.json")
    path.write_text(json.dumps({"torch": torch.__version__, "cases": cases}, separators=(",", ":")) + "\n")
    print(path, path.stat().st_size)


if __name__ == "__main__":
    main()
