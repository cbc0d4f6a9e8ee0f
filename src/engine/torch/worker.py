"""Runs traces of TensorFlow.js kernels (../trace/trace.ts) in PyTorch, on the device that holds the state.

A trace is lowered once to a torch.fx graph, one rule a kernel, and a training step changes the state where it lies. The
other end of the pipe is child-process.ts. One file, for the user's own Python: the standard library and PyTorch from 2.1
on, nothing else.

Requests and answers are frames: 4 bytes (the length of a JSON header, little endian), the header, then the bytes of the
arrays that it names. Answers begin behind the line `MARK`, so that what a start-up file of Python prints is no frame.
"""

import base64
import ctypes
import json
import math
import operator
import os
import queue
import signal
import struct
import sys
import threading
import time
import traceback

try:
    import torch
    from torch import fx
except Exception as error:  # noqa: BLE001, the answer to "hello" tells it
    torch, IMPORT_ERROR = None, error

MARK = b"\nhueristic torch worker 1\n"
LEAST_TORCH = (2, 1)


# How tensors lie ------------------------------------------------------------------------------------------------------
#
# TensorFlow.js thinks in [N, H, W, C] and [h, w, in, out], PyTorch in NCHW and OIHW. So a value knows the order in which
# its dimensions lie: dimension j here is dimension order[j] there. Rules keep that order as long as they can.

NCHW, OIHW = (0, 3, 1, 2), (3, 2, 0, 1)


def plain(rank):
    return tuple(range(rank))


def order_of_state(shape):
    return OIHW if len(shape) == 4 else plain(len(shape))


def lying(shape, order):
    return [shape[dimension] for dimension in order]


def back(order):
    """What turns a tensor that lies in `order` into TensorFlow.js's order."""
    return [order.index(dimension) for dimension in range(len(order))]


# The trace ------------------------------------------------------------------------------------------------------------


class Node:
    """One kernel of a trace."""

    def __init__(self, written):
        self.op, self.attributes = written["op"], written["attributes"]
        self.inputs, self.outputs = written["inputs"], written["outputs"]

    def update_key(self):
        """Equal for updates of parameters that one call can do: the same numbers and scalars."""
        slots = len(self.outputs) - 1
        return json.dumps([self.op, self.attributes, self.inputs[2 + slots :]])


def with_updates_together(nodes):
    """The nodes, each update moved down to the last one of its kind, unless something reads what it makes before."""
    last = {node.update_key(): place for place, node in enumerate(nodes) if node.op.startswith("Update/")}
    waiting, result = {}, []
    for place, node in enumerate(nodes):
        for key, held in list(waiting.items()):
            if any(output in node.inputs for one in held for output in one.outputs):
                result += waiting.pop(key)
        if not node.op.startswith("Update/"):
            result.append(node)
            continue
        key = node.update_key()
        waiting.setdefault(key, []).append(node)
        if place == last[key]:
            result += waiting.pop(key)
    return result


class Value:
    """A value of the trace in the graph.

    `fresh`: its memory is nobody else's, so that a rule may reuse it. `root`: the value in whose memory it lies. `home`:
    the state tensor in whose place it lies. `raw`: bytes that stand for int32. `half`: bfloat16 that stands for float32.
    """

    def __init__(self, node, order, fresh, root, home, raw, half):
        self.node, self.order, self.fresh, self.root = node, order, fresh, root
        self.home, self.raw, self.half = home, raw, half


RULES = {}


def rule(*ops):
    def register(function):
        for op in ops:
            RULES[op] = function
        return function

    return register


class Lowering:
    """From a trace to a torch.fx graph. Its inputs are those of the trace; see `lower`."""

    def __init__(self, trace, device, bfloat16=False, channels_last=False):
        self.trace, self.device, self.bfloat16 = trace, device, bfloat16
        self.memory_format = torch.channels_last if channels_last else torch.contiguous_format
        self.nodes = with_updates_together([Node(written) for written in trace["nodes"]])
        self.results = {value for named in trace["outputs"].values() for value in named.values()}
        self.graph = fx.Graph()
        self.module = torch.nn.Module()
        self.values, self.views, self.shared = {}, set(), {}
        self.place, self.done = 0, set()
        self.uses = {}
        for place, node in enumerate(self.nodes):
            for value in node.inputs:
                self.uses.setdefault(value, []).append(place)

    # What the trace says.

    def shape(self, value):
        return self.trace["values"][value]["shape"]

    def dtype(self, value):
        return getattr(torch, self.trace["values"][value]["dtype"])

    def number(self, value):
        """The number that every element is; None where they may differ."""
        uniform = self.trace["values"][value].get("uniform")
        if uniform is None:
            return None
        return {torch.float32: float, torch.int32: int, torch.bool: bool}[self.dtype(value)](float(uniform))

    def coming_uses(self, value):
        """The places behind this one at which something still reads the value."""
        return [place for place in self.uses.get(value, []) if place > self.place and place not in self.done]

    def is_known(self, value):
        return value in self.values or not {"uniform", "data"}.isdisjoint(self.trace["values"][value])

    def sole_user(self, value):
        """The place of the only node that reads a value; None where there are several or it is a result."""
        users = self.uses.get(value, [])
        return users[0] if len(users) == 1 and value not in self.results and users[0] not in self.done else None

    # What the graph gets.

    def call(self, function, *arguments, **named):
        return self.graph.call_function(function, arguments, named)

    def helper(self, function, *arguments, **named):
        """A call that several rules may want and nobody changes in place, such as a view: made once."""
        key = (function, repr(arguments), repr(named))
        if key not in self.shared:
            self.shared[key] = self.call(function, *arguments, **named)
        return self.shared[key]

    def part(self, node, index):
        return self.helper(operator.getitem, node, index)

    def permuted(self, node, order, wanted):
        if order == wanted:
            return node
        return self.helper(torch.permute, node, tuple(order.index(dimension) for dimension in wanted))

    def constant(self, name, tensor):
        if name not in self.shared:
            self.module.register_buffer(name, tensor.to(self.device))
            self.shared[name] = self.graph.get_attr(name)
        return self.shared[name]

    def define(self, value, node, order=None, fresh=True, view_of=None, home=None, raw=False, half=False):
        """Says what a value is. `view_of`: the value whose memory it looks at."""
        order = plain(len(self.shape(value))) if order is None else tuple(order)
        root = value
        if view_of is not None:
            root = self.value(view_of).root
            self.views.add(root)
        self.values[value] = Value(node, order, fresh and view_of is None, root, home, raw, half)

    def value(self, identity):
        if identity not in self.values:
            written = self.trace["values"][identity]
            if "data" in written:
                data = bytearray(base64.b64decode(written["data"]))
                tensor = torch.frombuffer(data, dtype=self.dtype(identity)).reshape(written["shape"])
                self.define(identity, self.constant(f"constant_{identity}", tensor), fresh=False)
            elif "uniform" in written:
                tensor = torch.tensor(self.number(identity), dtype=self.dtype(identity))
                node = self.constant(f"number_{identity}", tensor)
                self.define(identity, self.call(torch.Tensor.expand, node, written["shape"]), fresh=False)
            else:
                raise ValueError(f"value {identity} of a trace is read before it is made")
        return self.values[identity]

    def at(self, identity, order=None):
        """The node of a value, its dimensions in this order."""
        value = self.value(identity)
        node = self.helper(torch.Tensor.to, value.node, torch.int32) if value.raw else value.node
        return self.permuted(node, value.order, plain(len(value.order)) if order is None else tuple(order))

    def full(self, identity, order=None):
        """The same in float32."""
        node = self.at(identity, order)
        return self.helper(torch.Tensor.to, node, torch.float32) if self.value(identity).half else node

    def for_product(self, identity, order):
        """The same as products take it: in bfloat16 where that is asked for."""
        node = self.at(identity, order)
        if not self.bfloat16 or self.value(identity).half:
            return node
        return self.helper(torch.Tensor.to, node, torch.bfloat16)

    def result_in_full(self, node):
        return self.call(torch.Tensor.to, node, torch.float32) if self.bfloat16 else node

    # Memory.

    def is_free(self, identity):
        """Whether a rule may overwrite the value: nothing reads it, or looks at its memory, any more."""
        value = self.values.get(identity)
        return (
            value is not None
            and value.fresh
            and identity not in self.results
            and identity not in self.views
            and not self.coming_uses(identity)
        )

    def owned(self, identity):
        """A node that an update may change in place, and the state tensor in whose place the result then lies.

        An update must come behind the last reader of the old value. Where one is still to come, a copy is changed.
        """
        value = self.value(identity)
        order = order_of_state(self.shape(identity))
        node = self.full(identity, order)
        readers = [other for other in self.values if self.values[other].root == value.root]
        if value.home is not None and not any(self.coming_uses(reader) for reader in readers):
            if not any(reader in self.results for reader in readers):
                return node, value.home
        return self.call(torch.clone, node), None

    def lower(self):
        """The graph as a module, and the names of its inputs as (group, name), in order.

        It changes the state in place. The module returns a list: the losses as one vector, or the outputs.
        """
        names = self.inputs()
        for self.place, node in enumerate(self.nodes):
            if self.place in self.done:
                continue
            if node.op not in RULES:
                raise NotImplementedError(f"the torch engine has no rule for {node.op}")
            RULES[node.op](self, node)
        self.place = len(self.nodes)
        outputs = self.trace["outputs"]
        if "losses" in outputs:
            losses = [self.full(value) for value in outputs["losses"].values()]
            given = [self.call(torch.stack, losses)] if losses else []
        else:
            given = [self.call(torch.Tensor.contiguous, self.full(value)) for value in outputs["outputs"].values()]
        self.write_state(outputs.get("state", {}))
        self.graph.output(given)
        return fx.GraphModule(self.module, self.graph), names

    def inputs(self):
        names, renewed = [], self.trace["outputs"].get("state")
        for group, named in self.trace["inputs"].items():
            for name, value in named.items():
                is_written = group == "state" and renewed is not None and renewed[name] != value
                if not is_written and value not in self.uses and value not in self.results:
                    continue
                node = self.graph.placeholder(f"{group}_{len(names)}")
                names.append((group, name))
                shape = self.shape(value)
                if group == "state":
                    # A function changes no state.
                    home = None if renewed is None else name
                    self.define(value, node, order_of_state(shape), fresh=False, home=home)
                    continue
                raw = self.dtype(value) == torch.int32
                if len(shape) == 4:
                    # Pictures are turned while they are still bytes.
                    node = self.call(torch.Tensor.contiguous, self.call(torch.permute, node, NCHW),
                                     memory_format=self.memory_format)  # fmt: skip
                self.define(value, node, NCHW if len(shape) == 4 else None, fresh=False, raw=raw)
        return names

    def write_state(self, outputs):
        """What does not lie in its place yet is copied there, last of all."""
        homes = self.trace["inputs"].get("state", {})
        copies = []
        for name, value in outputs.items():
            if self.value(value).home == name:
                continue
            order = order_of_state(self.shape(value))
            node = self.full(value, order)
            if self.values[self.value(value).root].home is not None:
                node = self.call(torch.clone, node)  # before another copy changes it
            copies.append((name, node))
        for name, node in copies:
            self.call(torch.Tensor.copy_, self.values[homes[name]].node, node)

    # Bytes of what is alive at the fullest moment of a step.

    def bytes_at_peak(self):
        """Those of maps of pictures, and those of what has the shape of a state tensor, such as gradients."""
        own = {tuple(self.shape(value)) for value in self.trace["inputs"]["state"].values()}
        last = {value: places[-1] for value, places in self.uses.items()}
        made = {value for node in self.nodes for value in node.outputs}
        alive, most = [0, 0], [0, 0]
        for place, node in enumerate(self.nodes):
            dying = [value for value in made.intersection(node.inputs) if last[value] == place]
            for sign, values in ((1, node.outputs if not node.op.startswith("Update/") else []), (-1, dying)):
                for value in values:
                    alive[tuple(self.shape(value)) in own] += sign * math.prod(self.shape(value)) * 4
                most = max(most, list(alive), key=sum)
        return most


