"""Writes test/golden/beta.json: forward, gradients and three Adam steps of the network beta by PyTorch in float64.

Run: python test/golden/make_beta.py   (needs torch and numpy; ten seconds)

The network is the full one (3,892,194 parameters) on two 32x32 images; nothing large is stored, because weights and
images come from formulas that any language repeats exactly, with whole numbers modulo 2^32 (Math.imul in JavaScript).
The hash is murmur3's finalizer; a multiplication alone leaves sums of weights near 0 and the network without output.

  hash(i)    h = i; h ^= h >> 16; h *= 0x85ebca6b; h ^= h >> 13; h *= 0xc2b2ae35; h ^= h >> 16; h / 2^32
  kernels    float32(limit * 2 * (hash(start + i) - 0.5)), limit = sqrt(6 / (9 (inputs + outputs))) in float64,
             i the flat index in [height, width, inputs, outputs], start = `tensors[k].start`
  biases     0
  images     uint8 floor(256 * hash(i)), i the flat index in [N, H, W, 3], mixed with a ramp so that neighbours are
             alike: (3 * ramp + noise) >> 2 with noise = floor(256 hash(i)) and
             ramp = (5 y + 3 x + 60 c + 90 n) & 255 for pixel (y, x), channel c, image n
  luma, chroma   Lab by scikit-image's constants in float64, L / 50 - 1 and ab / 110, then cast to float32

{ torch, numpy, imageShape: [N, H, W, 3], learningRate, parameters,
  rgb: { every, values }             every k-th byte of the images, to check the formula
  luma, chroma: { every, values }    every k-th number, flat in NHWC
  tensors: [{ name: "conv1/kernel", shape (HWIO), start, sum, at: [flat indices] }, ...]
                                     sum = of the initial values in float64; `at` is where the samples below lie
  forward: { every, values, deviation }          chroma out [N, H, W, 2], flat in NHWC
  loss: { value, deviation }
  gradients: [{ norm, samples, deviation }, ...]  in the order of `tensors`
  steps: [{ loss, lossDeviation, tensors: [{ norm, change, samples, deviation }, ...] }, ...]
                                     loss before the update; then norm of the tensor after it, norm of its distance
                                     from the initial tensor, and sampled numbers }

Every `deviation` says how far PyTorch's own float32 result is from the float64 one: the largest difference over ALL
elements of the tensor divided by its root mean square (for steps: divided by the root mean square of the change so
far; for losses: relative). Adam's first steps divide a gradient by its own size, so that weights whose gradient is
rounding noise move by the learning rate in either direction: compare norms, and samples loosely, after the first.
"""

import json
import math
import pathlib

import numpy
import torch
import torch.nn.functional as F

BATCH, SIZE, LEARNING_RATE, STEPS = 2, 32, 1e-3, 3
PARAMETERS = 3_892_194
# Outputs, stride, upsampling after the activation.
LAYERS = [
    (64, 1, False), (64, 2, False), (128, 1, False), (128, 2, False), (256, 1, False), (256, 2, False),
    (512, 1, False), (256, 1, False), (128, 1, True), (64, 1, True), (32, 1, False), (2, 1, True),
]  # fmt: skip


def hashed(indices):
    h = indices.astype(numpy.uint32)
    h = (h ^ (h >> 16)) * numpy.uint32(0x85EBCA6B)
    h = (h ^ (h >> 13)) * numpy.uint32(0xC2B2AE35)
    return (h ^ (h >> 16)).astype(numpy.float64) / 2**32


def weights():
    """[(name, HWIO float32 array, start), ...]"""
    start, inputs, tensors = 0, 1, []
    for number, (outputs, _, _) in enumerate(LAYERS, start=1):
        size = 9 * inputs * outputs
        limit = math.sqrt(6 / (9 * (inputs + outputs)))
        values = limit * 2 * (hashed(numpy.arange(start, start + size)) - 0.5)
        tensors.append((f"conv{number}/kernel", values.astype(numpy.float32).reshape(3, 3, inputs, outputs), start))
        tensors.append((f"conv{number}/bias", numpy.zeros(outputs, numpy.float32), start + size))
        start, inputs = start + size + outputs, outputs
    return tensors


def images():
    n, y, x, c = numpy.meshgrid(*[numpy.arange(k) for k in (BATCH, SIZE, SIZE, 3)], indexing="ij")
    ramp = (5 * y + 3 * x + 60 * c + 90 * n) & 255
    noise = numpy.floor(256 * hashed(numpy.arange(ramp.size))).astype(numpy.int64).reshape(ramp.shape)
    return ((3 * ramp + noise) >> 2).astype(numpy.uint8)


def luma_chroma(rgb):
    value = rgb / 255
    linear = numpy.where(value > 0.04045, ((value + 0.055) / 1.055) ** 2.4, value / 12.92)
    matrix = numpy.array(
        [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]
    )
    t = linear @ matrix.T / numpy.array([0.95047, 1, 1.08883])
    x, y, z = numpy.moveaxis(numpy.where(t > 0.008856, numpy.cbrt(t), 7.787 * t + 16 / 116), -1, 0)
    luma = (116 * y - 16) / 50 - 1
    chroma = numpy.stack([500 * (x - y), 200 * (y - z)], axis=-1) / 110
    return luma[..., None].astype(numpy.float32), chroma.astype(numpy.float32)


