// Loaded into the process of every test file (test/run.ts): says at its end how much processor time it took with all the
// processes that it started and waited for. Wall time says little where several things share the cores. JavaScript,
// because threads, which load it too, do not run TypeScript.

import { readFileSync, writeSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

if (process.env.NODE_TEST_CONTEXT !== undefined && isMainThread) {
  process.once("exit", () => {
    try {
      writeSync(2, `processor time of this file: ${processorSeconds().toFixed(2)}\n`);
    } catch {
      // Nobody listens any more.
    }
  });
}

export function processorSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + ofChildren();
}

/** Only Linux tells it: cutime and cstime of proc(5), in hundredths of a second. */
function ofChildren() {
  if (process.platform !== "linux") return 0;
  const text = readFileSync("/proc/self/stat", "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / 100;
}