# Elementwise kernels --------------------------------------------------------------------------------------------------

if torch is not None:
    aten = torch.ops.aten

    # Name, function, the same in place, and whether it works in float32 even where values are in bfloat16.
    UNARY = {
        "Abs": (torch.abs, torch.abs_, False), "Ceil": (torch.ceil, torch.ceil_, False),
        "Cos": (torch.cos, torch.cos_, True), "Erf": (torch.erf, torch.erf_, True),
        "Exp": (torch.exp, torch.exp_, True), "Floor": (torch.floor, torch.floor_, False),
        "Log": (torch.log, torch.log_, True), "Neg": (torch.neg, torch.neg_, False),
        "Reciprocal": (torch.reciprocal, torch.reciprocal_, True), "Relu": (torch.relu, torch.relu_, False),
        "Round": (torch.round, torch.round_, False), "Rsqrt": (torch.rsqrt, torch.rsqrt_, True),
        "Sigmoid": (torch.sigmoid, torch.sigmoid_, False), "Sign": (torch.sign, None, False),
        "Sin": (torch.sin, torch.sin_, True), "Softplus": (aten.softplus.default, None, True),
        "Sqrt": (torch.sqrt, torch.sqrt_, True), "Square": (torch.square, torch.square_, True),
        "Tanh": (torch.tanh, torch.tanh_, False), "LogicalNot": (torch.logical_not, None, False),
    }  # fmt: skip

    # Name, function of two tensors or a tensor and a number, the same in place, and the function of a number and a
    # tensor; None where that needs a tensor too.
    BINARY = {
        "Add": (torch.add, torch.Tensor.add_, lambda number, x: (torch.add, x, number)),
        "Sub": (torch.sub, torch.Tensor.sub_, lambda number, x: (torch.rsub, x, number)),
        "Multiply": (torch.mul, torch.Tensor.mul_, lambda number, x: (torch.mul, x, number)),
        "RealDiv": (torch.div, torch.Tensor.div_, None),
        "Maximum": (torch.maximum, None, lambda number, x: (torch.clamp_min, x, number)),
        "Minimum": (torch.minimum, None, lambda number, x: (torch.clamp_max, x, number)),
        "Pow": (torch.pow, None, None),
        "Equal": (torch.eq, None, lambda number, x: (torch.eq, x, number)),
        "Greater": (torch.gt, None, lambda number, x: (torch.lt, x, number)),
        "GreaterEqual": (torch.ge, None, lambda number, x: (torch.le, x, number)),
        "Less": (torch.lt, None, lambda number, x: (torch.gt, x, number)),
        "LessEqual": (torch.le, None, lambda number, x: (torch.ge, x, number)),
        "LogicalAnd": (torch.logical_and, None, None),
    }  # fmt: skip
    WITH_NUMBER = {torch.maximum: torch.clamp_min, torch.minimum: torch.clamp_max}
    REDUCTIONS = {"Sum": torch.sum, "Mean": torch.mean, "Max": torch.amax, "Min": torch.amin}


def common_order(low, operands, rank):
    """The order of the largest operand: the others are turned."""
    best, most = plain(rank), -1
    for operand in operands:
        if low.number(operand) is None and len(low.shape(operand)) == rank:
            size = math.prod(low.shape(operand))
            if size > most:
                best, most = low.value(operand).order, size
    return best


def operand_in(low, operand, order):
    """The node of an operand of an elementwise function whose result lies in `order`."""
    shape = low.shape(operand)
    missing = len(order) - len(shape)
    if missing == 0 or not shape:
        return low.at(operand, order if shape else ())
    shape = [1] * missing + list(shape)
    if sum(length != 1 for length in shape) <= 1:
        turned = lying(shape, order)
        while turned[0] == 1 and len(turned) > 1:
            turned.pop(0)
        return low.helper(torch.reshape, low.at(operand), turned)
    return low.helper(torch.permute, low.helper(torch.reshape, low.at(operand), shape), order)


def is_low(low, operands):
    """Whether an elementwise function of these gives bfloat16, as PyTorch promotes."""
    counting = [x for x in operands if low.number(x) is None and low.dtype(x) == torch.float32 and low.shape(x)]
    return bool(counting) and all(low.value(x).half for x in counting)


def broadcast(shapes, rank):
    """The shape that these have together. torch.broadcast_shapes imports SymPy for it: 37 MiB and a second."""
    filled = [[1] * (rank - len(shape)) + list(shape) for shape in shapes]
    return [next((length for length in lengths if length != 1), 1) for lengths in zip(*filled)]


