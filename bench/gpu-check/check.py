"""What the torch engine costs and computes on this machine, beside hand-written PyTorch. Needs Python and PyTorch alone.

Run: python check.py [--device cuda] [--seconds 450] [--out results]

Each part runs in a process of its own with a time limit, and its log stays in the folder; what is ready is printed at
once. In this order: the machine; losses of three steps in float32 beside those of ONNX Runtime on a CPU; milliseconds a
step and peak memory, ours and PyTorch's in turns; torch.compile. Parts that would begin behind --seconds are left out.
"""

import argparse
import gzip
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = ["tiny", "options", "beta-64", "pix2pix-64", "pix2pix-256-1", "pix2pix-256-16", "pix2pix-256-64"]
STEPS = 3


# Cases ----------------------------------------------------------------------------------------------------------------


def load(name):
    with gzip.open(os.path.join(HERE, "cases", name + ".json.gz"), "rt") as file:
        return json.load(file)


def uniform(name, count):
    """As numbers.ts makes them."""
    import torch

    seed, mask = 0, 0xFFFFFFFF
    for character in name:
        seed = (seed * 31 + ord(character)) & mask
    x = (torch.arange(1, count + 1, dtype=torch.int64) * 0x9E3779B1 + seed) & mask
    x = ((x ^ (x >> 15)) * 0x85EBCA77) & mask
    x = ((x ^ (x >> 13)) * 0xC2B2AE3D) & mask
    return (x ^ (x >> 16)).double() / 2**32


def arrays_of(case, count):
    import torch

    arrays = {}
    for group, specs in case["inputs"].items():
        for name, spec in specs.items():
            numbers = uniform(name, count * math.prod(spec["shape"]))
            arrays[group, name] = numbers.float() if spec["dtype"] == "float32" else (256 * numbers).floor().to(torch.uint8)
    for name, numbers in case["hyper"].items():
        arrays["hyper", name] = torch.tensor([numbers[min(at, STEPS - 1)] for at in range(count)], dtype=torch.float32)
    return arrays


def open_case(case, device, precision="float32", captures=False):
    """A step and its state on the device."""
    import worker

    engine = worker.Worker(print)
    engine.configure({"device": device, "precision": precision, "deterministic": False, "captures": captures, "threads": None,
                      "channelsLast": device != "cpu" and precision != "float32"}, {})  # fmt: skip
    import torch

    spreads = case["state"]
    numbers = {}
    for name, spread in spreads.items():
        count, mean, std = math.prod(spread["shape"]), spread["mean"], spread["std"]
        alike = std == 0
        made = torch.full([count], mean, dtype=torch.float32) if alike else (mean + (uniform(name, count) - 0.5) * math.sqrt(12) * std).float()
        numbers["state", name] = made
    engine.store({"state": 0, "shapes": {name: spread["shape"] for name, spread in spreads.items()}}, numbers)
    return worker.Step(case["trace"], engine, case["batch"]), engine.states[0], engine


# Parts ----------------------------------------------------------------------------------------------------------------


def machine(_options):
    import torch

    print("machine:", platform.platform(), "|", platform.processor() or platform.machine(), "|", os.cpu_count(), "cores")
    print("python", platform.python_version(), "torch", torch.__version__, "cuda", torch.version.cuda, "cudnn",
          torch.backends.cudnn.version())  # fmt: skip
    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        print("gpu:", properties.name, round(properties.total_memory / 2**30), "GiB, capability", properties.major, properties.minor)
        subprocess.run(["nvidia-smi", "--query-gpu=name,driver_version,clocks.sm,power.limit", "--format=csv"], check=False)


