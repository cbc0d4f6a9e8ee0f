"""What one training step of pix2pix costs in PyTorch: the peer that Hueristic's engines are measured next to.

Run: OMP_WAIT_POLICY=PASSIVE python bench/peers/pix2pix.py --size 128 --batch 4 --width 64 --threads 4

A step is what junyanz/pytorch-CycleGAN-and-pix2pix does with a batch, luma to chroma: the generator once; the
discriminator on its output (detached) and on the real one, backward, Adam; the updated discriminator, frozen, on the
generator's output, plus 100 L1, backward, Adam. Vanilla loss, batch norm, dropout of the reference, Adam 2e-4 and 0.5.
Luma and chroma lie ready in memory: sRGB -> Lab, which Hueristic does inside its step, is NOT part of the time here.
Random data; one batch is used again and again. Prints one JSON line: { torch, device, threads, size, batch, width,
depth, parameters, tf32, channelsLast, adam, steps, medianMs, cpuMs (processor time of a step), p10, p90, imagesPerSecond (at the median), autocast, peakDeviceMiB (of tensors on a GPU), peakRssMiB (of the
whole process), omp (OMP_WAIT_POLICY) }.
"""

import argparse
import json
import os
import resource
import statistics
import time

import torch
import torch.nn.functional as F
from torch import nn

# Depth, width -> numbers in the generator (1 -> 2 channels) and in the discriminator (3 channels).
PARAMETERS = {(8, 64): (54_409_858, 2_765_633), (7, 64): (41_824_898, 2_765_633)}


class Generator(nn.Module):
    """The U-Net; with in-place activations where the reference has them."""

    def __init__(self, depth, width):
        super().__init__()
        channels = [1] + [width * min(2**i, 8) for i in range(depth)]
        self.depth = depth
        self.downs, self.down_norms, self.ups, self.up_norms = (nn.ModuleList() for _ in range(4))
        for i in range(1, depth + 1):
            self.downs.append(nn.Conv2d(channels[i - 1], channels[i], 4, 2, 1, bias=False))
            self.down_norms.append(nn.BatchNorm2d(channels[i]) if 1 < i < depth else nn.Identity())
            inputs, outputs = channels[i] * (1 if i == depth else 2), 2 if i == 1 else channels[i - 1]
            self.ups.append(nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=i == 1))
            self.up_norms.append(nn.BatchNorm2d(outputs) if i > 1 else nn.Identity())

    def forward(self, x):
        skips = []
        for index in range(self.depth):
            if index > 0:
                x = F.leaky_relu(x, 0.2, inplace=True)
                skips.append(x)
            x = self.down_norms[index](self.downs[index](x))
        for index in reversed(range(self.depth)):
            x = self.up_norms[index](self.ups[index](F.relu(x, inplace=True)))
            if 4 <= index < self.depth - 1:
                x = F.dropout(x, 0.5, self.training)
            if index > 0:
                x = torch.cat([skips.pop(), x], dim=1)
        return torch.tanh(x)


def discriminator(width):
    layers, inputs = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2, True)], width
    for outputs, stride in ((2 * width, 2), (4 * width, 2), (8 * width, 1)):
        convolution = nn.Conv2d(inputs, outputs, 4, stride, 1, bias=False)
        layers += [convolution, nn.BatchNorm2d(outputs), nn.LeakyReLU(0.2, True)]
        inputs = outputs
    return nn.Sequential(*layers, nn.Conv2d(inputs, 1, 4, 1, 1))


def initialize(module):
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1, 0.02)
    if getattr(module, "bias", None) is not None:
        nn.init.zeros_(module.bias)


def size_of(module):
    return sum(parameter.numel() for parameter in module.parameters())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=64, help="side of the square images, a power of 2")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--width", type=int, default=64, help="channels of the first layer of both networks")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--warmup", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--tf32", action="store_true", help="products in TensorFloat-32, on a GPU that has it")
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--autocast", action="store_true", help="forward pass and losses in bfloat16, by torch.autocast")
    parser.add_argument("--adam", choices=["default", "foreach", "fused"], default="default")
    options = parser.parse_args()
    if options.size < 32 or options.size & (options.size - 1) != 0:
        parser.error(f"--size: expected a power of 2, at least 32, got {options.size}")

    torch.set_num_threads(options.threads)
    # cuDNN's convolutions take TF32 unless they are told not to; matrix products the other way round.
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = options.tf32
    torch.backends.cudnn.benchmark = True
    torch.manual_seed(0)
    autocast = torch.autocast(options.device, torch.bfloat16, enabled=options.autocast)
    layout = torch.channels_last if options.channels_last else torch.contiguous_format
    depth = min(8, options.size.bit_length() - 1)
    generator = Generator(depth, options.width).apply(initialize).to(options.device, memory_format=layout)
    judge = discriminator(options.width).apply(initialize).to(options.device, memory_format=layout)
    sizes = (size_of(generator), size_of(judge))
    assert PARAMETERS.get((depth, options.width), sizes) == sizes, sizes
    kind = {} if options.adam == "default" else {options.adam: True}
    generator_adam, judge_adam = (
        torch.optim.Adam(network.parameters(), lr=2e-4, betas=(0.5, 0.999), **kind) for network in (generator, judge)
    )
    shape = (options.batch, 1, options.size, options.size)
    luma = (torch.rand(shape, device=options.device) * 2 - 1).contiguous(memory_format=layout)
    chroma = (torch.rand(shape, device=options.device).repeat(1, 2, 1, 1) - 0.5).contiguous(memory_format=layout)

    def loss(image, real):
        logits = judge(torch.cat([luma, image], dim=1))
        return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, real))

    def step():
        with autocast:
            fake = generator(luma)
        judge.requires_grad_(True)
        judge_adam.zero_grad()
        with autocast:
            d_fake, d_real = loss(fake.detach(), 0), loss(chroma, 1)
        (0.5 * (d_fake + d_real)).backward()
        judge_adam.step()
        judge.requires_grad_(False)
        generator_adam.zero_grad()
        with autocast:
            g_gan, g_l1 = loss(fake, 1), F.l1_loss(fake, chroma)
        (g_gan + 100 * g_l1).backward()
        generator_adam.step()
        return [value.item() for value in (g_gan, g_l1, d_real, d_fake)]  # Waits for the device, as logging does.

    for _ in range(options.warmup):
        step()
    times = []
    cpu = time.process_time()
    for _ in range(options.steps):
        begin = time.perf_counter()
        step()
        times.append((time.perf_counter() - begin) * 1000)

    cpu = (time.process_time() - cpu) * 1000 / options.steps
    times.sort()
    median = statistics.median(times)
    at = lambda share: round(times[round(share * (len(times) - 1))], 2)  # noqa: E731
    result = {
        "torch": torch.__version__,
        "device": torch.cuda.get_device_name() if options.device == "cuda" else "cpu",
        "threads": options.threads,
        "size": options.size,
        "batch": options.batch,
        "width": options.width,
        "depth": depth,
        "parameters": sum(sizes),
        "tf32": options.tf32,
        "channelsLast": options.channels_last,
        "adam": options.adam,
        "steps": options.steps,
        "medianMs": round(median, 2),
        "cpuMs": round(cpu, 2),
        "p10": at(0.1),
        "p90": at(0.9),
        "imagesPerSecond": round(options.batch / median * 1000, 1),
        "autocast": options.autocast,
        "peakDeviceMiB": round(torch.cuda.max_memory_allocated() / 2**20, 1) if options.device == "cuda" else None,
        "peakRssMiB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "omp": os.environ.get("OMP_WAIT_POLICY"),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
