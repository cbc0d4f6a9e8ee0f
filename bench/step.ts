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
import { UserError } from "../src/errors.ts";
import type { Bench } from "./bench.ts";
import type { Table } from "./results.ts";
import { type StepCase, stepCases } from "./step-cases.ts";

type Timing = {
  readonly parameters: number;
  readonly medianMs: number;
  /** Processor time of a step, of all threads and processes: says more than the clock where others compute too. */
  readonly cpuMs: number;
  readonly p10: number;
  readonly p90: number;
  readonly imagesPerSecond: number;
  readonly peakRssMiB: number;
};

type Runner = { readonly name: string; run(): Timing };

const rounds = 3;
const mostPeerSteps = 24;
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const python = process.env.HUERISTIC_PYTHON ?? "python3";

function engineRunner(engine: string, device: DeviceName, { name, steps }: StepCase): Runner {
  return {
    name: engine,
    run: () => {
      const args = ["--import", "tsx", here("step-child.ts"), engine, device, name, String(steps)];
      const output = execFileSync(process.execPath, args, {
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
 * One table for each case whose name starts with one of `args`, or for all but the tiny one; `--device cpu`, `cuda` or
 * `webgpu` among them says where, the CPU if not. Takes some minutes.
 */
export async function benchStep(args: readonly string[]): Promise<Bench> {
  const { device, wanted } = readArguments(args);
  const probe = await probeDevice(device);
  if (!probe.found) throw new UserError(`device ${device}: ${probe.reason}; what it needs: ${probe.remedy}`);
  const probes = await probeEngines();
  const engines = probe.engines.map(({ engine }) => engine);
  const versions = engines.flatMap((engine) => {
    const found = probes[engine];
    return found.found ? [found.version] : [];
  });
  const torch = torchVersion();
  const peer =
    torch === null ? "PyTorch absent: set HUERISTIC_PYTHON to a Python that has it" : `PyTorch ${torch}`;
  const hasPeer = torch !== null && (device === "cpu" || torchHasCuda());
  const places = device === "cpu" ? [] : [probe.engines[0]!.device];
  const lacking = torch !== null && !hasPeer ? ["which finds no CUDA device"] : [];
  return {
    versions: [...places, ...versions, peer, ...lacking],
    tables: measured(
      stepCases.filter((one) => isWanted(one, wanted)),
      device,
      engines,
      hasPeer,
    ),
  };
}

async function* measured(
  cases: readonly StepCase[],
  device: DeviceName,
  engines: readonly string[],
  hasPeer: boolean,
): AsyncGenerator<Table> {
  for (const one of cases) {
    const runners: Runner[] = engines.map((engine) => engineRunner(engine, device, one));
    if (hasPeer) runners.push(...torchRunners(device, one));
    yield tableOf(one, runners, takeTurns(runners));
  }
}

function readArguments(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { device: { type: "string", default: "cpu" } },
    allowPositionals: true,
  });
  const device = deviceNames.find((name) => name === values.device);
  if (!device)
    throw new UserError(`--device: expected one of ${deviceNames.join(", ")}, got ${values.device}`);
  const unknown = positionals.find((start) => !stepCases.some(({ name }) => name.startsWith(start)));
  if (unknown !== undefined)
    throw new UserError(`no case ${unknown}; there are ${stepCases.map(({ name }) => name).join(", ")}`);
  return { device, wanted: positionals };
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
    ];
  const onGpu = [...fused, "--device", "cuda"];
  return [
    torchRunner(", float32", onGpu, {}, one),
    torchRunner(", TF32", [...onGpu, "--tf32"], {}, one),
    torchRunner(", TF32, chan. last", [...onGpu, "--tf32", "--channels-last"], {}, one),
  ];
}

/** The median round of every runner. */
function takeTurns(runners: readonly Runner[]): readonly Timing[] {
  const timings = runners.map(() => [] as Timing[]);
  for (let round = 0; round < rounds; round++) {
    for (const [index, runner] of runners.entries()) timings[index]!.push(runner.run());
  }
  return timings.map((all) => all.sort((a, b) => a.medianMs - b.medianMs)[Math.floor(all.length / 2)]!);
}

function tableOf(
  { name, size, batch }: StepCase,
  runners: readonly Runner[],
  medians: readonly Timing[],
): Table {
  const parameters = new Set(medians.map((timing) => timing.parameters));
  if (parameters.size > 1) throw new Error(`${name}: not the same network: ${[...parameters].join(", ")}`);
  const torchMs = medians
    .filter((_, index) => runners[index]!.name.startsWith("PyTorch"))
    .map(({ medianMs }) => medianMs);
  const best = Math.min(...torchMs);
  return {
    title: `${name}: ${size}x${size}, batch ${batch}, ${medians[0]!.parameters.toLocaleString("en")} parameters`,
    columns: ["", "ms/step", "p10-p90", "CPU ms/step", "images/s", "peak MiB", "/ PyTorch"],
    rows: medians.map(({ medianMs, cpuMs, p10, p90, imagesPerSecond, peakRssMiB }, index) => [
      runners[index]!.name,
      medianMs.toFixed(1),
      `${p10.toFixed(0)}-${p90.toFixed(0)}`,
      cpuMs.toFixed(1),
      imagesPerSecond.toFixed(imagesPerSecond < 10 ? 1 : 0),
      peakRssMiB.toFixed(0),
      torchMs.length > 0 ? (medianMs / best).toFixed(2) : "-",
    ]),
    notes: [`Median of ${rounds} rounds.`],
  };
}
