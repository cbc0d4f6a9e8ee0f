"""What one training step of beta costs in PyTorch: the peer that Hueristic's engines are measured next to.

Run: OMP_WAIT_POLICY=PASSIVE python bench/peers/beta.py --size 64 --batch 16 --threads 4

A step is forward, mean squared error, backward and Adam, from luma and chroma that lie ready in memory: sRGB -> Lab,
which Hueristic does inside its step, is NOT part of the time here. Random data; one batch is used again and again.
Prints one JSON line: { torch, device, threads, size, batch, parameters, tf32, channelsLast, adam, steps, medianMs, cpuMs (processor time of a step), p10, p90,
imagesPerSecond (at the median), autocast, peakDeviceMiB (of tensors on a GPU), peakRssMiB (of the whole process), omp (OMP_WAIT_POLICY) }.
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

PARAMETERS = 3_892_194
# Outputs, stride, upsampling after the activation.
LAYERS = [
    (64, 1, False), (64, 2, False), (128, 1, False), (128, 2, False), (256, 1, False), (256, 2, False),
    (512, 1, False), (256, 1, False), (128, 1, True), (64, 1, True), (32, 1, False), (2, 1, True),
]  # fmt: skip


class Beta(nn.Module):
    def __init__(self):
        super().__init__()
        inputs = 1
        self.convolutions = nn.ModuleList()
        for outputs, stride, _ in LAYERS:
            convolution = nn.Conv2d(inputs, outputs, 3, stride, padding=1 if stride == 1 else 0)
            nn.init.xavier_uniform_(convolution.weight)
            nn.init.zeros_(convolution.bias)
            self.convolutions.append(convolution)
            inputs = outputs

    def forward(self, x):
        for index, (convolution, (_, stride, upsample)) in enumerate(zip(self.convolutions, LAYERS)):
            # Keras's 'same': stride 2 on even sizes pads at the bottom and on the right only.
            x = convolution(F.pad(x, (0, 1, 0, 1)) if stride == 2 else x)
            x = torch.tanh(x) if index == len(LAYERS) - 1 else F.relu(x, inplace=True)
            x = F.interpolate(x, scale_factor=2, mode="nearest") if upsample else x
        return x


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=64, help="side of the square images, a multiple of 8")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--warmup", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--tf32", action="store_true", help="products in TensorFloat-32, on a GPU that has it")
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--autocast", action="store_true", help="forward pass and losses in bfloat16, by torch.autocast")
    parser.add_argument("--adam", choices=["default", "foreach", "fused"], default="default")
    options = parser.parse_args()
    if options.size % 8 != 0:
        parser.error(f"--size: expected a multiple of 8, got {options.size}")

    torch.set_num_threads(options.threads)
    # cuDNN's convolutions take TF32 unless they are told not to; matrix products the other way round.
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = options.tf32
    torch.backends.cudnn.benchmark = True
    torch.manual_seed(0)
    autocast = torch.autocast(options.device, torch.bfloat16, enabled=options.autocast)
    layout = torch.channels_last if options.channels_last else torch.contiguous_format
    network = Beta().to(options.device, memory_format=layout)
    assert sum(parameter.numel() for parameter in network.parameters()) == PARAMETERS
    kind = {} if options.adam == "default" else {options.adam: True}
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, **kind)
    shape = (options.batch, 1, options.size, options.size)
    luma = (torch.rand(shape, device=options.device) * 2 - 1).contiguous(memory_format=layout)
    chroma = (torch.rand(shape, device=options.device).repeat(1, 2, 1, 1) - 0.5).contiguous(memory_format=layout)

    def step():
        optimizer.zero_grad()
        with autocast:
            loss = F.mse_loss(network(luma), chroma)
        loss.backward()
        optimizer.step()
        return loss.item()  # Waits for the device, as logging the loss does.

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
        "parameters": PARAMETERS,
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