def parity(options):
    import torch

    with torch.inference_mode():
        for name in options.cases.split(","):
            case = load(name)
            if case["expected"] is None:
                continue
            step, state, _ = open_case(case, options.device)
            losses = step.run(state, STEPS, arrays_of(case, STEPS))
            worst, nudged = [0.0] * STEPS, [0.0] * STEPS
            for place, loss in enumerate(step.losses):
                for at, (expected, other) in enumerate(zip(case["expected"][loss], case["nudged"][loss])):
                    size = max(abs(expected), 1e-6)
                    difference, rounding = abs(losses[at, place].item() - expected) / size, abs(other - expected) / size
                    worst[at] = difference if not difference <= worst[at] else worst[at]
                    nudged[at] = max(nudged[at], rounding)
            # GANs multiply rounding errors: at 256x256 PyTorch's two memory layouts are 5e-3 apart in the third step.
            good = all(one <= max(1e-4, 10 * rounding) for one, rounding in zip(worst, nudged))
            words = lambda numbers: " ".join(f"{one:.1e}" for one in numbers)  # noqa: E731
            print(f"parity {name}: worst relative difference of a loss, by steps: {words(worst)}; weights that differ by 1e-6 "
                  f"make one of {words(nudged)}{'' if good else '  TOO LARGE'}", flush=True)  # fmt: skip


def cost(call, device, seconds):
    """Median milliseconds on the clock and mean of processor time, of calls of one step."""
    import torch

    times, began, cpu = [], time.perf_counter(), time.process_time()
    while len(times) < 5 or time.perf_counter() - began < seconds:
        begin = time.perf_counter()
        call()
        if device == "cuda":
            torch.cuda.synchronize()
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times), (time.process_time() - cpu) * 1000 / len(times), len(times)


def ours(options):
    """All our settings of one case."""
    import torch

    case = load(options.cases)
    settings = [("float32", False), ("float32", True), ("tf32", True), ("bfloat16", False), ("bfloat16", True)]
    if options.device != "cuda":
        settings = [("float32", False)]
    with torch.inference_mode():
        for precision, captures in settings:
            try:
                if options.device == "cuda":
                    torch.cuda.empty_cache()
                    torch.cuda.reset_peak_memory_stats()
                step, state, engine = open_case(case, options.device, precision, captures)
                arrays = arrays_of(case, 1)
                for _ in range(6):
                    step.run(state, 1, arrays)
                median, cpu, count = cost(lambda: step.run(state, 1, arrays), options.device, options.each)
                print(line(case["name"], f"ours {precision}{', graph' if captures else ''}", median, cpu, peak_mib(options.device), count))
                for text in engine.warnings:
                    print("warning:", text)
            except Exception as error:  # noqa: BLE001
                print(f"{case['name']}  ours {precision} {captures}: {type(error).__name__}: {str(error).splitlines()[0]}")
                import traceback

                traceback.print_exc()
            step = state = engine = None


def compiled(options):
    import torch

    case = load(options.cases)
    with torch.inference_mode():
        step, state, _ = open_case(case, options.device)
        module = step.module
        begin = time.perf_counter()
        step.module = torch.compile(module, dynamic=False)
        arrays = arrays_of(case, 1)
        for _ in range(3):
            step.run(state, 1, arrays)
        took = time.perf_counter() - begin
        median, cpu, count = cost(lambda: step.run(state, 1, arrays), options.device, options.each)
        print(line(case["name"], "ours float32, torch.compile", median, cpu, peak_mib(options.device), count), f"({took:.0f} s to compile)")


def peak_mib(device):
    import torch

    if device == "cuda":
        return torch.cuda.max_memory_allocated() / 2**20
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def line(case, who, median, cpu, peak, count):
    return f"{case:16} {who:32} {median:9.2f} ms/step {cpu:9.2f} CPU ms {peak:8.0f} MiB  ({count} steps)"


def peer_lines(case, name, text):
    found = json.loads(text.strip().splitlines()[-1])
    peak = found.get("peakDeviceMiB") or found["peakRssMiB"]
    return line(case, name, found["medianMs"], found["cpuMs"], peak, found["steps"])


# All of it ------------------------------------------------------------------------------------------------------------