def define_elementwise(low, output, node, order, reached, **said):
    """`reached`: the shapes of the tensors that were given; a number may have had a larger one."""
    shape = low.shape(output)
    if broadcast(reached, len(shape)) != list(shape):
        node = low.call(torch.Tensor.expand, node, lying(shape, order))
        said["fresh"] = False
    low.define(output, node, order, **said)


@rule("Add", "Sub", "Multiply", "RealDiv", "Maximum", "Minimum", "Pow", "Equal", "Greater", "GreaterEqual", "Less",
      "LessEqual", "LogicalAnd")  # fmt: skip
def binary(low, node):
    function, in_place, with_number_first = BINARY[node.op]
    (a, b), output = node.inputs, node.outputs[0]
    order = common_order(low, node.inputs, len(low.shape(output)))
    numbers = [low.number(a), low.number(b)]
    is_float = low.dtype(output) == torch.float32
    narrow = is_float and is_low(low, node.inputs)
    if numbers[0] is not None and numbers[1] is None and with_number_first:
        function, *arguments = with_number_first(numbers[0], operand_in(low, b, order))
        return define_elementwise(low, output, low.call(function, *arguments), order, [low.shape(b)], half=narrow)
    if numbers[1] is not None and numbers[0] is None and node.op != "LogicalAnd":
        arguments, reached = [operand_in(low, a, order), numbers[1]], [low.shape(a)]
        function = WITH_NUMBER.get(function, function)
    else:
        commutes = node.op in ("Add", "Multiply")
        if commutes and not low.is_free(a) and low.is_free(b) and low.shape(b) == low.shape(output):
            a, b = b, a
        arguments, reached = [operand_in(low, a, order), operand_in(low, b, order)], [low.shape(a), low.shape(b)]
    same = low.shape(a) == low.shape(output) and low.dtype(a) == low.dtype(output) and low.value(a).half == narrow
    if in_place and same and low.is_free(a) and arguments[0] is low.value(a).node:
        function = in_place
    define_elementwise(low, output, low.call(function, *arguments), order, reached, half=narrow)


@rule("SquaredDifference")
def squared_difference(low, node):
    output = node.outputs[0]
    order = common_order(low, node.inputs, len(low.shape(output)))
    difference = low.call(torch.sub, *(operand_in(low, operand, order) for operand in node.inputs))
    difference = low.result_in_full(difference)
    define_elementwise(low, output, low.call(torch.square, difference), order, [low.shape(i) for i in node.inputs])


@rule("Select")
def select(low, node):
    condition, *branches = node.inputs
    output = node.outputs[0]
    order = common_order(low, node.inputs, len(low.shape(output)))
    numbers = [low.number(branch) for branch in branches]
    if low.dtype(output) == torch.float32 and None in numbers:
        arguments = [operand_in(low, branch, order) if number is None else number
                     for branch, number in zip(branches, numbers)]  # fmt: skip
    else:
        arguments = [operand_in(low, branch, order) for branch in branches]
        numbers = [None, None]
    reached = [low.shape(condition), *(low.shape(b) for b, number in zip(branches, numbers) if number is None)]
    chosen = low.call(torch.where, operand_in(low, condition, order), *arguments)
    define_elementwise(low, output, chosen, order, reached, half=is_low(low, branches))


def apply_unary(low, node, function, in_place=None, arguments=(), in_full=False):
    operand, output = node.inputs[0], node.outputs[0]
    order = low.value(operand).order
    narrow = low.value(operand).half and not in_full
    if in_place and low.is_free(operand) and low.value(operand).half == narrow:
        function = in_place
    given = low.full(operand, order) if in_full else low.at(operand, order)
    low.define(output, low.call(function, given, *arguments), order, half=narrow)


@rule("Abs", "Ceil", "Cos", "Erf", "Exp", "Floor", "Log", "Neg", "Reciprocal", "Relu", "Round", "Rsqrt", "Sigmoid", "Sign",
      "Sin", "Softplus", "Sqrt", "Square", "Tanh", "LogicalNot")  # fmt: skip
def unary(low, node):
    function, in_place, in_full = UNARY[node.op]
    apply_unary(low, node, function, in_place, in_full=in_full)


@rule("LeakyRelu")
def leaky_relu(low, node):
    alpha = (node.attributes["alpha"],)
    apply_unary(low, node, aten.leaky_relu.default, aten.leaky_relu_.default, alpha)


@rule("Relu6")
def relu6(low, node):
    apply_unary(low, node, torch.clamp, torch.clamp_, (0, 6))


@rule("ClipByValue")
def clip(low, node):
    apply_unary(low, node, torch.clamp, torch.clamp_, tuple(float(node.attributes[end]) for end in ("min", "max")))


@rule("Step")
def step(low, node):
    operand = low.value(node.inputs[0])
    above = low.call(torch.gt, operand.node, 0)
    chosen = low.call(torch.where, above, 1.0, float(node.attributes["alpha"]))
    low.define(node.outputs[0], chosen, operand.order)


@rule("Cast")
def cast(low, node):
    operand, output = node.inputs[0], node.outputs[0]
    value = low.value(operand)
    node = value.node if value.raw else low.full(operand, value.order)
    low.define(output, low.call(torch.Tensor.to, node, low.dtype(output)), value.order)


# Reductions and matrix products ---------------------------------------------------------------------------------------


@rule("Sum", "Mean", "Max", "Min")
def reduction(low, node):
    operand, output = node.inputs[0], node.outputs[0]
    if is_bias_gradient(node) and convolution_gradients(low, operand):
        return
    value, axes, keep = low.value(operand), node.attributes["axes"], node.attributes["keepDims"]
    sums = node.op in ("Sum", "Mean")
    places = sorted(value.order.index(axis) for axis in axes)
    # A sum of int32 would be int64.
    named = {"dtype": low.dtype(output)} if sums else {}
    result = low.call(REDUCTIONS[node.op], low.at(operand, value.order), places, keep, **named)
    left = [dimension for dimension in value.order if keep or dimension not in axes]
    order = value.order if keep else tuple(sorted(left).index(dimension) for dimension in left)
    low.define(output, result, order, half=value.half and not sums)


@rule("BatchMatMul")
def matrix_product(low, node):
    turned = []
    for operand, transposed in zip(node.inputs, ("transposeA", "transposeB")):
        matrix = low.for_product(operand, plain(len(low.shape(operand))))
        turned.append(low.helper(torch.transpose, matrix, -1, -2) if node.attributes[transposed] else matrix)
    low.define(node.outputs[0], low.call(torch.matmul, *turned), half=low.bfloat16)


@rule("Softmax")
def softmax(low, node):
    operand = node.inputs[0]
    order = low.value(operand).order
    result = low.call(torch.softmax, low.full(operand, order), order.index(node.attributes["dimension"]))
    low.define(node.outputs[0], result, order)


# Convolutions ---------------------------------------------------------------------------------------------------------


def geometry(node):
    """Strides, padding, dilations; and what constant_pad_nd takes beforehand where the padding is not symmetric."""
    top, left, bottom, right = node.attributes["pads"]
    dilations = node.attributes.get("dilations", [1, 1])
    if top == bottom and left == right:
        return node.attributes["strides"], [top, left], dilations, None
    return node.attributes["strides"], [0, 0], dilations, [left, right, top, bottom]


def padded(low, x, pads, number=0.0):
    return x if pads is None else low.helper(torch.constant_pad_nd, x, pads, number)


def unpadded(low, x, pads, shape):
    """The part of a padded map [N, C, H, W] that is a map of `shape` [N, H, W, C]."""
    if pads is None:
        return x
    return low.call(torch.narrow, low.call(torch.narrow, x, 2, pads[2], shape[1]), 3, pads[0], shape[2])


def filter_of(low, value, depthwise):
    """A filter as PyTorch takes it, and the number of groups. Depthwise [h, w, in, times] is [in * times, 1, h, w]."""
    if not depthwise:
        return low.for_product(value, OIHW), 1
    height, width, inputs, times = low.shape(value)
    return low.helper(torch.reshape, low.for_product(value, (2, 3, 0, 1)), [inputs * times, 1, height, width]), inputs


def define_filter_gradient(low, output, gradient, depthwise):
    if not depthwise:
        return low.define(output, low.result_in_full(gradient), OIHW)
    height, width, inputs, times = low.shape(output)
    turned = low.call(torch.reshape, gradient, [inputs, times, height, width])
    low.define(output, low.result_in_full(turned), (2, 3, 0, 1))


