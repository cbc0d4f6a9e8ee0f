"""Writes test/golden/chains.json: alpha, gamma and classifier by PyTorch in float64; average precision by its definition.

Run: python test/golden/make_chains.py   (needs torch and numpy; half a minute)

alpha and gamma have their full sizes, classifier is small; nothing large is stored, because weights, images and
embeddings come from the formulas in make_pix2pix.py:

  tensors    float32(shift + scale * 2 * (hash(start + i) - 0.5)), i the flat index in `shape`
  embedding  the same formula; it belongs to the batch, [N, E]
  images     two, as in make_pix2pix.py; luma and chroma too

The networks are written down from the tables of their sources. Convolutions pad as Keras's 'same' does: what is needed
so that n / stride places come out, rounded up; the odd one at the bottom and on the right. Shapes are TensorFlow's:
kernels [h, w, inputs, outputs], of dense layers [inputs, outputs]; maps NHWC.

  alpha       3x3, ReLU behind all but the last, trained by the mean squared error of chroma
  gamma       the same; encoder; the embedding beside each place; "fusion" 1x1 with ReLU; decoder. The network that
              makes the embedding is frozen, so that it is an input.
  classifier  3x3 without bias, batch norm (eps 1e-5, momentum 0.1, unbiased running variance), ReLU; the mean over the
              map; a dense layer to one logit per label; binary cross-entropy, mean over images and labels. Its image
              side is 20, so that one of the strides meets an odd side.

{ torch, numpy, learningRate
  cases: [{
    kind, options: { imageSize, batchSize, width?, labels?, embedding? }, imageShape, parameters,
    embedding?: { start, scale, shift }, labels?: [0 or 1, ...] flat in [N, labels]
    tensors: [{ name, shape, start, scale, shift, trained?, at: [flat indices of the samples below] }, ...]
             in the order of the layers; trained: false stands with running statistics
    evaluations: { before, trained }   in evaluation mode before the first step and after the last:
             { every, values, norm, dot, deviation, losses: [of each image] }; prediction flat in NHWC, of the
             classifier probabilities [N, labels]
    training: { ... }    what the network gives in training mode in the first step (logits of the classifier), same
             form without losses; for whoever looks for a difference
    gradients: [{ norm, dot, samples, deviation }, ...]   of the first step, in the order of the trained tensors
    followed: [name, ...]   what `steps` tells about, running statistics too
    steps: [{ loss, lossDeviation, tensors: [{ norm, change, dot, samples, deviation }, ...] }, ...]
             loss before the update; the rest as in make_pix2pix.py
  }, ...]
  averagePrecision: [{ name, images, labels, scores, truths, perLabel, mean }, ...]   flat in [images, labels];
             null for a label that no image has, and for a mean over no label
}

`dot` and `deviation` are explained in make_pix2pix.py. A case's `start` is chosen so that in none of its steps a ReLU
meets a number that float32 gives another sign than float64, which would move gradients: the script asserts it, and in
the first step, whose gradients are compared narrowly, with a distance to spare.
"""

import collections
import json
import math
import pathlib

import numpy
import torch
import torch.nn.functional as F
from torch import nn

from make_pix2pix import deviation, dot, hashed, images, initial, length, luma_chroma, nchw, nhwc, number, places
from make_pix2pix import rounded, sampled

BATCH, LEARNING_RATE = 2, 1e-3
SPARE = 10  # of the largest difference between float32 and float64 on the same map
# Kind, options, start, steps. The smaller gamma is for an engine that would take minutes for the other's gradients.
CASES = [
    ("alpha", {"imageSize": 32}, 1_000_000, 3),
    ("gamma", {"imageSize": 16, "embedding": 10}, 2_500_000, 3),
    ("gamma", {"imageSize": 8, "embedding": 10}, 10_000_000, 1),
    ("classifier", {"imageSize": 20, "width": 4, "labels": 5}, 9_000_000, 3),
]
# shared/design/networks.md; with an embedding of E numbers gamma's fusion has (256 + E) 256 + 256.
PARAMETERS = {"alpha": 32_202, "gamma": 5_827_200 + (256 + 10) * 256 + 256 + 392_210}
ALPHA = "8 s2, 8, 16, 16 s2, 32, 32 s2, up, 32, up, 16, up, 2 tanh"
ENCODER = "64 s2, 128, 128 s2, 256, 256 s2, 512, 512, 256"
DECODER = "128, up, 64, up, 32, 16, 2 tanh, up"


# --- networks -------------------------------------------------------------------------------------------------------


