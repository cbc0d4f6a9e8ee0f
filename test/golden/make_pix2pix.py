"""Writes test/golden/pix2pix.json and gan-health.json: losses, gradients and three training steps of pix2pix by PyTorch in float64.

Run: python test/golden/make_pix2pix.py   (needs torch and numpy; half a minute)

Generator and discriminator are small (width 8 or 16) and come in five cases; nothing large is stored, because weights,
images and noise come from formulas that any language repeats exactly, with whole numbers modulo 2^32 (Math.imul in
JavaScript). The hash is murmur3's finalizer.

  hash(i)    h = i; h ^= h >> 16; h *= 0x85ebca6b; h ^= h >> 13; h *= 0xc2b2ae35; h ^= h >> 16; h / 2^32
  tensors    float32(shift + scale * 2 * (hash(start + i) - 0.5)), i the flat index in `shape`; where `unit` is true
             the whole tensor is divided by its length (in float64) before it is cast to float32
  noise      float32(hash(start + i)), i the flat index in [N, H, W, C], `starts` has one start for each step; an
             element is kept where its noise is >= 0.5, and then doubled
  images     as in make_beta.py: (3 * ramp + floor(256 hash(i))) >> 2, i the flat index in [N, H, W, 3],
             ramp = (5 y + 3 x + 60 c + 90 n) & 255
  condition  L / 50 - 1; target: ab / 110 ("lab") or rgb / 127.5 - 1 ("rgb"); float64, then cast to float32

Shapes are TensorFlow's: kernels [h, w, inputs, outputs], of transposed convolutions [h, w, outputs, inputs]; maps NHWC.
spectral/v is flat in the order (inputs, h, w).

{ torch, numpy, counts: { name: number of trained numbers }, learningRates: { generator, discriminator }, adam,
  images: { "32": { shape, rgb: { every, values }, luma, chroma }, "64": ... }
  cases: [{
    name, options,
    tensors: [{ name, shape, start, scale, shift, unit?, trained?, at: [flat indices of the samples below] }, ...]
             trained: false stands with running statistics, u and v
    noise: [{ name, shape, starts }, ...]
    evaluations: { before, after1, after3, perImage? }   the generator in evaluation mode (running statistics, stored
             u and v, no dropout) before the first step, after it, and after the third: { every, values, norm, dot,
             deviation }, flat in NHWC. `before` is null where random u and v would make sigma a number near 0.
             perImage: before the first step, each image normalized by its own statistics.
    fake:    the generator in training mode, in the first step; same form
    gradients: [{ name, norm, dot, samples, deviation, zero? }, ...]   of the first step: the generator's of
             G_GAN + l1 G_L1 + featureMatching G_FM (against the updated discriminator), the discriminator's of
             0.5 (D_fake + D_real). `zero`: a gradient that is 0 by mathematics (a bias that a normalization or a
             softmax takes out again); its numbers are rounding, and so are Adam's steps from it.
    followed: [name, ...]   what `steps` tells about: tensors of every kind, running statistics, u and v too
    steps: [{ losses: { name: { value, deviation } },
              tensors: [{ norm, change, dot, samples, deviation }, ...] }, ...]   in the order of `followed`
             losses before the updates; then norm of the tensor after the step, norm of its distance from the initial
             tensor, dot of that distance, sampled numbers
  }, ...] }

`dot` is the sum of x[i] * 2 * (hash(i) - 0.5), i the flat index: one number that a transposed or shuffled tensor does
not repeat; compare it with a tolerance relative to the norm. Every `deviation` says how far PyTorch's own float32
result is from the float64 one: the largest difference over ALL elements divided by their root mean square (for steps:
by that of the change so far; for losses: relative). Adam's first steps divide a gradient by its own size, so weights
whose gradient is rounding noise move by the learning rate in either direction.

One training step, all networks in training mode:
  fake = G(condition)                                      running statistics and u, v of G move once
  D_fake = loss(D([condition, fake], detached), fake); D_real = loss(D([condition, target]), real); in this order
  Adam on D with 0.5 (D_fake + D_real)
  G_GAN = loss(D([condition, fake]), real), then, for feature matching, D([condition, target])
  Adam on G
Every loss is summed over the scales. D always normalizes by the statistics of its batch.

gan-health.json: { name of the case: [{ G_score, D_score, G_gradient_norm, D_gradient_norm } of every step] }, the scores
before D's update, the norms of all gradients of a network together as its optimizer meets them.
"""

