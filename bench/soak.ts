// Whether anything grows or slows with time: two long trainings of a tiny network (many steps; many epochs, each with samples)
// and many calls of a session of ONNX Runtime whose inputs change. Each in a process of its own. What is measured in a tenth of
// the way is the median of its readings; the first tenth, which warms up, does not count. Bars:
//   resident memory   once garbage was collected, in the last tenth: 5 % more than in the second one, beside the pages of the store
//                     that SQLite keeps, which grow with it to its cache_size
//   speed             by processor time, beside what the same work takes at every reading, as the machine's own speed swings; the
//                     median of the last four tenths fails where it is 5 % under that of the four after the first
//   store             runs.db after its last checkpoint; at most what its values and pictures take by the bar of bench/log.ts

import { fork } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { quantileOfSorted } from "../src/statistics/quantile.ts";
import { databasePath } from "../src/store/open-database.ts";
import type { Bench } from "./bench.ts";
import { countsOf } from "./counts.ts";
import type { Table } from "./results.ts";
import type { Reading } from "./soak-child.ts";

const readings = 200;
const most = 0.05;
const mostBytesAValue = 30;

/** `soak`, or smaller: `soak --steps 10000 --epochs 500 --calls 1000`. */
export function benchSoak(args: readonly string[]): Bench {
  const counts = countsOf(args, { steps: 100_000, epochs: 5_000, calls: 10_000 });
  return { versions: [], tables: measured(counts) };
}

type Counts = { readonly steps: number; readonly epochs: number; readonly calls: number };

async function* measured({ steps, epochs, calls }: Counts): AsyncGenerator<Table> {
  const stepsPerEpoch = 360;
  const soaked = [
    await train(
      `${steps} steps`,
      {
        count: 400,
        holdout: 0.1,
        epochs: Math.max(1, Math.round(steps / stepsPerEpoch)),
        batchSize: 1,
        sampled: false,
      },
      steps,
    ),
    await train(
      `${epochs} epochs of 2 steps, each with samples`,
      { count: 10, holdout: 0.2, epochs, batchSize: 4, sampled: true },
      2 * epochs,
    ),
    {
      what: `${calls} calls of a session`,
      unit: "calls/s",
      found: await readingsOf("calls", `${calls}`, `${everyOf(calls)}`),
    },
  ];
  const rows = soaked.map(rowOf);
  if (rows.some(({ fine }) => !fine)) process.exitCode = 1;
  yield {
    title: `Long runs: ${steps} steps, ${epochs} epochs, ${calls} calls`,
    columns: [
      "",
      "MiB in tenth 2",
      "in tenth 10",
      "at most",
      "speed in tenths 2 to 5",
      "in 7 to 10",
      "least",
      "greatest",
      "unit",
      "store, MB",
      "at most",
    ],
    rows: rows.map(({ cells }) => cells),
    notes: [
      ...rows.map(
        ({ speeds }, at) => `Speed of ${soaked[at]!.what} in tenths 2 to 10: ${speeds.join(", ")}.`,
      ),
      `Memory may grow by ${100 * most} % and by the pages of the store that SQLite keeps.`,
    ],
  };
}

type Size = {
  readonly bytes: number;
  readonly mostBytes: number;
  /** Of its pages, that SQLite keeps in memory. */
  readonly keptBytes: number;
};

type Soaked = {
  readonly what: string;
  readonly unit: string;
  readonly found: readonly Reading[];
  readonly store?: Size;
};

type Tiny = {
  readonly count: number;
  readonly holdout: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly sampled: boolean;
};

async function train(
  what: string,
  { count, holdout, epochs, batchSize, sampled }: Tiny,
  steps: number,
): Promise<Soaked> {
  const runs = mkdtempSync(join(tmpdir(), "hueristic-soak-"));
  try {
    const experiment = {
      model: "alpha",
      dataset: { kind: "synthetic", count, holdout },
      image: { size: 16 },
      train: { epochs, batch_size: batchSize },
      samples: { every: sampled ? 1 : epochs, seen: 1, unseen: 1 },
      metrics: ["psnr"],
    };
    const found = await readingsOf("train", runs, JSON.stringify(experiment), `${everyOf(steps)}`);
    return { what, unit: "steps/s", found, store: sizeOf(runs) };
  } finally {
    rmSync(runs, { recursive: true, force: true });
  }
}

