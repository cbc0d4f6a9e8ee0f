// What one training step costs, next to PyTorch doing the same on the same cores: complete steps (forward, losses,
// backward, Adam; of both networks for pix2pix), each side in a process of its own, taking turns. PyTorch is given its
// data as Lab; our step also converts it from RGB and draws its dropout in JavaScript. PyTorch's best setting of those
// tried counts.

import { execFileSync } from "node:child_process";
import os from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type DeviceName, deviceNames } from "../src/engine/choices.ts";
import { probeDevice } from "../src/engine/devices.ts";
import { probeEngines } from "../src/engine/engines.ts";
import { workerEnvironment } from "../src/engine/torch/torch-process.ts";
import { UserError } from "../src/errors.ts";
import type { Bench } from "./bench.ts";
import type { Table } from "./results.ts";
import { type StepCase, stepCases } from "./step-cases.ts";

type Timing = {
  readonly parameters: number;
  /** In convolutions and matrix products of one step; ours count them. */
  readonly multiplyAdds?: number;
  readonly medianMs: number;
  /** Processor time of all threads, a step: shared machines disturb it less than the clock's. */
  readonly cpuMs: number;
  readonly p10: number;
  readonly p90: number;
  readonly imagesPerSecond: number;
  readonly peakRssMiB: number;
};

type Runner = { readonly name: string; run(): Timing };

type Options = {
  readonly device: DeviceName;
  readonly wanted: readonly string[];
  readonly rounds: number;
  /** In place of each case's own. */
  readonly batch: number | undefined;
  readonly peers: boolean;
};

const mostPeerSteps = 24;
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const typescript = new URL("../scripts/typescript.js", import.meta.url).href;
const python = process.env.HUERISTIC_PYTHON ?? "python3";

