"""What the torch engine costs and computes on this machine, beside hand-written PyTorch. Needs Python and PyTorch alone.

Run: python check.py [--device cuda] [--seconds 450] [--epochs N] [--out results]

Each part runs in a process of its own with a time limit, and its log stays in the folder; what is ready is printed at
once. In this order: the machine; losses of three steps in float32 beside those of ONNX Runtime on a CPU; steps replayed as
a CUDA graph beside the same ones kernel by kernel; milliseconds a step and peak memory, ours and PyTorch's in turns; torch.compile; a training on the photographs that are packed, with its
samples as PNG, to the end of the time. What does not fit into the GPU's memory is said and no fault. Exits with 1 where
a part failed, did not end, or was left out for want of time, or a loss is too far off.
"""

import argparse
import gzip
import json
import math
import os
import platform
import re
import statistics
import struct
import subprocess
import sys
import time
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = ["tiny", "options", "beta-64", "pix2pix-64", "pix2pix-256-1", "pix2pix-256-16", "pix2pix-256-64"]
TRAININGS = ["training", "training-tiny"]
STEPS = 3
OUT_OF_MEMORY = re.compile(r"out of memory|OutOfMemory|not enough memory|can't allocate memory|_STATUS_ALLOC_FAILED", re.IGNORECASE)
# Seconds that the training gets at the least, where there are four times as many.
RESERVED = 100


# Cases ----------------------------------------------------------------------------------------------------------------


def file_of(name):
    return os.path.join(HERE, "cases", name + ".json.gz")


def packed(names):
    return [name for name in names if os.path.exists(file_of(name))]


def load(name):
    with gzip.open(file_of(name), "rt") as file:
        return json.load(file)


def uniform(name, count, device="cpu"):
    """As numbers.ts makes them."""
    import torch

    seed, mask = 0, 0xFFFFFFFF
    for character in name:
        seed = (seed * 31 + ord(character)) & mask
    x = (torch.arange(1, count + 1, dtype=torch.int64, device=device) * 0x9E3779B1 + seed) & mask
    x = ((x ^ (x >> 15)) * 0x85EBCA77) & mask
    x = ((x ^ (x >> 13)) * 0xC2B2AE3D) & mask
    return (x ^ (x >> 16)).double() / 2**32


def arrays_of(case, count):
    import torch

    arrays = scalars_of(case, 0, count)
    for group, specs in case["inputs"].items():
        for name, spec in specs.items():
            numbers = uniform(name, count * math.prod(spec["shape"]))
            arrays[group, name] = numbers.float() if spec["dtype"] == "float32" else (256 * numbers).floor().to(torch.uint8)
    return arrays


def scalars_of(case, first, count):
    """Of `count` steps from number `first` on, counted from 0; behind the last that the case has they stay."""
    import torch

    places = range(first, first + count)
    return {("hyper", name): torch.tensor([numbers[min(at, len(numbers) - 1)] for at in places], dtype=torch.float32)
            for name, numbers in case["hyper"].items()}  # fmt: skip


def open_case(case, device, precision="float32", captures=False):
    """A step and its state on the device."""
    import worker

    engine = worker.Worker(print)
    engine.configure({"device": device, "precision": precision, "deterministic": False, "captures": captures, "threads": None,
                      "channelsLast": device != "cpu" and precision != "float32"}, {})  # fmt: skip
    import torch

    engine.begin({"state": 0}, {})
    for name, spread in case["state"].items():
        count, mean, std = math.prod(spread["shape"]), spread["mean"], spread["std"]
        if std == 0:
            made = torch.full([count], mean, dtype=torch.float32)
        else:
            made = (mean + (uniform(name, count, device) - 0.5) * math.sqrt(12) * std).float()
        engine.store({"state": 0, "name": name, "shape": spread["shape"]}, {("state", name): made})
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
        try:
            subprocess.run(["nvidia-smi", "--query-gpu=name,driver_version,clocks.sm,power.limit", "--format=csv"], check=False)
        except OSError as error:
            print("nvidia-smi:", error)


