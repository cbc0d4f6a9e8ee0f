// What this process and those that it started have cost so far. Of the others only on Linux.

import { readdirSync, readFileSync } from "node:fs";

export type Cost = { readonly cpuMs: number; readonly peakMiB: number };

/** A tick of /proc on every Linux of today. */
const tickMs = 10;

export function costSoFar(): Cost {
  const { user, system } = process.cpuUsage();
  const own = { cpuMs: (user + system) / 1000, peakMiB: process.resourceUsage().maxRSS / 1024 };
  return children()
    .map(costOf)
    .reduce((a, b) => ({ cpuMs: a.cpuMs + b.cpuMs, peakMiB: a.peakMiB + b.peakMiB }), own);
}

function children(): string[] {
  try {
    return readdirSync("/proc/self/task").flatMap((task) =>
      readFileSync(`/proc/self/task/${task}/children`, "utf8").split(" ").filter(Boolean),
    );
  } catch {
    return [];
  }
}

function costOf(pid: string): Cost {
  // Behind the name in parentheses, which may hold spaces: utime and stime are the 12th and 13th field.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
  const peak = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return {
    cpuMs: (Number(fields[11]) + Number(fields[12])) * tickMs,
    peakMiB: Number(peak?.[1] ?? 0) / 1024,
  };
}