def bias_behind(low, node):
    """The place of the node that adds a bias to this one's result, and the bias; the convolution adds it by the way."""
    place = low.sole_user(node.outputs[0])
    if place is None or low.nodes[place].op != "Add":
        return None, None
    others = [operand for operand in low.nodes[place].inputs if operand != node.outputs[0]]
    if len(others) != 1 or low.shape(others[0]) != low.shape(node.outputs[0])[3:] or not low.is_known(others[0]):
        return None, None
    return place, others[0]


def with_bias(low, node):
    """What the convolution's result is called, and its bias or None."""
    place, bias = bias_behind(low, node)
    if place is None:
        return node.outputs[0], None
    low.done.add(place)
    return low.nodes[place].outputs[0], low.for_product(bias, (0,))


@rule("Conv2D", "DepthwiseConv2dNative")
def convolution(low, node):
    x, weights = node.inputs
    strides, padding, dilations, pads = geometry(node)
    output, bias = with_bias(low, node)
    filters, groups = filter_of(low, weights, node.op != "Conv2D")
    x = padded(low, low.for_product(x, NCHW), pads)
    y = low.call(torch.conv2d, x, filters, bias, strides, padding, dilations, groups)
    low.define(output, y, NCHW, half=low.bfloat16)


@rule("Conv2DBackpropInput", "DepthwiseConv2dNativeBackpropInput")
def transposed_convolution(low, node):
    """The gradient of the input, which is also the transposed convolution of the forward pass."""
    dy, weights = node.inputs
    if convolution_gradients(low, dy) and low.place in low.done:
        return
    shape = low.shape(node.outputs[0])
    strides, padding, dilations, pads = geometry(node)
    filters, groups = filter_of(low, weights, node.op.startswith("Depthwise"))
    output, bias = with_bias(low, node)
    sizes, steps = low.shape(weights)[:2], low.shape(dy)[1:3]
    rows = shape[1] + (sum(pads[2:]) if pads else 0)
    columns = shape[2] + (sum(pads[:2]) if pads else 0)
    extra = [
        length - ((steps[i] - 1) * strides[i] - 2 * padding[i] + dilations[i] * (sizes[i] - 1) + 1)
        for i, length in enumerate((rows, columns))
    ]
    # Where the strides leave more over than a transposed convolution can add, the rest is zero.
    added = [min(extra[i], max(strides[i], dilations[i]) - 1) for i in (0, 1)]
    rest = [extra[i] - added[i] for i in (0, 1)]
    x = low.call(aten.convolution.default, low.for_product(dy, NCHW), filters, None if pads or any(rest) else bias, strides,
                 padding, dilations, True, added, groups)  # fmt: skip
    if any(rest):
        x = low.call(torch.constant_pad_nd, x, [0, rest[1], 0, rest[0]], 0.0)
    x = unpadded(low, x, pads, shape)
    if bias is not None and (pads or any(rest)):
        x = low.call(torch.add, x, low.helper(torch.reshape, bias, [-1, 1, 1]))
    low.define(output, x, NCHW, fresh=pads is None, half=low.bfloat16)


@rule("Conv2DBackpropFilter", "DepthwiseConv2dNativeBackpropFilter")
def filter_gradient(low, node):
    convolution_gradients(low, node.inputs[1], node)


def is_bias_gradient(node):
    return node.op == "Sum" and node.attributes == {"axes": [0, 1, 2], "keepDims": False}


def convolution_gradients(low, dy, wanted=None):
    """All gradients of a convolution that are asked of dy, in one call: of its input, its filter and its bias.

    Happens at the first of them, if what the others need is there; `wanted`, a filter's gradient, is done in any case.
    Returns whether the node at this place was among them.
    """
    if len(low.shape(dy)) != 4:
        return False
    places = [place for place in low.uses[dy] if place >= low.place and place not in low.done]
    of_filter = [
        place
        for place in places
        if low.nodes[place].op.endswith("BackpropFilter")
        and low.nodes[place].inputs[1] == dy
        and low.is_known(low.nodes[place].inputs[0])
        and (wanted is None or low.nodes[place] is wanted)
    ]
    if not of_filter:
        return False
    node = low.nodes[of_filter[0]]
    x, output = node.inputs[0], node.outputs[0]
    depthwise = node.op.startswith("Depthwise")
    of_input = next(
        (
            place
            for place in places
            if low.nodes[place].op == node.op.replace("Filter", "Input")
            and low.nodes[place].inputs[0] == dy
            and low.nodes[place].attributes == node.attributes
            and low.shape(low.nodes[place].outputs[0]) == low.shape(x)
            and low.shape(low.nodes[place].inputs[1]) == low.shape(output)
            and low.is_known(low.nodes[place].inputs[1])
        ),
        None,
    )
    of_bias = next((place for place in places if is_bias_gradient(low.nodes[place])), None)
    if low.place not in (of_filter[0], of_input, of_bias):
        return False

    strides, padding, dilations, pads = geometry(node)
    channels = low.shape(dy)[3]
    if of_input is None:
        shape = lying(low.shape(output), OIHW)
        groups = low.shape(output)[2] if depthwise else 1
        shape = [groups * low.shape(output)[3], 1, *shape[2:]] if depthwise else shape
        filters = low.call(torch.empty, shape, device=low.device, memory_format=low.memory_format,
                           dtype=torch.bfloat16 if low.bfloat16 else torch.float32)  # fmt: skip
    else:
        filters, groups = filter_of(low, low.nodes[of_input].inputs[1], depthwise)
    given = padded(low, low.for_product(x, NCHW), pads)
    result = low.call(aten.convolution_backward.default, low.for_product(dy, NCHW), given, filters, [channels], strides, padding,
                      dilations, False, [0, 0], groups, [of_input is not None, True, of_bias is not None])  # fmt: skip
    low.done.add(of_filter[0])
    define_filter_gradient(low, output, low.part(result, 1), depthwise)
    if of_input is not None:
        low.done.add(of_input)
        made = low.nodes[of_input].outputs[0]
        dx = unpadded(low, low.part(result, 0), pads, low.shape(made))
        low.define(made, dx, NCHW, fresh=pads is None, half=low.bfloat16)
    if of_bias is not None:
        low.done.add(of_bias)
        low.define(low.nodes[of_bias].outputs[0], low.result_in_full(low.part(result, 2)))
    return True


# Pooling and resizing -------------------------------------------------------------------------------------------------


def pooled_counts(low, node, shape):
    """For average pooling with padding, which does not count: 1 / the number of pixels in each window."""
    top, left, bottom, right = node.attributes["pads"]
    size, strides = node.attributes["size"], node.attributes["strides"]

    def counts(length, before, behind, window, stride):
        starts = range(-before, length + behind - window + 1, stride)
        return torch.tensor([float(min(start + window, length) - max(start, 0)) for start in starts])

    rows = counts(shape[1], top, bottom, size[0], strides[0])
    columns = counts(shape[2], left, right, size[1], strides[1])
    name = "counts_" + "_".join(map(str, [*shape[1:3], *size, *strides, *node.attributes["pads"]]))
    return low.constant(name, 1 / (rows[:, None] * columns[None, :]))


@rule("AvgPool")
def average_pool(low, node):
    x, size, strides = node.inputs[0], node.attributes["size"], node.attributes["strides"]
    top, left, bottom, right = node.attributes["pads"]
    low_result = low.value(x).half
    if not any(node.attributes["pads"]):
        y = low.call(aten.avg_pool2d.default, low.at(x, NCHW), size, strides)
    else:
        given = padded(low, low.full(x, NCHW), [left, right, top, bottom])
        sums = low.call(aten.avg_pool2d.default, given, size, strides, [0, 0], False, True, 1)
        y, low_result = low.call(torch.mul, sums, pooled_counts(low, node, low.shape(x))), False
    low.define(node.outputs[0], y, NCHW, half=low_result)


@rule("AvgPoolGrad")
def average_pool_gradient(low, node):
    dy, x = node.inputs
    size, strides = node.attributes["size"], node.attributes["strides"]
    top, left, bottom, right = node.attributes["pads"]
    pads = [left, right, top, bottom] if any(node.attributes["pads"]) else None
    shares = low.call(torch.mul, low.full(dy, NCHW), pooled_counts(low, node, low.shape(x)))
    given = padded(low, low.full(x, NCHW), pads)
    dx = low.call(aten.avg_pool2d_backward.default, shares, given, size, strides, [0, 0], False, True, 1)
    low.define(node.outputs[0], unpadded(low, dx, pads, low.shape(x)), NCHW, fresh=pads is None)


