// One of the processes of bench/many.ts: "write" commits a step every 20 ms, "read" looks at the store every 200 ms, for some seconds.

import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { openStore } from "../src/store/open-store.ts";
import { benchRun, declareLosses } from "./log-rows.ts";

export type ManyDone = {
  readonly tookMs: readonly number[];
  /** null of a reader. */
  readonly written: { readonly id: string; readonly steps: number } | null;
};

const [folder, what, seconds] = process.argv.slice(2) as [string, "write" | "read", string];
const store = openStore(folder, { readonly: what === "read" });
const writer = what === "read" ? null : store.createRun(benchRun);
if (writer !== null) declareLosses(writer, "loss");
process.send!("ready");
await once(process, "message");

const tookMs: number[] = [];
const until = performance.now() + 1000 * Number(seconds);
while (performance.now() < until) {
  const began = performance.now();
  if (writer !== null) {
    writer.logScalars(tookMs.length + 1, { "train/loss": 1 / (tookMs.length + 1) });
    writer.flush();
  } else for (const { id } of store.summaries()) store.series(id, "train/loss");
  tookMs.push(performance.now() - began);
  await sleep(writer === null ? 200 : 20);
}
writer?.finish("FINISHED");
store.close();
const written = writer === null ? null : { id: writer.id, steps: tookMs.length };
process.send!({ tookMs, written } satisfies ManyDone);
process.disconnect();