class Same(nn.Conv2d):
    def forward(self, x):
        sides = []
        for side in (3, 2):
            n, k, s = x.shape[side], self.kernel_size[0], self.stride[0]
            missing = max((math.ceil(n / s) - 1) * s + k - n, 0)
            sides += [missing // 2, missing - missing // 2]
        return F.conv2d(F.pad(x, sides), self.weight, self.bias, self.stride)


def chain(prefix, table, inputs):
    """Layers by a table such as "64 s2, up, 2 tanh"."""
    layers, number = collections.OrderedDict(), 0
    for row in table.split(", "):
        if row == "up":
            layers[f"{prefix}{number}/up"] = nn.Upsample(scale_factor=2, mode="nearest")
            continue
        words, number = row.split(), number + 1
        outputs = int(words[0])
        layers[f"{prefix}{number}"] = Same(inputs, outputs, 3, 2 if "s2" in words else 1)
        layers[f"{prefix}{number}/active"] = nn.Tanh() if "tanh" in words else nn.ReLU()
        inputs = outputs
    return nn.Sequential(layers)


class Gamma(nn.Module):
    def __init__(self, embedding):
        super().__init__()
        self.encoder = chain("encoder", ENCODER, 1)
        self.fused = nn.Sequential(
            collections.OrderedDict({"fusion": nn.Conv2d(256 + embedding, 256, 1), "fusion/active": nn.ReLU()})
        )
        self.decoder = chain("decoder", DECODER, 256)

    def forward(self, luma, embedding):
        x = self.encoder(luma)
        everywhere = embedding[:, :, None, None].expand(-1, -1, *x.shape[2:])
        return self.decoder(self.fused(torch.cat([x, everywhere], dim=1)))


class Classifier(nn.Module):
    def __init__(self, width, labels):
        super().__init__()
        body, inputs = collections.OrderedDict(), 1
        for k, (times, stride) in enumerate(((1, 2), (2, 1), (2, 2), (4, 1), (4, 2), (8, 1)), start=1):
            body[f"conv{k}"] = Same(inputs, times * width, 3, stride, bias=False)
            body[f"conv{k}/norm"] = nn.BatchNorm2d(times * width, eps=1e-5, momentum=0.1)
            body[f"conv{k}/active"] = nn.ReLU()
            inputs = times * width
        self.body = nn.Sequential(body)
        self.labels = nn.Linear(inputs, labels)

    def forward(self, luma):
        return self.labels(self.body(luma).mean(dim=(2, 3)))


def build(kind, options):
    if kind == "alpha":
        return chain("conv", ALPHA, 1)
    return Gamma(options["embedding"]) if kind == "gamma" else Classifier(options["width"], options["labels"])


WORDS = {"running_mean": "mean", "running_var": "variance", "bias": "bias", "weight": "kernel"}


def named(network):
    """{ name: (tensor, trained) } in the order of the layers."""
    found = {}
    for path, layer in network.named_modules():
        is_norm = isinstance(layer, nn.BatchNorm2d)
        words = WORDS | ({"weight": "scale", "bias": "offset"} if is_norm else {})
        prefix = path.removeprefix("encoder.").removeprefix("fused.").removeprefix("decoder.").removeprefix("body.")
        for key, value in layer.named_parameters(recurse=False):
            found[f"{prefix}/{words[key]}"] = (value, True)
        for key, value in layer.named_buffers(recurse=False):
            if key in words:
                found[f"{prefix}/{words[key]}"] = (value, False)
    return found


def to_tf(tensor):
    array = tensor.detach().double()
    return array.permute(*{4: (2, 3, 1, 0), 2: (1, 0), 1: (0,)}[array.dim()]).numpy().copy()


def to_torch(array):
    tensor = torch.from_numpy(array)
    return tensor.permute(*{4: (3, 2, 0, 1), 2: (1, 0), 1: (0,)}[tensor.dim()])


def describe(kind, options, start):
    rows = []
    for name, (tensor, trained) in named(build(kind, options)).items():
        shape = list(to_tf(tensor).shape)
        scale, shift = {
            # As wide as keeps a map's size through a ReLU; the last layer less, so that tanh is not at its ends.
            "kernel": (number(math.sqrt((2 if shape[-1] == 2 else 6) / math.prod(shape[:-1])), 4), 0),
            "bias": (0.1, 0), "scale": (0.2, 1), "offset": (0.2, 0), "mean": (0.3, 0), "variance": (0.5, 1),
        }[name.rsplit("/", 1)[-1]]  # fmt: skip
        row = {"name": name, "shape": shape, "start": start, "scale": scale, "shift": shift}
        rows.append(row if trained else row | {"trained": False})
        start += math.prod(shape)
    return rows, start


# --- training -------------------------------------------------------------------------------------------------------


def train(kind, options, rows, embedding, labels, steps, dtype):
    luma, chroma = (nchw(array, dtype) for array in luma_chroma(images(options["imageSize"])))
    inputs = [luma] if embedding is None else [luma, torch.from_numpy(embedding).to(dtype)]
    network = build(kind, options).to(dtype)
    tensors = named(network)
    with torch.no_grad():
        for row in rows:
            tensors[row["name"]][0].copy_(to_torch(initial(row)))
    is_classifier = kind == "classifier"
    truth = torch.from_numpy(labels).to(dtype) if is_classifier else chroma
    result = {"losses": [], "gradients": {}, "after": [], "kinks": []}
    kinks = []

    def watch(_module, arguments):
        kinks.append(arguments[0].detach().double().numpy().copy())

    for module in network.modules():
        if isinstance(module, nn.ReLU):
            module.register_forward_pre_hook(watch)

    def losses_of(output):
        compare = F.binary_cross_entropy_with_logits if is_classifier else F.mse_loss
        return compare(output, truth, reduction="none").flatten(1).mean(dim=1)

    def plain(tensor):
        return tensor.detach().double().numpy() if is_classifier else nhwc(tensor)

    def evaluate():
        network.eval()
        with torch.no_grad():
            output = network(*inputs)
        network.train()
        kinks.clear()
        return plain(output.sigmoid() if is_classifier else output), losses_of(output).double().numpy()

    result["before"] = evaluate()
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
    for step in range(steps):
        kinks.clear()
        output = network(*inputs)
        result["kinks"].append(list(kinks))
        loss = losses_of(output).mean()
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            result["training"] = plain(output)
            result["gradients"] = {name: to_tf(tensor.grad) for name, (tensor, trained) in tensors.items() if trained}
        optimizer.step()
        result["losses"].append(loss.item())
        result["after"].append({name: to_tf(tensor) for name, (tensor, _) in tensors.items()})
    result["trained"] = evaluate()
    return result


def kink_report(double, single):
    """Signs that float32 turns, of each step; the least distance to 0 in the first step, in differences."""
    flips = [
        sum(int(((a > 0) != (b > 0)).sum()) for a, b in zip(*maps, strict=True))
        for maps in zip(double["kinks"], single["kinks"], strict=True)
    ]
    first = zip(double["kinks"][0], single["kinks"][0], strict=True)
    return flips, min(float(numpy.abs(a).min() / numpy.abs(a - b).max()) for a, b in first)


# --- the file -------------------------------------------------------------------------------------------------------


def is_followed(kind, name):
    layer = name.split("/")[0]
    chosen = {
        "gamma": ("encoder1", "encoder5", "encoder8", "fusion", "decoder1", "decoder5"),
        "classifier": ("conv1", "conv3", "conv6", "labels"),
    }
    return kind == "alpha" or layer in chosen[kind]


def run(kind, options, start, steps):
    rows, end = describe(kind, options, start)
    extra, embedding, labels = {}, None, None
    if kind == "gamma":
        extra["embedding"] = {"start": end, "scale": 1, "shift": 0.5}
        embedding = initial(extra["embedding"] | {"shape": [BATCH, options["embedding"]]})
    if kind == "classifier":
        labels = numpy.where(hashed(end, BATCH * options["labels"]) < 0.5, 0.0, 1.0).reshape(BATCH, -1)
        extra["labels"] = labels.astype(int).reshape(-1).tolist()
    results = [train(kind, options, rows, embedding, labels, steps, dtype) for dtype in (torch.float64, torch.float32)]
    return rows, extra, *results


def case(kind, changes, start, steps):
    options = {"batchSize": BATCH} | changes
    rows, extra, double, single = run(kind, options, start, steps)
    flips, spare = kink_report(double, single)
    print(f"{kind}: signs turned {flips}, spare {spare:.2f}")
    assert sum(flips) == 0 and spare > SPARE, kind
    assert kind != "classifier" or len(set(extra["labels"])) == 2
    parameters = sum(math.prod(row["shape"]) for row in rows if row.get("trained", True))
    assert parameters == PARAMETERS.get(kind, parameters), (kind, parameters)
    first = {row["name"]: initial(row).astype(numpy.float64) for row in rows}
    for row in rows:
        row["at"] = places(first[row["name"]].size)
    samples = {row["name"]: row["at"] for row in rows}
    followed = [row["name"] for row in rows if is_followed(kind, row["name"])]

    def evaluation(key):
        return sampled(double[key][0], single[key][0]) | {"losses": [number(loss, 9) for loss in double[key][1]]}

    def gradient(name):
        value, other = double["gradients"][name], single["gradients"][name]
        assert length(value) > 1e-10 * math.sqrt(value.size)
        return {
            "norm": length(value), "dot": dot(value), "samples": rounded(value.reshape(-1)[samples[name]]),
            "deviation": deviation(other, value, value),
        }  # fmt: skip

    def after(step, name):
        value = double["after"][step][name]
        change = value - first[name]
        return {
            "norm": length(value), "change": length(change), "dot": dot(change),
            "samples": rounded(value.reshape(-1)[samples[name]]),
            "deviation": deviation(single["after"][step][name], value, change),
        }  # fmt: skip

    return {
        "kind": kind,
        "options": options,
        "imageShape": [BATCH, options["imageSize"], options["imageSize"], 3],
        "parameters": parameters,
        **extra,
        "tensors": rows,
        "evaluations": {key: evaluation(key) for key in ("before", "trained")},
        "training": sampled(double["training"], single["training"]),
        "gradients": [gradient(row["name"]) for row in rows if row.get("trained", True)],
        "followed": followed,
        "steps": [
            {
                "loss": number(double["losses"][step], 9),
                "lossDeviation": number(abs(single["losses"][step] / double["losses"][step] - 1), 3),
                "tensors": [after(step, name) for name in followed],
            }
            for step in range(steps)
        ],
    }


def average_precision(scores, truths):
    """Sum over thresholds of (recall - recall before) * precision, as sklearn.metrics.average_precision_score."""
    positives, recall_before, sum_ = truths.sum(), 0.0, 0.0
    if positives == 0:
        return None
    for threshold in sorted(set(scores.tolist()), reverse=True):
        chosen = scores >= threshold
        hits = truths[chosen].sum()
        sum_ += (hits / positives - recall_before) * (hits / chosen.sum())
        recall_before = hits / positives
    return float(sum_)


def precision_cases():
    def example(name, scores, truths):
        scores, truths = numpy.asarray(scores, numpy.float32), numpy.asarray(truths)
        per_label = [average_precision(scores[:, label], truths[:, label]) for label in range(scores.shape[1])]
        counted = [value for value in per_label if value is not None]
        return {
            "name": name, "images": scores.shape[0], "labels": scores.shape[1],
            "scores": [float(score) for score in scores.reshape(-1)], "truths": truths.reshape(-1).tolist(),
            "perLabel": per_label, "mean": sum(counted) / len(counted) if counted else None,
        }  # fmt: skip

    def column(*values):
        return [[value] for value in values]

    random_scores = numpy.floor(hashed(50_000_000, 30 * 4) * 8).reshape(30, 4) / 8  # eighths: many ties
    random_truths = (hashed(60_000_000, 30 * 4) < 0.3).astype(int).reshape(30, 4)
    random_truths[:, 2] = 0
    return [
        # scikit-learn's own example: 0.8333...
        example("scikit-learn's example", column(0.1, 0.4, 0.35, 0.8), column(0, 0, 1, 1)),
        example("all positives first", column(0.875, 0.75, 0.5, 0.25), column(1, 1, 0, 0)),
        example("all positives last", column(0.125, 0.25, 0.5, 0.75), column(1, 1, 0, 0)),
        example("all scores equal: the share of positives", column(*[0.5] * 5), column(0, 1, 0, 1, 0)),
        example("a tie of a positive and two negatives", column(0.75, 0.5, 0.5, 0.5, 0.25), column(1, 0, 1, 0, 1)),
        example("scores saturated at 0 and 1", column(1, 1, 1, 0, 0, 0), column(1, 0, 1, 1, 0, 0)),
        example("every image has the label", column(0.5, 0.25, 0.75), column(1, 1, 1)),
        example("one image", [[0.25, 0.5]], [[1, 0]]),
        example("no image has the label", column(0.5, 0.25, 0.75), column(0, 0, 0)),
        example("eighths of 30 images, one of four labels without positives", random_scores, random_truths),
    ]


def main():
    precisions = precision_cases()
    assert abs(precisions[0]["mean"] - 0.8333333333333333) < 1e-12
    fixture = {
        "torch": torch.__version__,
        "numpy": numpy.__version__,
        "learningRate": LEARNING_RATE,
        "cases": [case(*settings) for settings in CASES],
        "averagePrecision": precisions,
    }
    path = pathlib.Path(__file__).with_name("chains.json")
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
    print(path, path.stat().st_size)
    assert path.stat().st_size < 80_000


if __name__ == "__main__":
    torch.set_num_threads(2)
    main()