const everyOf = (count: number) => Math.max(1, Math.floor(count / readings));

function sizeOf(runs: string): Size {
  const database = new Database(databasePath(runs));
  try {
    database.pragma("wal_checkpoint(TRUNCATE)");
    const counted = `SELECT (SELECT count(*) FROM scalars) + (SELECT count(*) FROM image_values) AS "values",
      (SELECT count(*) FROM images) AS pictures, (SELECT coalesce(sum(length(bytes)), 0) FROM blobs) AS pictured`;
    const { values, pictures, pictured } = database.prepare<[], Record<string, number>>(counted).get()!;
    // Beside its bytes a picture has two rows and their keys, which name its hash; an empty store has 250 KB.
    const mostBytes = mostBytesAValue * values! + pictured! + 600 * pictures! + 250_000;
    const bytes = statSync(databasePath(runs)).size;
    const cacheKiB = -(database.pragma("cache_size", { simple: true }) as number);
    return { bytes, mostBytes, keptBytes: Math.min(bytes, 1024 * cacheKiB) };
  } finally {
    database.close();
  }
}

async function readingsOf(...args: readonly string[]): Promise<Reading[]> {
  const child = fork(fileURLToPath(new URL("soak-child.ts", import.meta.url)), args, {
    execArgv: [...process.execArgv, "--expose-gc"],
  });
  const found: Reading[] = [];
  let isDone = false;
  child.on("message", (message: Reading | "done") => {
    if (message === "done") isDone = true;
    else found.push(message);
  });
  await new Promise((resolve) => child.once("close", resolve));
  if (!isDone) throw new Error(`soak ${args[0]}: the process ended before it was done`);
  return found;
}

type SoakedRow = {
  readonly cells: readonly string[];
  readonly speeds: readonly string[];
  readonly fine: boolean;
};

function rowOf({ what, unit, found, store }: Soaked): SoakedRow {
  const tenths = Array.from({ length: 9 }, (_, index) => tenthOf(found, index + 1));
  const usualMs = median(found.map(({ referenceMs }) => referenceMs));
  const speeds = tenths.map((some) => speedOf(some, usualMs));
  const [early, late] = [memoryOf(tenths[0]!), memoryOf(tenths.at(-1)!)];
  const mostMemory = (1 + most) * early + (store?.keptBytes ?? 0);
  const [before, after] = [median(speeds.slice(0, 4)), median(speeds.slice(-4))];
  const isSlower = after < (1 - most) * before;
  const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  const megabytes = (bytes: number | undefined) => (bytes === undefined ? "" : (bytes / 1e6).toFixed(2));
  return {
    cells: [
      what,
      ...[early, late, mostMemory].map(mebibytes),
      ...[before, after, Math.min(...speeds), Math.max(...speeds)].map((speed) => speed.toFixed(0)),
      unit,
      megabytes(store?.bytes),
      megabytes(store?.mostBytes),
    ],
    speeds: speeds.map((speed) => speed.toFixed(0)),
    fine: late <= mostMemory && !isSlower && (store === undefined || store.bytes <= store.mostBytes),
  };
}

/** Readings of one tenth of the way, from 0 for the first, and the one that begins it. */
function tenthOf(found: readonly Reading[], tenth: number): Reading[] {
  const last = found.at(-1)!.at;
  return found.filter(({ at }) => at >= (tenth / 10) * last && at <= ((tenth + 1) / 10) * last);
}

function memoryOf(some: readonly Reading[]): number {
  return median(some.map(({ residentBytes }) => residentBytes));
}

/** Per second of processor time, as fast as the machine is in the median: the median of what lies between two readings. */
function speedOf(some: readonly Reading[], usualMs: number): number {
  const between = some.slice(1).map(({ at, processorMs, referenceMs }, index) => {
    const before = some[index]!;
    const reference = (before.referenceMs + referenceMs) / 2;
    return ((1000 * (at - before.at)) / (processorMs - before.processorMs)) * (reference / usualMs);
  });
  return median(between);
}

function median(values: readonly number[]): number {
  return quantileOfSorted(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}