def parity(options):
    import torch

    all_good = True
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
                    # What is no number is infinitely far off.
                    worst[at] = max(worst[at], math.inf if math.isnan(difference) else difference)
                    nudged[at] = max(nudged[at], rounding)
            # GANs multiply rounding errors: at 256x256 PyTorch's two memory layouts are 5e-3 apart in the third step.
            good = all(one <= max(1e-4, 10 * rounding) for one, rounding in zip(worst, nudged))
            all_good = all_good and good
            words = lambda numbers: " ".join(f"{one:.1e}" for one in numbers)  # noqa: E731
            print(f"parity {name}: worst relative difference of a loss, by steps: {words(worst)}; weights that differ by 1e-6 "
                  f"make one of {words(nudged)}{'' if good else '  TOO LARGE'}", flush=True)  # fmt: skip
    return all_good


def graph(options):
    """Nobody could see otherwise what a CUDA graph computes wrongly. Elsewhere steps are replayed on fixed buffers."""
    import torch

    steps, all_good = 6, True
    apart = lambda a, b: torch.nan_to_num((a - b).abs() / a.abs().clamp(min=1e-6), nan=math.inf).max().item()  # noqa: E731
    with torch.inference_mode():
        for name in options.cases.split(","):
            case = load(name)
            losses, replays = [], False
            for captures in (False, False, True):
                step, state, engine = open_case(case, options.device, captures=captures)
                losses.append(step.run(state, steps, arrays_of(case, steps)))
                replays = step.replay is not None
            difference, itself = apart(losses[0], losses[2]), apart(losses[0], losses[1])
            good = replays and difference <= max(1e-4, 10 * itself)
            all_good = all_good and good
            print(f"graph {name}: worst relative difference of a loss over {steps} steps: {difference:.1e}; of the same steps twice: "
                  f"{itself:.1e}{'' if replays else '  NOT REPLAYED'}{'' if good else '  TOO LARGE'}", flush=True)  # fmt: skip
            for text in engine.warnings:
                print("warning:", text)
    return all_good


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
    """All our settings of one case. What does not fit into memory is no fault."""
    import torch

    all_good = True
    case = load(options.cases)
    settings = [("float32", False), ("float32", True), ("tf32", True), ("bfloat16", False), ("bfloat16", True)]
    if options.device != "cuda":
        settings = [("float32", False)]
    with torch.inference_mode():
        for precision, captures in settings:
            try:
                step, state, engine = open_case(case, options.device, precision, captures)
                if options.device == "cuda":
                    torch.cuda.empty_cache()
                    torch.cuda.reset_peak_memory_stats()
                arrays = arrays_of(case, 1)
                for _ in range(6):
                    step.run(state, 1, arrays)
                median, cpu, count = cost(lambda: step.run(state, 1, arrays), options.device, options.each)
                print(line(case["name"], f"ours {precision}{', graph' if captures else ''}", median, cpu, peak_mib(options.device), count))
                for text in engine.warnings:
                    print("warning:", text)
            except Exception as error:  # noqa: BLE001
                all_good = all_good and OUT_OF_MEMORY.search(f"{type(error).__name__}: {error}") is not None
                print(f"{case['name']}  ours {precision} {captures}: {type(error).__name__}: {str(error).splitlines()[0]}")
                import traceback

                traceback.print_exc()
            step = state = engine = None
    return all_good


def compiled(options):
    """What it lacks, such as Triton or a C compiler, is no fault."""
    import torch

    case = load(options.cases)
    with torch.inference_mode():
        step, state, _ = open_case(case, options.device)
        module = step.module
        begin = time.perf_counter()
        step.module = torch.compile(module, dynamic=False)
        arrays = arrays_of(case, 1)
        try:
            for _ in range(3):
                step.run(state, 1, arrays)
        except Exception as error:  # noqa: BLE001
            print(f"{case['name']}  torch.compile: {type(error).__name__}: {str(error).splitlines()[0]}")
            return
        took = time.perf_counter() - begin
        median, cpu, count = cost(lambda: step.run(state, 1, arrays), options.device, options.each)
        print(line(case["name"], "ours float32, torch.compile", median, cpu, peak_mib(options.device), count), f"({took:.0f} s to compile)")


