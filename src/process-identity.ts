// Who holds a run, a trial or a lock, and whether that process still lives.

import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import os from "node:os";

/**
 * Names this process, so that others can tell whether it still lives: its machine and process, the boot of the machine, the
 * namespace in which its number counts (containers share a host name now and then), and when the process began, as numbers
 * come back.
 */
export function newProcessToken(): string {
  const { boot, namespace } = readMachine();
  const { started } = processOf("self");
  return [os.hostname(), process.pid, randomUUID(), boot, namespace, started].join(" ");
}

/**
 * Whether the process of a token was one of this machine that has ended: nobody need wait for its heartbeat to age. False
 * wherever that cannot be told from here.
 */
export function processIsGone(token: string | null): boolean {
  const [host, pid, , ...theirs] = token?.split(" ") ?? [];
  if (host !== os.hostname() || pid === undefined) return false;
  const own = readMachine();
  const [boot, namespace, started] = theirs;
  if (boot !== own.boot || namespace !== own.namespace) return false;
  if (noProcessHas(Number(pid))) return true;
  const found = processOf(pid);
  return started !== found.started || found.state === "Z";
}

let machine: { readonly boot: string; readonly namespace: string } | null = null;

/** What Linux says of where this process runs; "-" where nothing does. Read once: it never changes, and pages ask often. */
function readMachine() {
  machine ??= {
    boot: orDash(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    namespace: orDash(() => readlinkSync("/proc/self/ns/pid")),
  };
  return machine;
}

/** When a process began, in clock ticks since the boot, and its state: Z has ended, but its parent has not looked yet. */
function processOf(pid: string) {
  // The name of the program is in parentheses and may hold anything.
  const stat = orDash(() => readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, ""));
  const [state, ...fields] = stat.split(" ");
  return { state, started: fields[18] ?? "-" };
}

function orDash(read: () => string): string {
  try {
    return read();
  } catch {
    return "-";
  }
}

/** Within which the number of a process means one process: the host and its namespace. */
export function machineOfProcesses(): string {
  return `${os.hostname()} ${readMachine().namespace}`;
}

/** Whether there is no process of that number on this machine; false where that may not be known. */
export function noProcessHas(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
