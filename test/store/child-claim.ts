// Takes and completes trials of a shared sweep until none is left: child-claim.ts <folder> <sweep> <trials>. Begins when it is
// told to, and appends the number of what it completed to <folder>/completed.

import { appendFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openSharedSweep } from "../../src/store/shared-sweeps/shared-sweep.ts";

const [folder = "", id = "", trials = ""] = process.argv.slice(2);

process.once("message", async () => {
  const sweep = openSharedSweep(folder, id)!;
  const next = (all: readonly unknown[]) =>
    all.length < Number(trials) ? { parameters: { size: all.length }, seed: null } : null;
  for (;;) {
    const taken = sweep.claimTrial(id, { retries: 0, next });
    if (taken === "done") break;
    if (taken === "wait") await sleep(20);
    else {
      sweep.endTrial(taken, { state: "complete", error: null });
      appendFileSync(path.join(folder, "completed"), `${taken.number}\n`);
    }
  }
  process.disconnect();
});
process.send!("ready");