def forward(parameters, luma):
    x = luma
    for index, (_, stride, upsample) in enumerate(LAYERS):
        # Keras's 'same': stride 2 on even sizes pads at the bottom and on the right only.
        x = F.pad(x, (0, 1, 0, 1)) if stride == 2 else F.pad(x, (1, 1, 1, 1))
        x = F.conv2d(x, parameters[2 * index], parameters[2 * index + 1], stride)
        x = torch.tanh(x) if index == len(LAYERS) - 1 else torch.relu(x)
        x = F.interpolate(x, scale_factor=2, mode="nearest") if upsample else x
    return x


def hwio(tensor):
    """A parameter or gradient as a flat float64 array, kernels in HWIO order."""
    array = tensor.detach().double()
    return (array.permute(2, 3, 1, 0) if array.dim() == 4 else array).reshape(-1).numpy().copy()


def train(tensors, luma, chroma, dtype):
    parameters = []
    for _, array, _ in tensors:
        tensor = torch.from_numpy(array).to(dtype)
        tensor = tensor.permute(3, 2, 0, 1).contiguous() if tensor.dim() == 4 else tensor.clone()
        parameters.append(tensor.requires_grad_())
    luma = torch.from_numpy(luma).to(dtype).permute(0, 3, 1, 2)
    chroma = torch.from_numpy(chroma).to(dtype).permute(0, 3, 1, 2)
    optimizer = torch.optim.Adam(parameters, lr=LEARNING_RATE)
    result = {"losses": [], "after": []}
    for step in range(STEPS):
        optimizer.zero_grad()
        colorized = forward(parameters, luma)
        loss = F.mse_loss(colorized, chroma)
        loss.backward()
        if step == 0:
            result["forward"] = colorized.detach().double().permute(0, 2, 3, 1).reshape(-1).numpy()
            result["gradients"] = [hwio(parameter.grad) for parameter in parameters]
        result["losses"].append(loss.item())
        optimizer.step()
        result["after"].append([hwio(parameter) for parameter in parameters])
    return result


def rounded(values):
    return [float(f"{value:.9g}") for value in numpy.asarray(values, numpy.float64).reshape(-1)]


def deviation(single, double, scale):
    size = float(numpy.sqrt(numpy.mean(scale**2)))
    return float(f"{float(numpy.abs(single - double).max()) / size:.3g}")


def relative(single, double):
    return float(f"{abs(single / double - 1):.3g}")


def every(values, step):
    return {"every": step, "values": rounded(numpy.asarray(values).reshape(-1)[::step])}


def main():
    tensors = weights()
    assert sum(array.size for _, array, _ in tensors) == PARAMETERS
    rgb = images()
    luma, chroma = luma_chroma(rgb)
    double = train(tensors, luma, chroma, torch.float64)
    single = train(tensors, luma, chroma, torch.float32)
    places = [sorted({(k * array.size) // 8 + k % array.size for k in range(8)} & set(range(array.size))) for _, array, _ in tensors]  # fmt: skip

    def parameter_state(step, index):
        initial = tensors[index][1].astype(numpy.float64).reshape(-1)
        after = double["after"][step][index]
        return {
            "norm": float(f"{numpy.linalg.norm(after):.9g}"),
            "change": float(f"{numpy.linalg.norm(after - initial):.9g}"),
            "samples": rounded(after[places[index]]),
            "deviation": deviation(single["after"][step][index], after, after - initial),
        }

    fixture = {
        "torch": torch.__version__,
        "numpy": numpy.__version__,
        "imageShape": list(rgb.shape),
        "learningRate": LEARNING_RATE,
        "parameters": PARAMETERS,
        "rgb": {"every": 7, "values": rgb.reshape(-1)[::7].tolist()},
        "luma": every(luma, 7),
        "chroma": every(chroma, 7),
        "tensors": [
            {
                "name": name,
                "shape": list(array.shape),
                "start": start,
                "sum": float(f"{array.astype(numpy.float64).sum():.9g}"),
                "at": [int(place) for place in places[index]],
            }
            for index, (name, array, start) in enumerate(tensors)
        ],
        "forward": every(double["forward"], 5)
        | {"deviation": deviation(single["forward"], double["forward"], double["forward"])},
        "loss": {
            "value": double["losses"][0],
            "deviation": relative(single["losses"][0], double["losses"][0]),
        },
        "gradients": [
            {
                "norm": float(f"{numpy.linalg.norm(gradient):.9g}"),
                "samples": rounded(gradient[places[index]]),
                "deviation": deviation(single["gradients"][index], gradient, gradient),
            }
            for index, gradient in enumerate(double["gradients"])
        ],
        "steps": [
            {
                "loss": double["losses"][step],
                "lossDeviation": relative(single["losses"][step], double["losses"][step]),
                "tensors": [parameter_state(step, index) for index in range(len(tensors))],
            }
            for step in range(STEPS)
        ],
    }
    path = pathlib.Path(__file__).with_name("beta.json")
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
    print(path, path.stat().st_size)


if __name__ == "__main__":
    torch.set_num_threads(2)
    main()