function engineRunner(engine: string, device: DeviceName, { name, batch, steps }: StepCase): Runner {
  return {
    name: engine,
    run: () => {
      const args = ["--import", typescript, here("step-child.ts"), engine, device, name];
      const output = execFileSync(process.execPath, [...args, String(batch), String(steps)], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
      return lastJson(output);
    },
  };
}

function torchRunner(
  label: string,
  flags: readonly string[],
  env: NodeJS.ProcessEnv,
  { size, batch, steps, peer }: StepCase,
): Runner {
  return {
    name: `PyTorch${label}`,
    run: () => {
      const numbers = {
        size,
        batch,
        steps: Math.min(steps, mostPeerSteps),
        threads: os.availableParallelism(),
      };
      const args = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
      const options = { encoding: "utf8", env: { ...process.env, ...env } } as const;
      const file = here(`peers/${peer.file}`);
      return lastJson(execFileSync(python, [file, ...args, ...peer.flags, ...flags], options));
    },
  };
}

function lastJson(output: string): Timing {
  return JSON.parse(output.trim().split("\n").at(-1)!) as Timing;
}

function torchVersion(): string | null {
  return askTorch("torch.__version__");
}

function torchHasCuda(): boolean {
  return askTorch("torch.cuda.is_available()") === "True";
}

function askTorch(expression: string): string | null {
  try {
    const command = ["-c", `import torch; print(${expression})`];
    return execFileSync(python, command, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return null;
  }
}

/**
 * One table for each case whose name starts with one of `args`, or for all but the tiny one. Among them may stand
 * `--device cpu|cuda|webgpu` (the CPU if not), `--rounds`, `--batch` for another than each case's own, and `--no-peers`.
 */
export async function benchStep(args: readonly string[]): Promise<Bench> {
  const options = readArguments(args);
  const { device } = options;
  const probe = await probeDevice(device);
  if (!probe.found) throw new UserError(`device ${device}: ${probe.reason}; what it needs: ${probe.remedy}`);
  const probes = await probeEngines();
  const engines = probe.engines.map(({ engine }) => engine);
  const versions = engines.flatMap((engine) => {
    const found = probes[engine];
    return found.found ? [found.version] : [];
  });
  const torch = options.peers ? torchVersion() : null;
  const absent = options.peers ? "PyTorch absent: set HUERISTIC_PYTHON to a Python that has it" : "no peers";
  const hasPeer = torch !== null && (device === "cpu" || torchHasCuda());
  const places = device === "cpu" ? [] : [probe.engines[0]!.device];
  const lacking = torch !== null && !hasPeer ? ["which finds no CUDA device"] : [];
  return {
    versions: [...places, ...versions, torch === null ? absent : `PyTorch ${torch}`, ...lacking],
    tables: measured(options, engines, hasPeer),
  };
}

async function* measured(
  { device, wanted, rounds, batch }: Options,
  engines: readonly string[],
  hasPeer: boolean,
): AsyncGenerator<Table> {
  for (const known of stepCases.filter((one) => isWanted(one, wanted))) {
    const one = { ...known, batch: batch ?? known.batch };
    const runners: Runner[] = engines.map((engine) => engineRunner(engine, device, one));
    if (hasPeer) runners.push(...torchRunners(device, one));
    // Before and after: what the machine gave at that time.
    const before = device === "cpu" ? peakGflops() : null;
    const timings = takeTurns(runners, rounds);
    const peak = before && Math.max(before, peakGflops());
    yield tableOf(one, runners, timings, { rounds, peak });
  }
}

/** 10^9 operations a second, a multiply-add being two. */
function peakGflops(): number {
  const output = execFileSync(process.execPath, ["--import", typescript, here("peak-child.ts")], {
    encoding: "utf8",
  });
  return (JSON.parse(output.trim().split("\n").at(-1)!) as { gflops: number }).gflops;
}

function readArguments(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      device: { type: "string", default: "cpu" },
      rounds: { type: "string", default: "3" },
      batch: { type: "string" },
      "no-peers": { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const device = deviceNames.find((name) => name === values.device);
  if (!device)
    throw new UserError(`--device: expected one of ${deviceNames.join(", ")}, got ${values.device}`);
  const unknown = positionals.find((start) => !stepCases.some(({ name }) => name.startsWith(start)));
  if (unknown !== undefined)
    throw new UserError(`no case ${unknown}; there are ${stepCases.map(({ name }) => name).join(", ")}`);
  return {
    device,
    wanted: positionals,
    rounds: wholeNumber("--rounds", values.rounds),
    batch: values.batch === undefined ? undefined : wholeNumber("--batch", values.batch),
    peers: !values["no-peers"],
  };
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new UserError(`${option}: expected a whole number from 1, got ${text}`);
  return Number(text);
}

function isWanted({ name, asked }: StepCase, wanted: readonly string[]): boolean {
  return wanted.length === 0 ? !asked : wanted.some((start) => name.startsWith(start));
}

/** On a GPU PyTorch has NVIDIA's, with and without TensorFloat-32, whatever the way by which we reach it. */
function torchRunners(device: DeviceName, one: StepCase): Runner[] {
  const fused = ["--adam", "fused"];
  if (device === "cpu")
    return [
      torchRunner("", fused, {}, one),
      torchRunner(", channels last", [...fused, "--channels-last"], {}, one),
      torchRunner(", passive wait", fused, { OMP_WAIT_POLICY: "PASSIVE" }, one),
      torchRunner(", as our worker", fused, workerEnvironment, one),
    ];
  const onGpu = [...fused, "--device", "cuda"];
  return [
    torchRunner(", float32", onGpu, {}, one),
    torchRunner(", TF32", [...onGpu, "--tf32"], {}, one),
    torchRunner(", TF32, chan. last", [...onGpu, "--tf32", "--channels-last"], {}, one),
  ];
}

/** The median round of every runner. */
function takeTurns(runners: readonly Runner[], rounds: number): readonly Timing[] {
  const timings = runners.map(() => [] as Timing[]);
  for (let round = 0; round < rounds; round++) {
    for (const [index, runner] of runners.entries()) timings[index]!.push(runner.run());
  }
  return timings.map((all) => all.sort((a, b) => a.cpuMs - b.cpuMs)[Math.floor(all.length / 2)]!);
}

function tableOf(
  { name, size, batch }: StepCase,
  runners: readonly Runner[],
  medians: readonly Timing[],
  { rounds, peak }: { readonly rounds: number; readonly peak: number | null },
): Table {
  const parameters = new Set(medians.map((timing) => timing.parameters));
  if (parameters.size > 1) throw new Error(`${name}: not the same network: ${[...parameters].join(", ")}`);
  const peers = medians.filter((_, index) => runners[index]!.name.startsWith("PyTorch"));
  const against = (pick: (timing: Timing) => number) => {
    const best = Math.min(...peers.map(pick));
    return (timing: Timing) => (peers.length > 0 ? (pick(timing) / best).toFixed(2) : "-");
  };
  const [ofWall, ofCpu] = [against(({ medianMs }) => medianMs), against(({ cpuMs }) => cpuMs)];
  const adds = medians.find(({ multiplyAdds }) => multiplyAdds !== undefined)!.multiplyAdds!;
  const ofPeak = ({ medianMs }: Timing) =>
    peak === null ? "-" : `${((100 * 2 * adds) / medianMs / 1e6 / peak).toFixed(0)} %`;
  const most = peak === null ? "" : `, of ${peak.toFixed(0)} GFLOP/s that a matrix product reached`;
  return {
    title: `${name}: ${size}x${size}, batch ${batch}, ${medians[0]!.parameters.toLocaleString("en")} parameters`,
    columns: [
      "",
      "ms/step",
      "p10-p90",
      "CPU ms",
      "images/s",
      "of peak",
      "peak MiB",
      "/ PyTorch",
      "CPU / PyTorch",
    ],
    rows: medians.map((timing, index) => [
      runners[index]!.name,
      timing.medianMs.toFixed(1),
      `${timing.p10.toFixed(0)}-${timing.p90.toFixed(0)}`,
      timing.cpuMs.toFixed(0),
      timing.imagesPerSecond.toFixed(timing.imagesPerSecond < 10 ? 1 : 0),
      ofPeak(timing),
      timing.peakRssMiB.toFixed(0),
      ofWall(timing),
      ofCpu(timing),
    ]),
    notes: [
      `The round of median processor time of ${rounds}. ${(adds / 1e9).toFixed(2)} billion multiply-adds a step in convolutions and products${most}.`,
    ],
  };
}
