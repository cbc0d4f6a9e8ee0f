// What one training step of beta costs, next to PyTorch doing the same on the same cores: complete steps (forward,
// loss, backward, Adam), each side in a process of its own, taking turns. PyTorch is given its data as Lab; our step
// also converts it from RGB. PyTorch's best setting of those tried counts.

import { execFileSync } from "node:child_process";
import os from "node:os";
import { fileURLToPath } from "node:url";
import { probeEngines } from "../src/engine/engines.ts";

type Timing = {
  readonly medianMs: number;
  readonly p10: number;
  readonly p90: number;
  readonly imagesPerSecond: number;
  readonly peakRssMiB: number;
};

type Runner = { readonly name: string; run(size: number, batch: number): Timing };

const sizes = [
  { size: 64, batch: 16, steps: 40 },
  { size: 128, batch: 8, steps: 24 },
] as const;
const rounds = 3;
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const python = process.env.HUERISTIC_PYTHON ?? "python3";

function engineRunner(engine: string, steps: number): Runner {
  return {
    name: engine,
    run: (size, batch) => {
      const args = [
        "--import",
        "tsx",
        here("step-child.ts"),
        engine,
        String(size),
        String(batch),
        String(steps),
      ];
      return lastJson(
        execFileSync(process.execPath, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
      );
    },
  };
}

function torchRunner(label: string, flags: readonly string[], env: NodeJS.ProcessEnv, steps: number): Runner {
  return {
    name: `PyTorch${label}`,
    run: (size, batch) => {
      const numbers = [
        "--size",
        size,
        "--batch",
        batch,
        "--steps",
        steps,
        "--threads",
        os.availableParallelism(),
      ];
      const args = [here("peers/beta.py"), ...numbers.map(String), ...flags];
      const options = { encoding: "utf8", env: { ...process.env, ...env } } as const;
      return lastJson(execFileSync(python, args, options));
    },
  };
}

function lastJson(output: string): Timing {
  return JSON.parse(output.trim().split("\n").at(-1)!) as Timing;
}

function torchVersion(): string | null {
  try {
    const command = ["-c", "import torch; print(torch.__version__)"];
    return execFileSync(python, command, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return null;
  }
}

/** Prints one table. Takes some minutes. */
export async function benchStep(): Promise<void> {
  const torch = torchVersion();
  if (torch === null) {
    console.log(`no PyTorch in ${python}: set HUERISTIC_PYTHON to a Python that has it to compare`);
  }
  const engines = (await probeEngines()).filter(({ available }) => available);
  const versions = engines.map(({ version }) => version).join(", ");
  console.log(
    `beta, complete training steps on ${os.cpus()[0]?.model}, ${os.availableParallelism()} threads, Node ${process.version}, ${versions}, PyTorch ${torch ?? "absent"}; median of ${rounds} rounds`,
  );
  for (const { size, batch, steps } of sizes) {
    const runners: Runner[] = engines.map(({ name }) => engineRunner(name, steps));
    if (torch !== null) {
      runners.push(
        torchRunner("", ["--adam", "fused"], {}, steps),
        torchRunner(", channels last", ["--adam", "fused", "--channels-last"], {}, steps),
        torchRunner(", passive wait", ["--adam", "fused"], { OMP_WAIT_POLICY: "PASSIVE" }, steps),
      );
    }
    const timings = runners.map(() => [] as Timing[]);
    for (let round = 0; round < rounds; round++) {
      for (const [index, runner] of runners.entries()) timings[index]!.push(runner.run(size, batch));
    }
    const medians = timings.map(
      (all) => all.sort((a, b) => a.medianMs - b.medianMs)[Math.floor(all.length / 2)]!,
    );
    const torchMs = medians
      .filter((_, index) => runners[index]!.name.startsWith("PyTorch"))
      .map(({ medianMs }) => medianMs);
    const best = Math.min(...torchMs);
    console.log(
      `\n${size}x${size}, batch ${batch}\n${"".padEnd(26)}ms/step   p10-p90        images/s  peak MiB  / PyTorch`,
    );
    for (const [index, { name }] of runners.entries()) {
      const { medianMs, p10, p90, imagesPerSecond, peakRssMiB } = medians[index]!;
      const spread = `${p10.toFixed(0)}-${p90.toFixed(0)}`;
      const ratio = torchMs.length > 0 ? (medianMs / best).toFixed(2) : "-";
      console.log(
        `${name.padEnd(26)}${medianMs.toFixed(1).padStart(7)}   ${spread.padEnd(13)}${imagesPerSecond.toFixed(0).padStart(8)}${peakRssMiB.toFixed(0).padStart(10)}${ratio.padStart(11)}`,
      );
    }
  }
}
