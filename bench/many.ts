// Many at once on one store: writers that commit a step every 20 ms, as trainings of a fast network would, and readers that ask for
// what a page shows, all in processes of their own. Ways to measure:
//   lost      steps that a writer logged and the store has not
//   commit    how long logScalars and flush take
//   reading   how long summaries and one series of each run take

import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { quantileOfSorted } from "../src/statistics/quantile.ts";
import { openStore } from "../src/store/open-store.ts";
import type { Bench } from "./bench.ts";
import { countsOf } from "./counts.ts";
import { fileSystemOf, saveBenchDataset } from "./log-rows.ts";
import type { ManyDone } from "./many-child.ts";
import type { Table } from "./results.ts";

const mostReadMs = 100;

/** `many`, or with other numbers `many --processes 8 --readers 1 --seconds 10`; `processes` counts the readers too. */
export function benchMany(args: readonly string[]): Bench {
  const counts = countsOf(args, { processes: 32, readers: 2, seconds: 60 });
  return { versions: [], tables: measured(counts) };
}

type Counts = { readonly processes: number; readonly readers: number; readonly seconds: number };

async function* measured({ processes, readers, seconds }: Counts): AsyncGenerator<Table> {
  const folder = mkdtempSync(join(tmpdir(), "hueristic-many-"));
  const store = openStore(folder);
  try {
    saveBenchDataset(store);
    const children = Array.from({ length: processes }, (_, index) =>
      fork(fileURLToPath(new URL("many-child.ts", import.meta.url)), [
        folder,
        index < readers ? "read" : "write",
        `${seconds}`,
      ]),
    );
    await Promise.all(children.map((child) => once(child, "message")));
    const reports = children.map(async (child) => (await once(child, "message"))[0] as ManyDone);
    for (const child of children) child.send("go");
    const done = await Promise.all(reports);
    const written = done.flatMap(({ written }) => (written === null ? [] : [written]));
    const lost = written.reduce(
      (sum, { id, steps }) => sum + steps - (store.series(id, "train/loss")?.step.length ?? 0),
      0,
    );
    const [commits, reads] = [true, false].map((writes) =>
      done.flatMap(({ written, tookMs }) => ((written !== null) === writes ? tookMs : [])),
    ) as [number[], number[]];
    if (lost > 0 || reads.some((ms) => ms > mostReadMs)) process.exitCode = 1;
    yield {
      title: `${processes} processes on one store for ${seconds} s`,
      columns: ["", "count", "median, ms", "90 %", "99 %", "longest"],
      rows: [row("commit", commits), row("reading", reads)],
      notes: [
        `${written.length} writers, ${readers} readers; ${lost} of ${commits.length} steps lost; on ${fileSystemOf(folder)}.`,
        `${reads.filter((ms) => ms > mostReadMs).length} of ${reads.length} readings took over ${mostReadMs} ms, the time waiting for a core included.`,
      ],
    };
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function row(what: string, values: readonly number[]): string[] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => quantileOfSorted(sorted, share).toFixed(1);
  return [what, `${sorted.length}`, at(0.5), at(0.9), at(0.99), at(1)];
}
