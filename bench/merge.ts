// What runs that travel cost: 1,000 runs of 10 series over 100 epochs, a million values, from one store into a fresh one, again,
// and out of a spool of a file each. Each figure is the median of several rounds; the store is made once.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mergeStore } from "../src/store/merge/merger.ts";
import { databasePath } from "../src/store/open-database.ts";
import { openStore } from "../src/store/open-store.ts";
import { mergeSpools } from "../src/store/spool/merge-spools.ts";
import { openSpool } from "../src/store/spool/spool.ts";

import type { Bench } from "./bench.ts";
import { type Figure, figureColumns, rowOf } from "./figures.ts";
import { benchRun, declareLosses, fileSystemOf, saveBenchDataset } from "./log-rows.ts";
import type { Table } from "./results.ts";

const [runs, epochs, rounds] = [1_000, 100, 5];
const losses = Array.from({ length: 9 }, (_, at) => `loss_${at}`);
const warn = (line: string) => {
  throw new Error(line);
};

/** One table. Takes about a minute. */
export async function benchMerge(): Promise<Bench> {
  return { versions: [], tables: measured() };
}

async function* measured(): AsyncGenerator<Table> {
  const folder = mkdtempSync(join(tmpdir(), "hueristic-bench-"));
  try {
    const source = writeSource(join(folder, "source"));
    yield {
      title: "Runs that travel",
      columns: figureColumns,
      rows: [...imported(folder, source), ...spooled(folder)].map(rowOf),
      notes: [
        `${runs} runs of ${losses.length + 1} series over ${epochs} epochs; on ${fileSystemOf(folder)}.`,
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Gives the file of a store. */
function writeSource(folder: string): string {
  const store = openStore(folder);
  saveBenchDataset(store);
  for (let at = 0; at < runs; at++) logWhole(store);
  store.close();
  return databasePath(folder);
}

function logWhole(store: ReturnType<typeof openStore>): string {
  const writer = store.createRun(benchRun);
  declareLosses(writer, ...losses);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const value = 1 / epoch;
    const ofTraining = losses.map((name, at) => [`train/${name}`, value / (at + 1)]);
    writer.logScalars(epoch * 1000, { ...Object.fromEntries(ofTraining), "unseen/loss": value });
  }
  writer.finish("FINISHED");
  return writer.id;
}

function imported(folder: string, source: string): Figure[] {
  const [first, again]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const target = join(folder, `target-${round}`);
    first.push(runs / secondsOf(() => mergeStore(target, source)));
    again.push(secondsOf(() => mergeStore(target, source)));
    rmSync(target, { recursive: true });
  }
  return [
    { what: "a store into a fresh one", unit: "runs/s", bar: ">= 1,000", values: first },
    { what: "the same again", unit: "s", bar: "", values: again },
  ];
}

function spooled(folder: string): Figure[] {
  const shared = join(folder, "shared");
  const publishMs: number[] = [];
  for (let at = 0; at < runs; at++) {
    const spool = openSpool(shared, { resume: null, warn });
    const store = openStore(spool.storeFolder);
    saveBenchDataset(store);
    const id = logWhole(store);
    publishMs.push(1000 * secondsOf(() => spool.publish("end", id)));
    store.close();
    spool.close();
  }
  const all: number[] = [];
  const nothing: number[] = [];
  for (let round = 0; round < rounds; round++) {
    rmSync(databasePath(shared), { force: true });
    all.push(runs / secondsOf(() => mergeSpools(shared, { warn })));
    nothing.push(1000 * secondsOf(() => mergeSpools(shared, { warn })));
  }
  return [
    { what: "publishing a run of 100 epochs", unit: "ms", bar: "", values: publishMs },
    { what: `a spool of ${runs} files into a fresh store`, unit: "runs/s", bar: "", values: all },
    { what: "a look at it where nothing is new", unit: "ms", bar: "< 1,000", values: nothing },
  ];
}

function secondsOf(action: () => unknown): number {
  const began = performance.now();
  action();
  return (performance.now() - began) / 1000;
}
