"""Lowers and runs one step of packed cases on the device "meta", which has shapes and strides and no numbers: whatever reaches
a kernel from the CPU would stop a GPU in every step, and stay what it was when a CUDA graph captured it.

Arguments: the folder of gpu-check, then cases. Prints a line for each fault.
"""

import math
import sys

sys.path.insert(0, sys.argv[1])

import check
import torch
import worker
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten


class Watch(TorchDispatchMode):
    """Notes operations that take or give tensors of the CPU."""

    def __init__(self):
        super().__init__()
        self.found = set()

    def __torch_dispatch__(self, function, _types, args=(), kwargs=None):
        given = function(*args, **(kwargs or {}))
        tensors = [one for one in tree_flatten((args, kwargs, given))[0] if isinstance(one, torch.Tensor)]
        if any(tensor.device.type != "meta" for tensor in tensors):
            self.found.add(str(function))
        return given


def lie_alike(a, b):
    """As CUDA's fused kernels demand it: where a dimension has one place, its stride does not matter."""
    return a.shape == b.shape and all(size == 1 or one == two for size, one, two in zip(a.shape, a.stride(), b.stride()))


def fused_adam(parameters, gradients, means, squares, _most, steps, *, lr, **_numbers):
    for columns in zip(parameters, gradients, means, squares):
        if not all(lie_alike(columns[0], other) for other in columns):
            print(name, "lie differently:", [(tuple(one.shape), one.stride()) for one in columns])
    if any(scalar.dtype is not torch.float32 or scalar.device.type != "meta" for scalar in (*steps, lr)):
        print(name, "a scalar is not float32 on the device")
    calls.append(len(parameters))


worker.UPDATES["adam"] = worker.fused(fused_adam)
for name in sys.argv[2:]:
    case = check.load(name)
    for bfloat16, channels_last in ((False, False), (False, True), (True, True)):
        calls = []
        engine = worker.Worker(print)
        engine.device, engine.bfloat16, engine.channels_last = torch.device("meta"), bfloat16, channels_last
        engine.begin({"state": 0}, {})
        for tensor, spread in case["state"].items():
            numbers = torch.empty([math.prod(spread["shape"])])
            engine.store({"state": 0, "name": tensor, "shape": spread["shape"]}, {("state", tensor): numbers})
        step = worker.Step(case["trace"], engine, case["batch"])
        inputs = {key: tensor[0] for key, tensor in step.on_device(check.arrays_of(case, 1), 1).items()}
        with Watch() as watch:
            step.once(engine.states[0], inputs)
        for function in sorted(watch.found):
            print(name, "reaches the CPU:", function)
        if not calls:
            print(name, "updated nothing")