import copy
import json
import math
import pathlib

import numpy
import torch
import torch.nn.functional as F
from torch import nn

BATCH, STEPS = 2, 3
RATES = {"generator": 2e-4, "discriminator": 1e-4}
BETAS, EPSILON = (0.5, 0.999), 1e-8
DEFAULTS = {
    "color": "lab", "imageSize": 32, "batchSize": BATCH, "width": 8, "depth": 5, "norm": "batch",
    "dropout": "reference", "adversarial": "vanilla", "l1": 100, "featureMatching": 0, "discriminatorWidth": 8,
    "layers": 3, "scales": 1, "attention": {"generator": None, "discriminator": None, "at": 16},
    "spectral": {"generator": False, "discriminator": False},
    "start": 100_000,  # of the tensors' formula; another where a ReLU meets a number that float32 may give another sign
}  # fmt: skip
WIDE = {"width": 16, "discriminatorWidth": 16}  # so that C / 8 is 2: with 1 a transposed query would not show
CASES = {
    "lab, vanilla, batch norm, reference dropout": {"imageSize": 64, "depth": 6},
    "rgb, least squares, paper dropout": {"color": "rgb", "adversarial": "lsgan", "dropout": "paper", "layers": 2},
    "instance norm, two scales, feature matching": {
        "imageSize": 64, "norm": "instance", "adversarial": "lsgan", "scales": 2, "featureMatching": 10,
    },
    "hinge, full attention and spectral norm in both": WIDE | {
        "start": 16_100_000,
        "adversarial": "hinge",
        "attention": {"generator": "full", "discriminator": "full", "at": 16},
        "spectral": {"generator": True, "discriminator": True},
    },
    "pooled attention and spectral norm in the discriminator": WIDE | {
        "attention": {"generator": None, "discriminator": "pooled", "at": 16},
        "spectral": {"generator": False, "discriminator": True},
    },
}  # fmt: skip


# --- formulas -------------------------------------------------------------------------------------------------------


def hashed(start, size):
    h = numpy.arange(start, start + size).astype(numpy.uint32)
    h = (h ^ (h >> 16)) * numpy.uint32(0x85EBCA6B)
    h = (h ^ (h >> 13)) * numpy.uint32(0xC2B2AE35)
    return (h ^ (h >> 16)).astype(numpy.float64) / 2**32


def formula(name, options):
    """scale, shift, unit of the tensor with this name."""
    kind = name.rsplit("/", 1)[-1]
    if options["adversarial"] == "hinge" and name.endswith(f"/conv{options['layers'] + 1}/norm/scale"):
        return 0.2, 6, False  # so that logits lie on both sides of the hinge
    if kind in ("u", "v"):
        return 1, 0, True
    if kind == "kernel":
        return (0.5 if "/attention/" in name else 0.15), 0, False
    return {"bias": (0.1, 0), "scale": (0.2, 1), "offset": (0.2, 0), "mean": (0, 0), "variance": (0, 1),
            "gamma": (0, 0.5)}[kind] + (False,)  # fmt: skip


def initial(row):
    values = row["shift"] + row["scale"] * 2 * (hashed(row["start"], math.prod(row["shape"])) - 0.5)
    if row.get("unit"):
        values = values / numpy.sqrt((values**2).sum())
    return values.astype(numpy.float32).reshape(row["shape"])


def images(size):
    n, y, x, c = numpy.meshgrid(*[numpy.arange(k) for k in (BATCH, size, size, 3)], indexing="ij")
    ramp = (5 * y + 3 * x + 60 * c + 90 * n) & 255
    noise = numpy.floor(256 * hashed(0, ramp.size)).astype(numpy.int64).reshape(ramp.shape)
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


# --- networks: the path of a parameter or buffer, with slashes, is its name -----------------------------------------


class Spectral(nn.Module):
    def __init__(self, outputs, rest):
        super().__init__()
        self.register_buffer("u", torch.zeros(outputs))
        self.register_buffer("v", torch.zeros(rest))