class Run:
    def __init__(self, options):
        self.options, self.began, self.number = options, time.perf_counter(), 0
        os.makedirs(options.out, exist_ok=True)
        self.summary = open(os.path.join(options.out, "summary.txt"), "w")

    def say(self, text):
        print(text, flush=True)
        print(text, file=self.summary, flush=True)

    def part(self, title, command, limit, read=None):
        left = self.options.seconds - (time.perf_counter() - self.began)
        self.number += 1
        if left < 5:
            return self.say(f"{title}: left out, the time is over")
        log = os.path.join(self.options.out, f"{self.number:02}-{title.replace(' ', '-').replace(',', '')}.log")
        # As torch-process.ts starts the worker.
        env = {"OMP_WAIT_POLICY": "PASSIVE", "MALLOC_MMAP_THRESHOLD_": str(2**25), "MALLOC_TRIM_THRESHOLD_": str(2**40),
               **os.environ}  # fmt: skip
        with open(log, "w") as errors:
            try:
                done = subprocess.run(command, stdout=subprocess.PIPE, stderr=errors, timeout=min(limit, left), text=True, env=env)
            except subprocess.TimeoutExpired:
                return self.say(f"{title}: not ready within {min(limit, left):.0f} s, see {log}")
            errors.write(done.stdout)
        if done.returncode != 0:
            return self.say(f"{title}: ended with {done.returncode}, see {log}\n{done.stdout}".rstrip())
        self.say((read(done.stdout) if read else done.stdout).rstrip())

    def own(self, part, cases, limit, title):
        options = self.options
        self.part(title, [sys.executable, os.path.abspath(__file__), "--part", part, "--cases", cases, "--device", options.device,
                          "--each", str(options.each)], limit)  # fmt: skip

    def peer(self, name, label, flags, limit):
        case = load(name)
        file, *numbers = case["peer"]
        command = [sys.executable, os.path.join(HERE, "peers", file), *numbers, "--adam", "fused", "--steps",
                   str(self.options.peer_steps), "--device", self.options.device, *flags]  # fmt: skip
        title = f"PyTorch {label}"
        self.part(f"{name} {title}", command, limit, lambda text: peer_lines(name, title, text))

    def all(self):
        cuda = self.options.device == "cuda"
        self.own("machine", "", 60, "machine")
        self.own("parity", ",".join(CASES[:5]), 120, "parity")
        order = ["pix2pix-256-1", "pix2pix-256-16", "pix2pix-64", "beta-64", "pix2pix-256-64"] if cuda else ["pix2pix-64", "beta-64"]
        kinds = [("float32", []), ("TF32", ["--tf32"]), ("TF32, channels last", ["--tf32", "--channels-last"]),
                 ("bfloat16, channels last", ["--autocast", "--channels-last"])]  # fmt: skip
        if not cuda:
            kinds = [("float32", []), ("channels last", ["--channels-last"])]
        for name in order:
            self.own("ours", name, 90, f"{name} ours")
            for label, flags in kinds:
                self.peer(name, label, flags, 60)
        if cuda:
            for name in ("pix2pix-256-1", "pix2pix-256-16"):
                self.own("compiled", name, 90, f"{name} torch.compile")
        self.say(f"done in {time.perf_counter() - self.began:.0f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", help="cuda or cpu; cuda where PyTorch reaches it")
    parser.add_argument("--seconds", type=float, default=450)
    parser.add_argument("--each", type=float, default=2, help="seconds of measuring for each setting")
    parser.add_argument("--peer-steps", type=int, default=20)
    parser.add_argument("--out", default="results")
    parser.add_argument("--part", choices=["machine", "parity", "ours", "compiled"], help=argparse.SUPPRESS)
    parser.add_argument("--cases", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.device is None:
        import torch

        options.device = "cuda" if torch.cuda.is_available() else "cpu"
    if options.part:
        return {"machine": machine, "parity": parity, "ours": ours, "compiled": compiled}[options.part](options)
    Run(options).all()


if __name__ == "__main__":
    main()