def largest_of_windows(low, node, x):
    """Maxima, their places and the padded input."""
    top, left, bottom, right = node.attributes["pads"]
    pads = [left, right, top, bottom] if any(node.attributes["pads"]) else None
    given = padded(low, low.full(x, NCHW), pads, -math.inf)
    window = (node.attributes["size"], node.attributes["strides"], [0, 0], [1, 1], False)
    result = low.helper(aten.max_pool2d_with_indices.default, given, *window)
    return result, given, pads, window


@rule("MaxPool")
def max_pool(low, node):
    result, *_ = largest_of_windows(low, node, node.inputs[0])
    low.define(node.outputs[0], low.part(result, 0), NCHW, fresh=False)


@rule("MaxPoolGrad")
def max_pool_gradient(low, node):
    dy, x = node.inputs
    result, given, pads, window = largest_of_windows(low, node, x)
    dx = low.call(aten.max_pool2d_with_indices_backward.default, low.full(dy, NCHW), given, *window,
                  low.part(result, 1))  # fmt: skip
    low.define(node.outputs[0], unpadded(low, dx, pads, low.shape(x)), NCHW, fresh=pads is None)


@rule("ResizeNearestNeighbor")
def enlarge(low, node):
    x, output = node.inputs[0], node.outputs[0]
    size = low.shape(output)[1:3]
    narrow = low.value(x).half
    low.define(output, low.call(aten.upsample_nearest2d.default, low.at(x, NCHW), size), NCHW, half=narrow)


@rule("ResizeBilinear")
def resize(low, node):
    x, output = node.inputs[0], node.outputs[0]
    size = low.shape(output)[1:3]
    low.define(output, low.call(aten.upsample_bilinear2d.default, low.full(x, NCHW), size, False), NCHW)


# Kernels that move elements -------------------------------------------------------------------------------------------


@rule("Reshape")
def reshape(low, node):
    x, output = node.inputs[0], node.outputs[0]
    narrow = low.value(x).half
    result = low.call(torch.reshape, low.at(x), node.attributes["shape"])
    low.define(output, result, view_of=x, half=narrow)


@rule("Transpose")
def transpose(low, node):
    x, perm = node.inputs[0], node.attributes["perm"]
    value = low.value(x)
    order = [perm.index(dimension) for dimension in value.order]
    low.define(node.outputs[0], low.at(x, value.order), order, view_of=x, half=value.half)


@rule("Slice")
def cut(low, node):
    x, value = node.inputs[0], low.value(node.inputs[0])
    result = value.node
    for axis, (begin, size) in enumerate(zip(node.attributes["begin"], node.attributes["size"])):
        if size != low.shape(x)[axis]:
            result = low.call(torch.narrow, result, value.order.index(axis), begin, size)
    low.define(node.outputs[0], result, value.order, view_of=x, raw=value.raw, half=value.half)


@rule("SplitV")
def split(low, node):
    x, value = node.inputs[0], low.value(node.inputs[0])
    axis = value.order.index(node.attributes["axis"])
    result = low.call(torch.split, low.at(x, value.order), node.attributes["sizes"], axis)
    for index, output in enumerate(node.outputs):
        low.define(output, low.part(result, index), value.order, view_of=x, half=value.half)


@rule("Concat")
def concatenate(low, node):
    output = node.outputs[0]
    order = common_order(low, node.inputs, len(low.shape(output)))
    narrow = is_low(low, node.inputs)
    parts = [low.at(part, order) if narrow else low.full(part, order) for part in node.inputs]
    low.define(output, low.call(torch.cat, parts, order.index(node.attributes["axis"])), order, half=narrow)


@rule("PadV2")
def pad(low, node):
    x, value = node.inputs[0], low.value(node.inputs[0])
    pads = [length for dimension in reversed(value.order) for length in node.attributes["paddings"][dimension]]
    result = low.call(torch.constant_pad_nd, low.at(x, value.order), pads, float(node.attributes["value"]))
    low.define(node.outputs[0], result, value.order, half=value.half)


@rule("Tile")
def tile(low, node):
    x, value = node.inputs[0], low.value(node.inputs[0])
    result = low.call(torch.Tensor.repeat, low.at(x, value.order), lying(node.attributes["reps"], value.order))
    low.define(node.outputs[0], result, value.order, half=value.half)


@rule("GatherV2")
def gather(low, node):
    table, places = node.inputs
    output, axis = node.outputs[0], node.attributes["axis"]
    at = low.value(places)
    narrow = low.value(table).half
    if len(low.shape(table)) == 1:
        # Where the indices lie does not matter.
        indices = low.helper(torch.Tensor.to, at.node, torch.int64)
        return low.define(output, low.call(aten.index.Tensor, low.at(table), [indices]), at.order, half=narrow)
    indices = low.helper(torch.reshape, low.at(places), [-1])
    picked = low.call(torch.index_select, low.at(table), axis, indices)
    low.define(output, low.call(torch.reshape, picked, low.shape(output)), half=narrow)


# Composites: what a network says as one thing -------------------------------------------------------------------------


def running_batch_norm(x, scale, offset, mean, variance, momentum, epsilon):
    normalized = torch.native_batch_norm(x, scale, offset, mean, variance, True, momentum, epsilon)
    return (*normalized, mean, variance)


@rule("BatchNorm")
def batch_norm(low, node):
    x, scale, offset, *running = node.inputs
    numbers = node.attributes["momentum"], node.attributes["epsilon"]
    narrow = low.value(x).half
    owned = [low.owned(statistic) for statistic in running]
    old = [statistic for statistic, _ in owned] or [None, None]
    result = low.call(running_batch_norm, low.at(x, NCHW), low.at(scale), low.at(offset), *old, *numbers)
    normalized, mean, inverse, *rest = node.outputs
    low.define(normalized, low.part(result, 0), NCHW, half=narrow)
    for place, value in ((1, mean), (2, inverse)):
        low.define(value, low.call(torch.reshape, low.part(result, place), [1, 1, 1, -1]), fresh=False)
    for place, value in enumerate(rest):
        home = owned[place][1]
        low.define(value, low.part(result, 3 + place), fresh=home is None, home=home)


@rule("BatchNormGrad")
def batch_norm_gradient(low, node):
    dy, x, scale, *moments = node.inputs
    mean, inverse = (low.helper(torch.reshape, low.at(moment), [-1]) for moment in moments)
    narrow = low.value(x).half
    given = [low.for_product(dy, NCHW) if narrow else low.full(dy, NCHW), low.at(x, NCHW)]
    result = low.call(aten.native_batch_norm_backward.default, *given, low.at(scale), None, None, mean, inverse, True,
                      node.attributes["epsilon"], [True, True, True])  # fmt: skip
    dx, *gradients = node.outputs
    low.define(dx, low.part(result, 0), NCHW, half=narrow)
    for place, gradient in enumerate(gradients, 1):
        low.define(gradient, low.part(result, place))


def image_sizes(low, x):
    images, height, width, channels = low.shape(x)
    return images, channels, height * width, channels


@rule("InstanceNorm")
def instance_norm(low, node):
    x = node.inputs[0]
    given = low.call(torch.Tensor.contiguous, low.full(x, NCHW))
    result = low.call(torch.native_group_norm, given, None, None, *image_sizes(low, x), node.attributes["epsilon"])
    normalized, *moments = node.outputs
    low.define(normalized, low.part(result, 0), NCHW)
    for place, moment in enumerate(moments, 1):
        low.define(moment, low.call(torch.reshape, low.part(result, place), low.shape(moment)), fresh=False)


@rule("InstanceNormGrad")
def instance_norm_gradient(low, node):
    dy, x, *moments = node.inputs
    images, channels = low.shape(x)[0], low.shape(x)[3]
    flat = [low.call(torch.reshape, low.at(moment), [images, channels]) for moment in moments]
    given = [low.call(torch.Tensor.contiguous, low.full(value, NCHW)) for value in (dy, x)]
    result = low.call(aten.native_group_norm_backward.default, *given, *flat, None, *image_sizes(low, x),
                      [True, False, False])  # fmt: skip
    low.define(node.outputs[0], low.part(result, 0), NCHW)