class Convolution(nn.Module):
    def __init__(self, inputs, outputs, size, stride, padding, bias, spectral, transposed=False):
        super().__init__()
        self.stride, self.padding, self.transposed = stride, padding, transposed
        shape = (inputs, outputs) if transposed else (outputs, inputs)
        self.kernel = nn.Parameter(torch.zeros(*shape, size, size))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None
        self.spectral = Spectral(outputs, inputs * size * size) if spectral else None

    def normalized_kernel(self):
        if self.spectral is None:
            return self.kernel
        outputs_first = self.kernel.transpose(0, 1) if self.transposed else self.kernel
        matrix = outputs_first.flatten(1)
        if self.training:
            with torch.no_grad():
                self.spectral.v = F.normalize(matrix.T @ self.spectral.u, dim=0, eps=1e-12)
                self.spectral.u = F.normalize(matrix @ self.spectral.v, dim=0, eps=1e-12)
        return self.kernel / torch.dot(self.spectral.u, matrix @ self.spectral.v)

    def forward(self, x):
        function = F.conv_transpose2d if self.transposed else F.conv2d
        return function(x, self.normalized_kernel(), self.bias, self.stride, self.padding)


class BatchNorm(nn.Module):
    def __init__(self, channels, tracked):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))
        self.offset = nn.Parameter(torch.zeros(channels))
        self.tracked, self.per_image = tracked, False
        if tracked:
            self.register_buffer("mean", torch.zeros(channels))
            self.register_buffer("variance", torch.ones(channels))

    def forward(self, x):
        if self.per_image:
            alone = [F.batch_norm(one, None, None, self.scale, self.offset, True, 0, 1e-5) for one in x.split(1)]
            return torch.cat(alone)
        if not self.tracked:
            return F.batch_norm(x, None, None, self.scale, self.offset, True, 0, 1e-5)
        return F.batch_norm(x, self.mean, self.variance, self.scale, self.offset, self.training, 0.1, 1e-5)


class InstanceNorm(nn.Module):
    def forward(self, x):
        assert x.shape[2] * x.shape[3] > 1
        return F.instance_norm(x, eps=1e-5)


def norm_layer(kind, channels, tracked):
    return BatchNorm(channels, tracked) if kind == "batch" else InstanceNorm()


