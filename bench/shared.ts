// How far claims by files go: many agents on one sweep of many trials, without any training. Every agent takes a trial, logs
// one epoch after a stub step of half a second to one and a half, ends it and takes the next; agents share a few processes,
// each with its own view of the folder, as hosts have. Ways to measure:
//   claims/s     trials by the time from the first claim to the last end
//   operations   calls of the file system for each trial: what a server of shared disks would have to answer
//   merge        the sweep's rows into a fresh store, and once more with nothing new

import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../src/errors.ts";
import { mergeShared } from "../src/store/shared-sweeps/merge-shared.ts";
import { openSharedSweep, shareSweep } from "../src/store/shared-sweeps/shared-sweep.ts";
import type { Bench } from "./bench.ts";
import { fileSystemOf } from "./log-rows.ts";
import type { Table } from "./results.ts";

const processes = 4;
const id = "0123456789ab";

/** `shared`, or with other numbers `shared <agents> <trials>`. */
export function benchShared([agents = "200", trials = "2000"]: readonly string[]): Bench {
  const [agentCount, trialCount] = [Number(agents), Number(trials)];
  if (!(agentCount >= processes && trialCount >= 1))
    throw new UserError(`expected numbers of agents (at least ${processes}) and of trials`);
  return { versions: [], tables: measured(agentCount, trialCount) };
}

async function* measured(agents: number, trials: number): AsyncGenerator<Table> {
  const folder = mkdtempSync(join(tmpdir(), "hueristic-bench-"));
  try {
    shareSweep(folder, { id, name: "bench", createdAt: Date.now(), definition: "{}" });
    const child = fileURLToPath(new URL("shared-child.ts", import.meta.url));
    const each = Array.from(
      { length: processes },
      (_, index) => Math.floor(((index + 1) * agents) / processes) - Math.floor((index * agents) / processes),
    );
    const children = each.map((count) => fork(child, [folder, id, `${count}`, `${trials}`]));
    const ready = children.map((process) => once(process, "message"));
    await Promise.all(ready);
    const began = performance.now();
    const reports = children.map(async (process) => (await once(process, "message"))[0] as Counts);
    for (const process of children) process.send("go");
    const counted = await Promise.all(reports);
    const seconds = (performance.now() - began) / 1000;

    const shared = openSharedSweep(folder, id)!;
    const all = shared.trials();
    const complete = all.filter(({ state, attempt }) => state === "complete" && attempt === 1).length;
    const merges = [1, 2].map(() => {
      const before = performance.now();
      mergeShared(folder, { warn: console.error });
      return `${((performance.now() - before) / 1000).toFixed(2)} s`;
    });
    const perTrial = (...names: readonly string[]) => {
      const sum = counted.reduce(
        (total, counts) => total + names.reduce((of, name) => of + (counts[name] ?? 0), 0),
        0,
      );
      return (sum / trials).toFixed(1);
    };
    yield {
      title: "A sweep of several hosts",
      columns: ["", "figure"],
      rows: [
        ["agents, trials", `${agents}, ${trials}`],
        ["complete at the first attempt", `${complete} of ${all.length}`],
        ["claims/s", (trials / seconds).toFixed(0)],
        ["listings per trial", perTrial("readdirSync")],
        ["opens per trial", perTrial("openSync", "readFileSync")],
        ["links, renames, removals per trial", perTrial("linkSync", "renameSync", "rmSync")],
        ["fsyncs per trial", perTrial("fsyncSync")],
        ["merge, first and again", merges.join(", ")],
      ],
      notes: [`${processes} processes on ${fileSystemOf(folder)}; stub steps of 0.5 to 1.5 s.`],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Counts = Readonly<Record<string, number>>;