def activation_gradient(low, node, function, *arguments):
    dy, y = node.inputs
    order = low.value(y).order
    narrow = low.value(y).half and low.value(dy).half
    given = [low.at(value, order) if narrow else low.full(value, order) for value in (dy, y)]
    low.define(node.outputs[0], low.call(function, *given, *arguments), order, half=narrow)


@rule("ReluGrad")
def relu_gradient(low, node):
    activation_gradient(low, node, aten.threshold_backward.default, 0)


@rule("LeakyReluGrad")
def leaky_relu_gradient(low, node):
    # By the output, which has the sign of the input.
    activation_gradient(low, node, aten.leaky_relu_backward.default, node.attributes["alpha"], True)


@rule("TanhGrad")
def tanh_gradient(low, node):
    activation_gradient(low, node, aten.tanh_backward.default)


@rule("UpsampleGrad")
def upsample_gradient(low, node):
    dy = node.inputs[0]
    sums = low.call(aten.avg_pool2d.default, low.at(dy, NCHW), [2, 2], [2, 2], [0, 0], False, True, 1)
    low.define(node.outputs[0], sums, NCHW, half=low.value(dy).half)


def length_of_all(gradients):
    return torch.linalg.vector_norm(torch.stack(torch._foreach_norm(gradients)))


@rule("Length")
def length(low, node):
    # In whatever order the numbers lie.
    low.define(node.outputs[0], low.call(length_of_all, [low.full(x, low.value(x).order) for x in node.inputs]))


# Optimizers: the parameters, their gradients, lists of slots, scalars and numbers. All change parameters and slots.


def fused(function):
    """PyTorch's own kernel over all tensors at once."""

    def update(parameters, gradients, slots, scalars, numbers):
        means, squares = slots
        step, rate = scalars[3], scalars[2]
        function(parameters, gradients, means, squares, [], [step] * len(parameters), lr=rate, beta1=numbers["beta1"],
                 beta2=numbers["beta2"], weight_decay=numbers.get("weight_decay", 0.0), eps=numbers["epsilon"],
                 amsgrad=False, maximize=False)  # fmt: skip

    return update


def one_by_one(function):
    def update(parameters, gradients, slots, scalars, numbers):
        for parameter, gradient, *own in zip(parameters, gradients, *slots):
            function(parameter, gradient, own, scalars, numbers)

    return update


def sgd(parameter, gradient, _slots, scalars, _numbers):
    parameter.addcmul_(gradient, scalars[0], value=-1)


def momentum(parameter, gradient, slots, scalars, numbers):
    velocity = slots[0].mul_(numbers["momentum"]).add_(gradient)
    parameter.addcmul_(velocity, scalars[0], value=-1)


def rmsprop(parameter, gradient, slots, scalars, numbers):
    average = slots[0].mul_(numbers["decay"]).addcmul_(gradient, gradient, value=1 - numbers["decay"])
    parameter.addcmul_(gradient / average.sqrt().add_(numbers["epsilon"]), scalars[0], value=-1)


def adagrad(parameter, gradient, slots, scalars, numbers):
    total = slots[0].addcmul_(gradient, gradient)
    parameter.addcmul_(gradient / total.sqrt().add_(numbers["epsilon"]), scalars[0], value=-1)


def adadelta(parameter, gradient, slots, scalars, numbers):
    decay, epsilon = numbers["decay"], numbers["epsilon"]
    squares, changes = slots
    squares.mul_(decay).addcmul_(gradient, gradient, value=1 - decay)
    change = changes.add(epsilon).sqrt_().div_(squares.add(epsilon).sqrt_()).mul_(gradient)
    changes.mul_(decay).addcmul_(change, change, value=1 - decay)
    parameter.addcmul_(change, scalars[0], value=-1)


def adam(parameter, gradient, slots, scalars, numbers):
    average = slots[0].lerp_(gradient, 1 - numbers["beta1"])
    squares = slots[1].mul_(numbers["beta2"]).addcmul_(gradient, gradient, value=1 - numbers["beta2"])
    parameter.addcmul_(average / squares.sqrt().add_(scalars[1]), scalars[0], value=-1)


def adamw(parameter, gradient, slots, scalars, numbers):
    adam(parameter.mul_(scalars[4]), gradient, slots, scalars, numbers)


def adamax(parameter, gradient, slots, scalars, numbers):
    average = slots[0].lerp_(gradient, 1 - numbers["beta1"])
    largest = slots[1].mul_(numbers["beta2"])
    torch.maximum(largest, gradient.abs().add_(numbers["epsilon"]), out=largest)
    parameter.addcmul_(average / largest, scalars[0], value=-1)


UPDATES = {name: one_by_one(function) for name, function in
           [("sgd", sgd), ("momentum", momentum), ("rmsprop", rmsprop), ("adagrad", adagrad), ("adadelta", adadelta),
            ("adam", adam), ("adamw", adamw), ("adamax", adamax)]}  # fmt: skip


def take_fused_kernels(device):
    """Replaces adam and adamw where this PyTorch has kernels for them on the device that get a step right."""
    for name in ("adam", "adamw"):
        function = getattr(torch, f"_fused_{name}_", None)
        one = lambda: torch.ones([1], device=device)  # noqa: E731
        try:
            parameter, scalars = one(), [torch.ones([], device=device)] * 4
            fused(function)([parameter], [one()], ([one()], [one()]), scalars, {"beta1": 0.5, "beta2": 0.5, "epsilon": 1.0})
            if math.isclose(parameter.item(), 1 - 2 / (math.sqrt(2) + 1), abs_tol=1e-5):
                UPDATES[name] = fused(function)
        except Exception:  # noqa: BLE001, whatever it lacks
            pass


def dense_like(x, like):
    """x as `like` lies in memory: fused kernels walk through memory and do not look at strides."""
    return x if x.stride() == like.stride() else torch.empty_like(like).copy_(x)


def update_in_place(name, parameters, gradients, slots, scalars, numbers):
    gradients = [dense_like(gradient, parameter) for gradient, parameter in zip(gradients, parameters)]
    UPDATES[name](parameters, gradients, slots, scalars, numbers)
    return [parameters, *slots]


@rule(*(f"Update/{name}" for name in UPDATES))
def update(low, node):
    """All parameters that the same numbers apply to, which stand one behind the other, in one call."""
    group = [node]
    for following in low.nodes[low.place + 1 :]:
        made = {output for one in group for output in one.outputs}
        if following.op != node.op or following.update_key() != node.update_key() or made.intersection(following.inputs):
            break
        low.place += 1
        low.done.add(low.place)
        group.append(following)
    slots = len(node.outputs) - 1
    ordered = lambda value: low.full(value, order_of_state(low.shape(value)))  # noqa: E731
    # A parameter, then its slots; gradients stand between them.
    owned = [[low.owned(one.inputs[place]) for one in group] for place in (0, *range(2, 2 + slots))]
    nodes = [[changed for changed, _ in column] for column in owned]
    gradients = [ordered(one.inputs[1]) for one in group]
    scalars = [low.at(scalar) for scalar in node.inputs[2 + slots :]]
    result = low.call(update_in_place, node.op[len("Update/") :], nodes[0], gradients, nodes[1:], scalars,
                      node.attributes)  # fmt: skip
    for slot, column in enumerate(owned):
        made = low.part(result, slot)
        for index, (_, home) in enumerate(column):
            output = group[index].outputs[slot]
            order = order_of_state(low.shape(output))
            low.define(output, low.part(made, index), order, fresh=home is None, home=home)


# What runs a graph ----------------------------------------------------------------------------------------------------


class Compiled:
    """A lowered trace. A state is a dictionary of tensors by name, on the device, kernels as [out, in, h, w]."""

    def __init__(self, trace, worker):
        self.worker = worker
        lowering = Lowering(trace, worker.device, worker.bfloat16, worker.channels_last)
        self.module, self.names = lowering.lower()
        self.lowering = lowering
        self.shapes = {key: lowering.shape(trace["inputs"][key[0]][key[1]]) for key in self.names}

    def arguments(self, state, inputs):
        return [state[name] if group == "state" else inputs[group, name] for group, name in self.names]

    def on_device(self, arrays, count=None):
        """The inputs that the graph reads, each [count, ...] where a count is given."""
        given = {}
        for (group, name), shape in self.shapes.items():
            if group != "state":
                tensor = arrays[group, name].reshape(shape if count is None else [count, *shape])
                if group == "hyper" and tensor.dtype is not torch.float32:
                    # CUDA's fused kernels read the step's number as float32, whatever it is.
                    raise TypeError(f"{name}: expected float32, got {tensor.dtype}")
                given[group, name] = self.worker.to_device(tensor)
        return given