class Attention(nn.Module):
    def __init__(self, channels, form, spectral):
        super().__init__()
        self.pooled = form == "pooled"

        def pointwise(inputs, outputs):
            return Convolution(inputs, outputs, 1, 1, 0, not self.pooled, spectral)

        self.query = pointwise(channels, channels // 8)
        self.key = pointwise(channels, channels // 8)
        self.value = pointwise(channels, channels // 2 if self.pooled else channels)
        if self.pooled:
            self.output = pointwise(channels // 2, channels)
        self.gamma = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        query, key, value = self.query(x), self.key(x), self.value(x)
        if self.pooled:
            key, value = F.max_pool2d(key, 2, 2), F.max_pool2d(value, 2, 2)
        similarity = torch.einsum("ncq,nck->nqk", query.flatten(2), key.flatten(2))
        mixed = torch.einsum("nqk,nck->ncq", similarity.softmax(dim=2), value.flatten(2))
        mixed = mixed.unflatten(2, x.shape[2:])
        return self.gamma * (self.output(mixed) if self.pooled else mixed) + x


class Generator(nn.Module):
    def __init__(self, options, inputs, outputs):
        super().__init__()
        depth, width, norm = options["depth"], options["width"], options["norm"]
        spectral, form = options["spectral"]["generator"], options["attention"]["generator"]
        channels = [inputs] + [width * min(2**i, 8) for i in range(depth)]
        self.depth = depth
        self.dropped = {
            "reference": range(5, depth),
            "paper": range(max(2, depth - 2), depth + 1),
            "none": range(0),
        }[options["dropout"]]
        # up{i} gives maps of side S / 2^(i - 1).
        self.attended = None if form is None else 1 + round(math.log2(options["imageSize"] / options["attention"]["at"]))
        for i in range(1, depth + 1):
            down = Convolution(channels[i - 1], channels[i], 4, 2, 1, norm == "instance", spectral)
            if 1 < i < depth:
                down.norm = norm_layer(norm, channels[i], True)
            self.add_module(f"down{i}", down)
        for i in range(depth, 0, -1):
            fan, out = channels[i] * (1 if i == depth else 2), outputs if i == 1 else channels[i - 1]
            up = Convolution(fan, out, 4, 2, 1, norm == "instance" or i == 1, spectral, transposed=True)
            if i > 1:
                up.norm = norm_layer(norm, out, True)
            self.add_module(f"up{i}", up)
        if self.attended is not None:
            assert self.attended > 1
            self.attention = Attention(channels[self.attended - 1], form, spectral)

    def forward(self, condition, noise=None):
        skips, x = [], condition
        for i in range(1, self.depth + 1):
            down = getattr(self, f"down{i}")
            if i > 1:
                x = F.leaky_relu(x, 0.2)
                skips.append(x)  # what the reference's in-place activation leaves in the map that it concatenates
            x = down(x)
            x = down.norm(x) if hasattr(down, "norm") else x
        for i in range(self.depth, 0, -1):
            up = getattr(self, f"up{i}")
            x = up(F.relu(x))
            if i == 1:
                return torch.tanh(x)
            x = up.norm(x)
            if noise is not None and i in self.dropped:
                u = noise[f"generator/up{i}/dropout"]
                assert u.shape == x.shape
                x = torch.where(u >= 0.5, 2 * x, torch.zeros_like(x))
            if i == self.attended:
                x = self.attention(x)
            x = torch.cat([skips.pop(), x], dim=1)


class PatchDiscriminator(nn.Module):
    def __init__(self, options, inputs):
        super().__init__()
        width, norm, self.layers = options["discriminatorWidth"], options["norm"], options["layers"]
        spectral, form = options["spectral"]["discriminator"], options["attention"]["discriminator"]
        padding = 1 if options["scales"] == 1 else 2
        self.attended = None if form is None else round(math.log2(options["imageSize"] / options["attention"]["at"]))
        fan = inputs
        for j in range(1, self.layers + 3):
            last = j == self.layers + 2
            out = 1 if last else width * min(2 ** (j - 1), 8)
            normalized = 1 < j and not last
            bias = norm == "instance" or not normalized
            convolution = Convolution(fan, out, 4, 2 if j <= self.layers else 1, padding, bias, spectral)
            if normalized:
                convolution.norm = norm_layer(norm, out, False)
            self.add_module(f"conv{j}", convolution)
            if j == self.attended:
                self.attention = Attention(out, form, spectral)
            fan = out

    def forward(self, x):
        """Logits and the features of conv1 .. conv{layers + 1}."""
        features = []
        for j in range(1, self.layers + 2):
            convolution = getattr(self, f"conv{j}")
            x = convolution(x)
            x = convolution.norm(x) if hasattr(convolution, "norm") else x
            x = F.leaky_relu(x, 0.2)
            x = self.attention(x) if j == self.attended else x
            features.append(x)
        return getattr(self, f"conv{self.layers + 2}")(x), features


class Discriminator(nn.Module):
    def __init__(self, options, inputs):
        super().__init__()
        for s in range(1, options["scales"] + 1):
            self.add_module(f"scale{s}", PatchDiscriminator(options, inputs))

    def forward(self, condition, image):
        results, x = [], torch.cat([condition, image], dim=1)
        for index, scale in enumerate(self.children()):
            x = F.avg_pool2d(x, 3, 2, 1, count_include_pad=False) if index > 0 else x
            results.append(scale(x))
        return results


def named(generator, discriminator):
    """{ name: (tensor, trained) } in the order of the layers."""
    found = {}
    for network, module in (("generator", generator), ("discriminator", discriminator)):
        for path, part in module.named_modules():
            prefix = network + "/" + (path.replace(".", "/") + "/" if path else "")
            found |= {prefix + key: (value, True) for key, value in part.named_parameters(recurse=False)}
            found |= {prefix + key: (value, False) for key, value in part.named_buffers(recurse=False)}
    return found


# --- layouts --------------------------------------------------------------------------------------------------------


def to_tf(tensor):
    """A parameter, buffer or gradient as a float64 array in TensorFlow's layout (both kinds of kernels alike)."""
    array = tensor.detach().double()
    return (array.permute(2, 3, 1, 0) if array.dim() == 4 else array).numpy().copy()


def to_torch(array, dtype):
    tensor = torch.from_numpy(array).to(dtype)
    return tensor.permute(3, 2, 0, 1).contiguous() if tensor.dim() == 4 else tensor.clone()


def nchw(array, dtype):
    return torch.from_numpy(array).to(dtype).permute(0, 3, 1, 2).contiguous()


def nhwc(tensor):
    return tensor.detach().double().permute(0, 2, 3, 1).contiguous().numpy()


# --- training -------------------------------------------------------------------------------------------------------


def build(options):
    outputs = 2 if options["color"] == "lab" else 3
    return Generator(options, 1, outputs), Discriminator(options, 1 + outputs)


def describe(options):
    """The rows of all tensors and of all noise of a case."""
    start, rows, noise = options["start"], [], []
    generator, discriminator = build(options)
    for name, (tensor, trained) in named(generator, discriminator).items():
        shape = list(to_tf(tensor).shape)
        scale, shift, unit = formula(name, options)
        row = {"name": name, "shape": shape, "start": start, "scale": scale, "shift": shift}
        rows.append(row | ({"unit": True} if unit else {}) | ({} if trained else {"trained": False}))
        start += math.prod(shape)
    for i in reversed(generator.dropped):
        side = options["imageSize"] >> (i - 1)
        shape = [BATCH, side, side, options["width"] * min(2 ** (i - 2), 8)]
        starts = [start + step * math.prod(shape) for step in range(STEPS)]
        noise.append({"name": f"generator/up{i}/dropout", "shape": shape, "starts": starts})
        start += STEPS * math.prod(shape)
    return rows, noise


def adversarial(kind, logits, real, generator=False):
    if kind == "vanilla":
        return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, float(real)))
    if kind == "lsgan":
        return F.mse_loss(logits, torch.full_like(logits, float(real)))
    if generator:
        return -logits.mean()
    return torch.relu(1 - logits if real else 1 + logits).mean()


def probability(kind, results):
    """Mean over the scales of how sure each is that its patches are real; least squares and hinge aim at 0 and 1, -1 and 1."""
    certain = {"vanilla": torch.sigmoid, "lsgan": lambda x: x.clamp(0, 1), "hinge": lambda x: ((x + 1) / 2).clamp(0, 1)}
    return sum(certain[kind](logits).mean().item() for logits, _ in results) / len(results)


def overall_norm(tensors):
    return math.sqrt(sum((tensor**2).sum() for tensor in tensors.values()))


def train(options, rows, noise_rows, dtype):
    rgb = images(options["imageSize"])
    luma, chroma = luma_chroma(rgb)
    condition = nchw(luma, dtype)
    target = nchw(chroma if options["color"] == "lab" else (rgb / 127.5 - 1).astype(numpy.float32), dtype)
    generator, discriminator = build(options)
    generator.to(dtype), discriminator.to(dtype)
    tensors = named(generator, discriminator)
    with torch.no_grad():
        for row in rows:
            tensors[row["name"]][0].copy_(to_torch(initial(row), dtype))
    kind, l1, matching = options["adversarial"], options["l1"], options["featureMatching"]

    def optimizer(network, module):
        return torch.optim.Adam(module.parameters(), lr=RATES[network], betas=BETAS, eps=EPSILON)

    generator_adam, discriminator_adam = optimizer("generator", generator), optimizer("discriminator", discriminator)

    def state():
        return {name: to_tf(tensor) for name, (tensor, _) in named(generator, discriminator).items()}

    def gradients(network):
        found = named(generator, discriminator).items()
        return {name: to_tf(tensor.grad) for name, (tensor, trained) in found if trained and name.startswith(network)}

    def evaluate(per_image=False):
        generator.eval()
        for part in generator.modules():
            if isinstance(part, BatchNorm):
                part.per_image = per_image
        with torch.no_grad():
            output = nhwc(generator(condition))
        for part in generator.modules():
            if isinstance(part, BatchNorm):
                part.per_image = False
        generator.train()
        return output

    def gan(image, real, for_generator=False):
        results = discriminator(condition, image)
        return sum(adversarial(kind, logits, real, for_generator) for logits, _ in results), results

    result = {"evaluations": {}, "losses": [], "after": [], "gradients": {}, "health": []}
    if not options["spectral"]["generator"]:
        result["evaluations"]["before"] = evaluate()
    if options["imageSize"] == 64 and options["norm"] == "batch":
        result["evaluations"]["perImage"] = evaluate(per_image=True)
    for step in range(STEPS):
        noise = {}
        for row in noise_rows:
            u = hashed(row["starts"][step], math.prod(row["shape"])).reshape(row["shape"])
            assert ((u >= 0.5) == (u.astype(numpy.float32) >= 0.5)).all()
            noise[row["name"]] = nchw(u.astype(numpy.float32), torch.float64)
        fake = generator(condition, noise)
        d_fake, of_fake = gan(fake.detach(), False)
        d_real, of_real = gan(target, True)
        fake_score, real_score = probability(kind, of_fake), probability(kind, of_real)
        discriminator_adam.zero_grad()
        (0.5 * (d_fake + d_real)).backward()
        if step == 0:
            result["fake"] = nhwc(fake)
            if kind == "hinge":
                beyond = [(sign * logits > 1).double().mean().item() for sign, image in ((-1, fake), (1, target))
                          for logits, _ in copy.deepcopy(discriminator)(condition, image)]  # fmt: skip
                assert all(0 < share < 1 for share in beyond)
            result["gradients"] |= gradients("discriminator")
        health = {
            "G_score": fake_score,
            "D_score": 0.5 * real_score + 0.5 * (1 - fake_score),
            "D_gradient_norm": overall_norm(gradients("discriminator")),
        }
        discriminator_adam.step()

        g_gan, fake_results = gan(fake, True, for_generator=True)
        g_l1 = (fake - target).abs().mean()
        losses = {"G_GAN": g_gan, "G_L1": g_l1}
        total = g_gan + l1 * g_l1
        if matching > 0:
            real_results = discriminator(condition, target)
            distances = [
                (mine - true.detach()).abs().mean()
                for (_, fake_features), (_, real_features) in zip(fake_results, real_results)
                for mine, true in zip(fake_features, real_features, strict=True)
            ]
            losses["G_FM"] = sum(distances) / options["scales"] * 4 / (options["layers"] + 1)
            total = total + matching * losses["G_FM"]
        generator_adam.zero_grad()
        total.backward()
        if step == 0:
            result["gradients"] = gradients("generator") | result["gradients"]
        result["health"].append(health | {"G_gradient_norm": overall_norm(gradients("generator"))})
        generator_adam.step()
        losses |= {"D_real": d_real, "D_fake": d_fake}
        result["losses"].append({name: loss.item() for name, loss in losses.items()})
        result["after"].append(state())
        if step in (0, 2):
            result["evaluations"][f"after{step + 1}"] = evaluate()
    return result


# --- the file -------------------------------------------------------------------------------------------------------


def number(value, digits=6):
    return float(f"{value:.{digits}g}")


def rounded(values):
    return [number(value) for value in numpy.asarray(values, numpy.float64).reshape(-1)]


def deviation(single, double, scale):
    return number(numpy.abs(single - double).max() / numpy.sqrt(numpy.mean(scale**2)), 3)


def dot(array):
    return number((array.reshape(-1) * 2 * (hashed(0, array.size) - 0.5)).sum())


def length(array):
    return number(numpy.linalg.norm(array.reshape(-1)), 7)


def every(values, step):
    return {"every": step, "values": rounded(values.reshape(-1)[::step])}


def sampled(double, single):
    step = max(1, double.size // 40) | 1
    return every(double, step) | {
        "norm": length(double), "dot": dot(double), "deviation": deviation(single, double, double),
    }  # fmt: skip


def places(size, count=4):
    return sorted({(k * size) // count + k % size for k in range(count)} & set(range(size)))


def selected(name, options):
    """What is followed over the three steps: some of every kind."""
    depth, layers = options["depth"], options["layers"]
    outer = [
        "down1", "down3", f"down{depth}", f"up{depth}", f"up{depth - 1}", "up1",
        *[f"scale{s}/conv{j}" for s in range(1, options["scales"] + 1) for j in (1, 2, layers + 2)],
    ]  # fmt: skip
    _, layer = name.split("/", 1)
    in_layer = any(layer.startswith(prefix + "/") for prefix in outer)
    if "/spectral/" in name:
        return any(layer.startswith(prefix + "/") for prefix in ("down3", "up3", "attention/query", "scale1/conv2",
                                                                 "scale1/attention/value"))  # fmt: skip
    return in_layer or "attention/" in name


def case(name, changes):
    options = DEFAULTS | changes
    rows, noise = describe(options)
    double, single = (train(options, rows, noise, dtype) for dtype in (torch.float64, torch.float32))
    first = {row["name"]: initial(row).astype(numpy.float64) for row in rows}
    for row in rows:
        row["at"] = places(first[row["name"]].size)
    samples = {row["name"]: row["at"] for row in rows}

    def gradient(name):
        value, other = double["gradients"][name], single["gradients"][name]
        row = {"name": name, "norm": length(value), "dot": dot(value), "samples": rounded(value.reshape(-1)[samples[name]])}
        if row["norm"] < 1e-10 * math.sqrt(value.size):
            return {"name": name, "zero": True, "float32Norm": number(numpy.linalg.norm(other), 3)}
        return row | {"deviation": deviation(other, value, value)}

    gradients = [gradient(row["name"]) for row in rows if row.get("trained", True)]
    noisy = {row["name"] for row in gradients if row.get("zero")}

    def after(step, name):
        value = double["after"][step][name]
        change = value - first[name]
        return {
            "norm": length(value), "change": length(change), "dot": dot(change),
            "samples": rounded(value.reshape(-1)[samples[name]]),
            "deviation": deviation(single["after"][step][name], value, change),
        }  # fmt: skip

    followed = [row["name"] for row in rows if selected(row["name"], options) and row["name"] not in noisy]
    outputs = {
        key: sampled(double["evaluations"][key], single["evaluations"][key]) if key in double["evaluations"] else None
        for key in ("before", "after1", "after3", "perImage")
        if key != "perImage" or key in double["evaluations"]
    }
    return {
        "name": name,
        "options": options,
        "tensors": rows,
        "noise": noise,
        "evaluations": outputs,
        "fake": sampled(double["fake"], single["fake"]),
        "health": [{key: number(value, 9) for key, value in step.items()} for step in double["health"]],
        "gradients": gradients,
        "followed": followed,
        "steps": [
            {
                "losses": {
                    key: {"value": number(value, 9), "deviation": number(abs(single["losses"][step][key] / value - 1), 3)}
                    for key, value in double["losses"][step].items()
                },
                "tensors": [after(step, name) for name in followed],
            }
            for step in range(STEPS)
        ],
    }


def counts():
    def size(module):
        return sum(parameter.numel() for parameter in module.parameters())

    full = DEFAULTS | {"width": 64, "discriminatorWidth": 64}
    hd = full | {"norm": "instance", "scales": 2}
    return {
        **{
            f"unet_{side} {inputs}->{outputs}": size(Generator(full | {"imageSize": side, "depth": depth}, inputs, outputs))
            for side, depth in ((256, 8), (128, 7))
            for inputs, outputs in ((3, 3), (1, 2), (1, 3))
        },
        **{f"discriminator {inputs}": size(Discriminator(full, inputs)) for inputs in (6, 3, 4)},
        "discriminator 3, instance norm, one of 2 scales": size(Discriminator(hd, 3).scale1),
        **{f"attention {form} {c}": size(Attention(c, form, True)) for form in ("full", "pooled") for c in (128, 256)},
    }


# shared/design/networks.md
EXPECTED = [
    54_413_955, 54_409_858, 54_411_907, 41_828_995, 41_824_898, 41_826_947, 2_768_705, 2_765_633, 2_766_657, 2_764_737,
    20_641, 82_241, 20_481, 81_921,
]  # fmt: skip


def main():
    with torch.device("meta"):
        sizes = counts()
    for (name, count), expected in zip(sizes.items(), EXPECTED, strict=True):
        print(f"{name}: {count:,}")
        assert count == expected, (name, count, expected)

    def pictures(side):
        rgb = images(side)
        luma, chroma = luma_chroma(rgb)
        step = {32: 101, 64: 397}[side]
        bytes_ = {"every": step, "values": rgb.reshape(-1)[::step].tolist()}
        return {"shape": list(rgb.shape), "rgb": bytes_, "luma": every(luma, step), "chroma": every(chroma, step)}

    fixture = {
        "torch": torch.__version__,
        "numpy": numpy.__version__,
        "counts": sizes,
        "learningRates": RATES,
        "adam": {"beta1": BETAS[0], "beta2": BETAS[1], "epsilon": EPSILON},
        "images": {str(side): pictures(side) for side in (32, 64)},
        "cases": [case(name, changes) for name, changes in CASES.items()],
    }
    health = {example["name"]: example.pop("health") for example in fixture["cases"]}
    for name, content in (("pix2pix", fixture), ("gan-health", health)):
        path = pathlib.Path(__file__).with_name(f"{name}.json")
        path.write_text(json.dumps(content, separators=(",", ":")) + "\n")
        print(path, path.stat().st_size)


if __name__ == "__main__":
    torch.set_num_threads(2)
    main()