def training(options):
    """One network, to the end of the time. Its samples are rows of grey, real and colorized: seen photographs, then unseen."""
    import torch
    import worker

    case = load(options.cases)
    size, batch, count = case["size"], case["batch"], case["seen"]
    with open(file_of(options.cases).replace(".json.gz", ".rgb"), "rb") as file:
        photographs = torch.frombuffer(bytearray(file.read()), dtype=torch.uint8).reshape(-1, size, size, 3)
    seen, unseen = photographs[:count], photographs[count:]
    random = torch.Generator().manual_seed(1)
    noise = case["inputs"]["noise"]
    per_call, steps, trained, drawing = 8, 0, 0.0, 0.0

    with torch.inference_mode():
        step, state, engine = open_case(case, options.device, captures=options.device == "cuda")
        draw = worker.Function(case["draw"], engine)

        def drawn(pictures):
            return dict(zip(draw.outputs, draw.run(state, {("inputs", "rgb"): pictures})))

        def show(epoch, losses=""):
            nonlocal drawing
            begin = time.perf_counter()
            loss = torch.cat([drawn(pictures)["loss"] for pictures in unseen.split(batch)]).mean().item()
            grids = []
            for pictures in (seen[:batch], unseen[:batch]):
                made = drawn(pictures)
                rows = [made["grey"], pictures / 255, made["colorized"]]
                grids += [row[:8].permute(1, 0, 2, 3).reshape(size, -1, 3) for row in rows]
            name = f"samples-{epoch:04}.png"
            write_png(os.path.join(options.out, name), (torch.cat(grids) * 255).round().to(torch.uint8))
            speed = f", {steps * batch / trained:.0f} images/s" if trained else ""
            print(f"epoch {epoch}: {steps} steps{speed}, loss of unseen images {loss:.4f}{losses}, {name}", flush=True)
            drawing = max(drawing, time.perf_counter() - begin)

        print(f"training: {case['name']} at {size}x{size}, batches of {batch}, {count} photographs and {len(unseen)} unseen ones")
        show(0)
        epoch, is_over = 0, False
        while not is_over:
            epoch += 1
            order = torch.randperm(count, generator=random)
            sums, done = torch.zeros(len(step.losses)), 0
            for part in order.split(per_call * batch):
                number = len(part) // batch
                arrays = scalars_of(case, steps, number)
                arrays["batch", "rgb"] = seen[part]
                for name, spec in noise.items():
                    arrays["noise", name] = torch.rand([number, *spec["shape"]], generator=random)
                begin = time.perf_counter()
                sums += step.run(state, number, arrays).sum(0)
                call = time.perf_counter() - begin
                trained, steps, done = trained + call, steps + number, done + number
                is_over = time.time() + 1.5 * (call + drawing) > options.end
                if is_over:
                    break
            means = dict(zip(step.losses, (sums / done).tolist()))
            if not all(math.isfinite(mean) for mean in means.values()):
                print(f"epoch {epoch}: a loss is not finite: {means}")
                return False
            is_over = is_over or epoch == options.epochs
            # 1, 2, 5, 10, 20, 50 and so on.
            if is_over or str(epoch).rstrip("0") in ("1", "2", "5"):
                show(epoch, "".join(f", {name} {mean:.4f}" for name, mean in means.items()))
        for text in engine.warnings:
            print("warning:", text)
    return True


