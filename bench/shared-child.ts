// Some agents of bench/shared.ts: shared-child.ts <folder> <sweep> <agents> <trials>. Reports how often it called the file system.

import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";

const [folder = "", id = "", agents = "", trials = ""] = process.argv.slice(2);

const counts: Record<string, number> = {};
for (const name of [
  "readdirSync",
  "openSync",
  "readFileSync",
  "linkSync",
  "renameSync",
  "rmSync",
  "fsyncSync",
] as const) {
  const call = fs[name] as (...args: unknown[]) => unknown;
  fs[name] = ((...args: unknown[]) => {
    // Not /proc, which no server answers for; files that are open go by their number.
    if (typeof args[0] === "number" || String(args[0]).startsWith(folder))
      counts[name] = (counts[name] ?? 0) + 1;
    return call(...args);
  }) as never;
}
syncBuiltinESMExports();
const { openSharedSweep } = await import("../src/store/shared-sweeps/shared-sweep.ts");

const next = (all: readonly unknown[]) =>
  all.length < Number(trials) ? { parameters: { size: all.length }, seed: null } : null;

process.once("message", async () => {
  await Promise.all(Array.from({ length: Number(agents) }, agent));
  process.send!(counts, () => process.disconnect());
});
process.send!("ready");

async function agent(): Promise<void> {
  const sweep = openSharedSweep(folder, id)!;
  for (;;) {
    const taken = sweep.claimTrial(id, { retries: 0, next });
    if (taken === "done") break;
    if (taken === "wait") {
      await sleep(sweep.heartbeatEveryMs / 4);
      continue;
    }
    await sleep(500 + 1000 * Math.random());
    const measured = { series: "unseen/loss", stepsPerEpoch: 1, step: [0, 1], value: [1, 0.5] };
    sweep.progressTrial(taken, `run${taken.number}`, measured);
    sweep.endTrial(taken, { state: "complete", error: null });
    await sleep(0);
  }
}
