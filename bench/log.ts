// What logging costs: every figure goes through the public RunWriter, as a training loop would. Each one is the
// median of several rounds, with the smallest and the largest beside it. Ways to measure:
//   scalars/s   4 series per step, logScalars + flushIfDue after every step, finish included, so all are durable
//   bytes       size of runs.db after a checkpoint, less that of a store without scalars, per scalar
//   commits/s   32 processes, one commit per step, from the first start to the last end; lost = expected - stored
//   run start   openStore + createRun + first flush, in this process: an existing store and a fresh one

import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openStore } from "../src/store/open-store.ts";
import type { Bench } from "./bench.ts";
import { type Figure, figureColumns, rowOf } from "./figures.ts";
import { benchRun, declareLosses, fileSystemOf, saveBenchDataset } from "./log-rows.ts";
import type { Table } from "./results.ts";

/** One table. Takes about a minute. */
export async function benchLog(): Promise<Bench> {
  return { versions: [], tables: measured() };
}

async function* measured(): AsyncGenerator<Table> {
  const folder = mkdtempSync(join(tmpdir(), "hueristic-bench-"));
  try {
    const figures = [
      ...(await oneProcess(folder)),
      ...(await manyProcesses(folder)),
      runStart(folder, "run start, existing store", "existing"),
      runStart(folder, "run start, fresh store", null),
      await listing(folder),
    ];
    yield {
      title: "Logging",
      columns: figureColumns,
      rows: figures.map(rowOf),
      notes: [`On ${fileSystemOf(folder)}.`],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function oneProcess(folder: string): Promise<Figure[]> {
  const [steps, rounds] = [250_000, 5];
  const perSecond: number[] = [];
  const bytes: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const at = join(folder, `one-${round}`);
    const store = openStore(at);
    saveBenchDataset(store);
    store.createRun(benchRun).finish("FINISHED");
    store.close();
    const emptyBytes = statSync(join(at, "runs.db")).size;

    const again = openStore(at);
    const writer = again.createRun(benchRun);
    declareLosses(writer, "loss", "l1", "gan", "learning_rate");
    const began = performance.now();
    for (let step = 1; step <= steps; step++) {
      const x = 1 / step;
      writer.logScalars(step, {
        "train/loss": x,
        "train/l1": x / 3,
        "train/gan": x / 7,
        "train/learning_rate": 0.1 * x,
      });
      writer.flushIfDue();
    }
    writer.finish("FINISHED");
    perSecond.push((4 * steps) / ((performance.now() - began) / 1000));
    again.close();
    bytes.push((statSync(join(at, "runs.db")).size - emptyBytes) / (4 * steps));
  }
  return [
    { what: "one process, 4 series", unit: "scalars/s", bar: ">= 50,000", values: perSecond },
    { what: "on disk", unit: "bytes/scalar", bar: "<= 30", values: bytes },
  ];
}

async function manyProcesses(folder: string): Promise<Figure[]> {
  const [writers, commits, rounds] = [32, 1000, 5];
  const perSecond: number[] = [];
  const lost: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const at = join(folder, `many-${round}`);
    const store = openStore(at);
    saveBenchDataset(store);
    const script = fileURLToPath(new URL("log-child.ts", import.meta.url));
    const children = Array.from({ length: writers }, () => fork(script, [at, String(commits)]));
    await Promise.all(children.map((child) => once(child, "message")));
    const reports = children.map((child) => once(child, "message"));
    for (const child of children) child.send("go");
    const done = (await Promise.all(reports)).map(
      ([report]) => report as { id: string; began: number; ended: number },
    );
    const ms = Math.max(...done.map(({ ended }) => ended)) - Math.min(...done.map(({ began }) => began));
    perSecond.push((writers * commits) / (ms / 1000));
    const stored = done.map(({ id }) => store.series(id, "train/loss")!.step.length);
    lost.push(writers * commits - stored.reduce((sum, count) => sum + count, 0));
    store.close();
  }
  return [
    { what: `${writers} processes, commit per step`, unit: "commits/s", bar: ">= 9,000", values: perSecond },
    { what: "of those lost", unit: "commits", bar: "0", values: lost },
  ];
}

function runStart(folder: string, what: string, shared: string | null): Figure {
  const values = Array.from({ length: 21 }, (_, round) => {
    const at = join(folder, shared ?? `fresh-${round}`);
    const began = performance.now();
    const store = openStore(at);
    saveBenchDataset(store);
    const writer = store.createRun(benchRun);
    declareLosses(writer, "loss");
    writer.logScalars(1, { "train/loss": 1 });
    writer.flush();
    const ms = performance.now() - began;
    writer.finish("FINISHED");
    store.close();
    return ms;
  });
  return { what, unit: "ms", bar: "< 50", values };
}

async function listing(folder: string): Promise<Figure> {
  const store = openStore(join(folder, "listing"));
  saveBenchDataset(store);
  for (let run = 0; run < 1000; run++) {
    const writer = store.createRun(benchRun);
    declareLosses(writer, "a", "b", "c");
    for (let step = 1; step <= 100; step++)
      writer.logScalars(step, {
        "train/a": step,
        "train/b": step,
        "train/c": step,
        "unseen/loss": step,
      });
    writer.finish("FINISHED");
  }
  const values = Array.from({ length: 11 }, () => {
    const began = performance.now();
    if (store.summaries().length !== 1000) throw new Error("expected 1,000 runs");
    return performance.now() - began;
  });
  store.close();
  return { what: "list 1,000 runs x 100 steps x 4", unit: "ms", bar: "< 1,000", values };
}