def write_png(path, rgb):
    """uint8 [height, width, 3]."""
    height, width, _ = rgb.shape
    # Without numpy, which PyTorch does not need.
    rows = b"".join(b"\0" + bytes(row.flatten().tolist()) for row in rgb)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


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
        self.options, self.began, self.number, self.failed, self.unfinished = options, time.perf_counter(), 0, 0, 0
        self.reserved = min(RESERVED, options.seconds / 4) if packed(TRAININGS) else 0
        os.makedirs(options.out, exist_ok=True)
        self.summary = open(os.path.join(options.out, "summary.txt"), "w")

    def say(self, text):
        print(text, flush=True)
        print(text, file=self.summary, flush=True)

    def left(self):
        return self.options.seconds - self.reserved - (time.perf_counter() - self.began)

    def part(self, title, command, limit, read=None):
        left = self.left()
        self.number += 1
        if left < 5:
            self.unfinished += 1
            return self.say(f"{title}: left out, the time is over")
        log = os.path.join(self.options.out, f"{self.number:02}-{title.replace(' ', '-').replace(',', '')}.log")
        # As torch-process.ts starts the worker.
        env = {"OMP_WAIT_POLICY": "PASSIVE", "MALLOC_MMAP_THRESHOLD_": str(2**25), "MALLOC_TRIM_THRESHOLD_": str(2**40),
               **os.environ}  # fmt: skip
        with open(log, "w") as errors:
            try:
                done = subprocess.run(command, stdout=subprocess.PIPE, stderr=errors, timeout=min(limit, left), text=True, env=env)
            except subprocess.TimeoutExpired as error:
                is_over = left < limit
                self.unfinished += is_over
                self.failed += not is_over
                printed = error.stdout or b""
                errors.write(printed if isinstance(printed, str) else printed.decode(errors="replace"))
                return self.say(f"{title}: not ready within {min(limit, left):.0f} s, see {log}")
            errors.write(done.stdout)
        if done.returncode != 0:
            with open(log) as text:
                if OUT_OF_MEMORY.search(text.read()):
                    return self.say(f"{title}: does not fit into memory, see {log}\n{done.stdout}".rstrip())
            self.failed += 1
            return self.say(f"{title}: ended with {done.returncode}, see {log}\n{done.stdout}".rstrip())
        self.say((read(done.stdout) if read else done.stdout).rstrip())

    def own(self, part, cases, limit, title):
        options = self.options
        # Unbuffered: what a part prints before its time is over is kept.
        self.part(title, [sys.executable, "-u", os.path.abspath(__file__), "--part", part, "--cases", cases, "--device", options.device,
                          "--each", str(options.each), "--end", str(time.time() + limit - 5), "--epochs", str(options.epochs),
                          "--out", options.out], limit)  # fmt: skip

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
        self.own("parity", ",".join(packed(CASES[:5])), 120, "parity")
        self.own("graph", ",".join(packed(["tiny", "options", "pix2pix-64"] if cuda else ["tiny"])), 90, "graph")
        order = ["pix2pix-256-1", "pix2pix-256-16", "pix2pix-64", "beta-64", "pix2pix-256-64"] if cuda else ["pix2pix-64", "beta-64"]
        order = packed(order) or packed(["tiny"])
        kinds = [("float32", []), ("TF32", ["--tf32"]), ("TF32, channels last", ["--tf32", "--channels-last"]),
                 ("bfloat16, channels last", ["--autocast", "--channels-last"])]  # fmt: skip
        if not cuda:
            kinds = [("float32", []), ("channels last", ["--channels-last"])]
        for name in order:
            self.own("ours", name, 90, f"{name} ours")
            for label, flags in kinds:
                self.peer(name, label, flags, 60)
        if cuda:
            for name in packed(["pix2pix-256-1", "pix2pix-256-16"]):
                self.own("compiled", name, 90, f"{name} torch.compile")
        self.reserved = 0
        for name in packed(TRAININGS):
            # It ends by itself before; a little less than what is left, so that one that does not end has failed.
            self.own("training", name, self.left() - 2, name)
        self.say(f"done in {time.perf_counter() - self.began:.0f} s, {self.failed} parts failed, {self.unfinished} for want of time")
        return self.failed + self.unfinished == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", help="cuda or cpu; cuda where PyTorch reaches it")
    parser.add_argument("--seconds", type=float, default=450)
    parser.add_argument("--each", type=float, default=2, help="seconds of measuring for each setting")
    parser.add_argument("--epochs", type=int, default=100_000, help="of the training, at the most")
    parser.add_argument("--peer-steps", type=int, default=20)
    parser.add_argument("--out", default="results")
    parts = {"machine": machine, "parity": parity, "graph": graph, "ours": ours, "compiled": compiled, "training": training}
    parser.add_argument("--part", choices=parts, help=argparse.SUPPRESS)
    parser.add_argument("--cases", default="", help=argparse.SUPPRESS)
    parser.add_argument("--end", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.device is None:
        import torch

        options.device = "cuda" if torch.cuda.is_available() else "cpu"
    good = parts[options.part](options) if options.part else Run(options).all()
    # Of those that judge.
    sys.exit(1 if good is False else 0)


if __name__ == "__main__":
    main()