class Function(Compiled):
    def __init__(self, trace, worker):
        super().__init__(trace, worker)
        self.outputs = list(trace["outputs"]["outputs"])

    def run(self, state, arrays):
        given = self.module(*self.arguments(state, self.on_device(arrays)))
        return [tensor.cpu() for tensor in given]


class Step(Compiled):
    """A training step. Captured, it is replayed as one CUDA graph over buffers that stay where they are.

    The first steps run kernel by kernel and let PyTorch choose its algorithms; then the next one is captured, which
    computes nothing. Where there is no CUDA, replaying runs the graph over the same fixed buffers, for tests.
    """

    FIRST_STEPS = 3

    def __init__(self, trace, worker, batch):
        super().__init__(trace, worker)
        self.losses, self.batch = list(trace["outputs"]["losses"]), batch
        self.captures, self.steps = worker.captures, 0
        self.forget()

    def forget(self):
        self.captured_state, self.buffers, self.replay, self.captured_losses = None, {}, None, None

    def run(self, state, count, arrays):
        """Changes the state. The losses [count, number]."""
        inputs = self.on_device(arrays, count)
        log = torch.empty([count, len(self.losses)], device=self.worker.device)
        for index in range(count):
            losses = self.once(state, {key: tensor[index] for key, tensor in inputs.items()})
            if losses is not None:
                log[index].copy_(losses)
            self.steps += 1
        return log.cpu()

    def once(self, state, inputs):
        if self.captures and self.steps >= self.FIRST_STEPS:
            if self.captured_state is not state:
                self.capture(state, inputs)
            if self.replay is not None:
                for key, buffer in self.buffers.items():
                    buffer.copy_(inputs[key])
                self.replay()
                return self.captured_losses
        return next(iter(self.module(*self.arguments(state, inputs))), None)

    def capture(self, state, inputs):
        self.forget()
        self.captured_state = state
        self.buffers = {key: tensor.clone() for key, tensor in inputs.items()}

        def fixed():
            self.captured_losses = next(iter(self.module(*self.arguments(state, self.buffers))), None)

        if self.worker.device.type != "cuda":
            self.replay = fixed
            return
        graph = torch.cuda.CUDAGraph()
        try:
            torch.cuda.synchronize()
            with torch.cuda.graph(graph):
                fixed()
            self.replay = graph.replay
        except Exception as error:  # noqa: BLE001, whatever a network cannot have captured
            if is_out_of_memory(error):
                raise
            self.forget()
            self.captures = False
            self.worker.warn(f"no CUDA graph of the step, so it runs kernel by kernel: {first_line(error)}")

    def batch_that_fits(self, state):
        """The images a step that would fit in the device's memory, by the sizes of its values; None where that is unknown."""
        free = self.worker.memory()
        if free is None or not self.batch:
            return None
        images, others = self.lowering.bytes_at_peak()
        weights = sum(tensor.numel() * tensor.element_size() for tensor in state.values())
        # A tenth is left for what libraries take and for gaps.
        most = (0.9 * free - weights - others) / (images / self.batch)
        return 2 ** int(math.log2(most)) if most >= 1 else None


# What PyTorch computes wrongly ------------------------------------------------------------------------------------------
#
# A build of PyTorch may compute wrong numbers without a word, as Debian's 2.6.0 does, whose oneDNN gets gradients of
# convolutions wrong. So the kernels that training lives on are compared first with the same in float64 on the CPU, which
# oneDNN, cuDNN and Metal have no part in.


def waves(*shape):
    return torch.arange(math.prod(shape), dtype=torch.float64).mul_(1.7).sin_().reshape(shape)


def kernels_to_check():
    """Names, functions and what they take. Libraries choose the algorithm of a convolution by its channels, size and stride."""
    for inputs, outputs, size, window, stride in ((1, 8, 8, 3, 1), (3, 16, 16, 4, 2), (16, 8, 8, 3, 1), (8, 1, 7, 4, 1)):
        geometry = [stride, stride], [1, 1], [1, 1]

        def convolve(x, filters, transposed=False):
            return [aten.convolution.default(x, filters, None, *geometry, transposed, [0, 0], 1)]

        def convolve_back(dy, x, filters):
            return aten.convolution_backward.default(dy, x, filters, [filters.shape[0]], *geometry, False, [0, 0], 1, [True] * 3)

        x, filters = waves(2, inputs, size, size), waves(outputs, inputs, window, window)
        [y] = convolve(x, filters)
        yield "convolutions", convolve, [x, filters]
        yield "gradients of convolutions", convolve_back, [y, x, filters]
        yield "transposed convolutions", lambda y, filters: convolve(y, filters, True), [y, filters]

    def normalize(x, scale, offset):
        return torch.native_batch_norm(x, scale, offset, None, None, True, 0.1, 1e-5)

    def normalize_back(dy, x, scale, *moments):
        return aten.native_batch_norm_backward.default(dy, x, scale, None, None, *moments, True, 1e-5, [True] * 3)

    x, scale = waves(4, 8, 6, 6), waves(8)
    y, *moments = normalize(x, scale, scale)
    yield "batch norm", normalize, [x, scale, scale]
    yield "gradients of batch norm", normalize_back, [y, x, scale, *moments]
    yield "matrix products", lambda a, b: [torch.matmul(a, b)], [waves(33, 20), waves(20, 17)]


def wrong_on(device, precision, layout):
    """The names of what comes out further off than rounding explains: 2 % of the largest number, for bfloat16's sake."""
    found = []
    for name, function, given in kernels_to_check():
        rounded = [x.to(precision if x.dim() > 1 else torch.float32) for x in given]
        there = [(x.contiguous(memory_format=layout) if x.dim() == 4 else x).to(device) for x in rounded]
        pairs = zip(function(*there), function(*(x.double() for x in rounded)))
        if not all((got.cpu().double() - right).abs().max() <= 0.02 * right.abs().max() for got, right in pairs):
            found.append(name)
    return list(dict.fromkeys(found))


# The worker -----------------------------------------------------------------------------------------------------------


def first_line(error):
    return str(error).strip().split("\n")[0]


def is_out_of_memory(error):
    named = getattr(torch, "OutOfMemoryError", None) or torch.cuda.OutOfMemoryError
    texts = ("out of memory", "can't allocate memory", "not enough memory")
    return isinstance(error, named) or (isinstance(error, RuntimeError) and any(t in str(error).lower() for t in texts))


def describe_devices():
    """What this PyTorch reaches."""
    devices = []
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            properties = torch.cuda.get_device_properties(index)
            devices.append({"name": f"cuda:{index}", "description": properties.name, "bytes": properties.total_memory})
    if getattr(torch.backends, "mps", None) and torch.backends.mps.is_available():
        devices.append({"name": "mps", "description": "Apple GPU, Metal", "bytes": None})
    return devices


def introduction():
    facts = {"python": ".".join(map(str, sys.version_info[:3])), "executable": sys.executable}
    if torch is None:
        missing = isinstance(IMPORT_ERROR, ModuleNotFoundError) and IMPORT_ERROR.name == "torch"
        return {**facts, "torch": None, "missing": missing, "reason": f"{type(IMPORT_ERROR).__name__}: {first_line(IMPORT_ERROR)}"}
    numbers = tuple(int(number) for number in torch.__version__.split("+")[0].split(".")[:2])
    return {
        **facts,
        "torch": torch.__version__,
        "tooOld": numbers < LEAST_TORCH,
        "cuda": torch.version.cuda,
        "rocm": getattr(torch.version, "hip", None),
        "devices": describe_devices(),
    }


