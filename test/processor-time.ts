// Loaded into the process of every test file (test/run.ts): says at its end how much processor time it took with all the
// processes that it started and waited for. Wall time says little where several things share the cores.

import { readFileSync, writeSync } from "node:fs";

const mark = "processor time of this file: ";

/** The seconds, where this is the line that a test file ends with. */
export function processorTime(line: string): number | undefined {
  return line.startsWith(mark) ? Number(line.slice(mark.length)) : undefined;
}

if (process.env.NODE_TEST_CONTEXT !== undefined) {
  process.once("exit", () => {
    const { user, system } = process.cpuUsage();
    const seconds = (user + system) / 1e6 + ofChildren();
    try {
      writeSync(2, `${mark}${seconds.toFixed(2)}\n`);
    } catch {
      // Nobody listens any more.
    }
  });
}

/** Only Linux tells it: cutime and cstime of proc(5), in hundredths of a second. */
function ofChildren(): number {
  if (process.platform !== "linux") return 0;
  const text = readFileSync("/proc/self/stat", "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / 100;
}