class Worker:
    """Keeps states and compiled traces by the numbers that the other end gives them."""

    def __init__(self, answer):
        self.answer = answer
        self.states, self.compiled, self.warnings, self.failure = {}, {}, [], None
        self.device, self.bfloat16, self.channels_last, self.captures = torch.device("cpu"), False, False, False

    def warn(self, text):
        self.warnings.append(text)

    def to_device(self, tensor):
        if self.device.type == "cuda":
            return tensor.pin_memory().to(self.device, non_blocking=True)
        return tensor.to(self.device)

    def memory(self):
        """Bytes of the device that are free or ours."""
        if self.device.type != "cuda":
            return None
        return torch.cuda.mem_get_info(self.device)[0] + torch.cuda.memory_reserved(self.device)

    def check(self):
        """What this PyTorch computes wrongly on the device, by name, and what it did before it went on without oneDNN."""
        given = (self.device, torch.bfloat16 if self.bfloat16 else torch.float32,
                 torch.channels_last if self.channels_last else torch.contiguous_format)  # fmt: skip
        wrong = wrong_on(*given)
        if not wrong or self.device.type != "cpu" or not torch.backends.mkldnn.is_available():
            return wrong, []
        torch.backends.mkldnn.enabled = False
        return wrong_on(*given), wrong

    # Requests. Each takes its header and arrays by (group, name) and returns a header and tensors.

    def examine(self, header, _arrays):
        """For whoever asks what this computer has; instead of `configure`."""
        self.device = torch.device(header["device"])
        wrong, with_one_dnn = self.check()
        return {"wrong": wrong, "withOneDnn": with_one_dnn}, []

    def configure(self, header, _arrays):
        """Once, before anything else."""
        self.device, precision = torch.device(header["device"]), header["precision"]
        self.bfloat16 = precision == "bfloat16"
        self.channels_last, self.captures = header["channelsLast"], header["captures"]
        if self.device.type == "cuda":
            torch.cuda.set_device(self.device)
            # cuDNN's convolutions take TF32 unless they are told not to; matrix products the other way round.
            torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
            torch.backends.cudnn.benchmark = not header["deterministic"]
        # Moments of weights that stopped moving decay into denormal numbers, which are slow and mean zero.
        torch.set_flush_denormal(True)
        if header["deterministic"]:
            os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
            torch.use_deterministic_algorithms(True)
        if header["threads"]:
            torch.set_num_threads(header["threads"])
        take_fused_kernels(self.device)
        wrong, with_one_dnn = self.check()
        if wrong:
            raise WrongNumbers(f"PyTorch {torch.__version__} computes wrong numbers on {self.device}: {', '.join(wrong)}")
        if with_one_dnn:
            self.warn(f"the oneDNN of PyTorch {torch.__version__} computes wrong numbers here ({', '.join(with_one_dnn)}), so it "
                      "runs without, which is slower")  # fmt: skip
        return {"composites": list(RULES), "threads": torch.get_num_threads()}, []

    def begin(self, header, _arrays):
        self.states[header["state"]] = {}
        return {}, []

    def store(self, header, arrays):
        """One tensor of a state; zeros where none came."""
        name, shape = header["name"], header["shape"]
        order = order_of_state(shape)
        four = self.channels_last and len(shape) == 4
        layout = torch.channels_last if four else torch.contiguous_format
        given = arrays.get(("state", name))
        if given is None:
            tensor = torch.zeros(lying(shape, order), device=self.device).contiguous(memory_format=layout)
        else:
            # Memory of its own: frames are read into memory that is not PyTorch's.
            given = given.reshape(shape).permute(order).contiguous(memory_format=layout)
            tensor = given.to(self.device, copy=True)
        self.states[header["state"]][name] = tensor
        return {}, []

    def read(self, header, _arrays):
        state = self.states[header["state"]]
        tensors = [tensor.permute(back(order_of_state(tensor.shape))).contiguous().cpu() for tensor in state.values()]
        return {"shapes": {name: list(tensor.shape) for name, tensor in zip(state, tensors)}}, tensors

    def free(self, header, _arrays):
        self.states.pop(header["state"], None)
        return {}, []

    def compile_step(self, header, _arrays):
        step = Step(header["trace"], self, header["batch"])
        self.compiled[header["compiled"]] = step
        return {"losses": step.losses}, []

    def compile_function(self, header, _arrays):
        function = Function(header["trace"], self)
        self.compiled[header["compiled"]] = function
        return {"outputs": function.outputs}, []

    def close(self, header, _arrays):
        self.compiled.pop(header["compiled"], None)
        return {}, []

    def run_step(self, header, arrays):
        """Takes the state under one number and leaves it under another."""
        step, state = self.compiled[header["compiled"]], self.states.pop(header["state"])
        try:
            losses = step.run(state, header["count"], arrays)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            raise OutOfMemory(error, step.batch, step.batch_that_fits(state)) from error
        self.states[header["next"]] = state
        return {}, [losses]

    def run_function(self, header, arrays):
        return {}, self.compiled[header["compiled"]].run(self.states[header["state"]], arrays)

    def handle(self, header, arrays):
        try:
            result, tensors = getattr(self, header["call"])(header, arrays)
        except Exception as error:  # noqa: BLE001, the other end tells the user
            memory = error if isinstance(error, OutOfMemory) else OutOfMemory(error) if is_out_of_memory(error) else None
            self.failure = {"message": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()}
            if isinstance(error, WrongNumbers):
                self.failure["wrong"] = str(error)
            if memory is not None:
                self.failure["memory"] = {"reason": first_line(memory.cause), "batch": memory.batch, "fits": memory.fits}
        if header["ticket"] is None:
            return  # A failure waits for the next request that is answered.
        if self.failure is not None:
            failure, self.failure = self.failure, None
            return self.answer({"ticket": header["ticket"], "error": failure})
        warnings, self.warnings = self.warnings, []
        self.answer({"ticket": header["ticket"], "result": result, "warnings": warnings}, tensors)


class WrongNumbers(Exception):
    pass


class OutOfMemory(Exception):
    def __init__(self, cause, batch=None, fits=None):
        super().__init__(str(cause))
        self.cause, self.batch, self.fits = cause, batch, fits


# Frames ---------------------------------------------------------------------------------------------------------------


def read_exactly(stream, size):
    data = bytearray(size)
    view, at = memoryview(data), 0
    while at < size:
        got = stream.readinto(view[at:])
        if not got:
            raise EOFError
        at += got
    return data


def read_frame(stream):
    """The header, and its arrays as tensors by (group, name)."""
    header = json.loads(read_exactly(stream, struct.unpack("<I", read_exactly(stream, 4))[0]))
    arrays = {}
    for group, name, dtype, size in header.get("arrays", []):
        data = read_exactly(stream, size)
        arrays[group, name] = torch.frombuffer(data, dtype=getattr(torch, dtype)) if size else torch.empty([0])
    return header, arrays


def write_all(stream, data):
    view = memoryview(data).cast("B")
    while len(view):
        view = view[stream.write(view) :]


def write_frame(stream, header, tensors=()):
    sizes = [tensor.numel() * tensor.element_size() for tensor in tensors]
    text = json.dumps({**header, "sizes": sizes}).encode()
    write_all(stream, struct.pack("<I", len(text)) + text)
    for tensor, size in zip(tensors, sizes):
        if size:
            # Its memory, without NumPy, which PyTorch does not need.
            dense = tensor.contiguous()
            write_all(stream, (ctypes.c_char * size).from_address(dense.data_ptr()))


def end_with_parent(parent):
    """Ends this process when the one that started it is gone."""
    while True:
        time.sleep(1)
        if hasattr(os, "getppid") and os.name != "nt" and os.getppid() != parent:
            os._exit(0)


def read_ahead(stream, requests):
    """Reads while the device computes; the end of the pipe ends everything."""
    try:
        while True:
            requests.put(read_frame(stream))
    except EOFError:
        os._exit(0)
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
        os._exit(1)


def main():
    """`worker.py PARENT`: the process that started it."""
    for name in ("SIGINT", "SIGHUP"):  # The other end decides what Ctrl-C ends.
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    requests_pipe, answers_pipe = os.fdopen(os.dup(0), "rb", 1 << 20), os.fdopen(os.dup(1), "wb", 0)
    # What libraries print must not end up among the frames, and nothing else may read them.
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    threading.Thread(target=end_with_parent, args=[int(sys.argv[1])], daemon=True).start()
    facts = introduction()
    write_all(answers_pipe, MARK)
    write_frame(answers_pipe, facts)
    if torch is None or facts["tooOld"]:
        return
    requests = queue.Queue(maxsize=4)
    threading.Thread(target=read_ahead, args=[requests_pipe, requests], daemon=True).start()
    worker = Worker(lambda header, tensors=(): write_frame(answers_pipe, header, tensors))
    with torch.inference_mode():
        while True:
            worker.handle(*requests.get())


if __name__ == "__main__":
    main()
