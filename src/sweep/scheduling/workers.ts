// The worker processes of `hueristic sweep`: agents, each in a process group of its own, so that Ctrl-C reaches only
// their parent, which passes it on once. A channel tells them when the parent is gone.

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../../bin/hueristic.js", import.meta.url));

export type WorkerSettings = {
  readonly count: number;
  /** Arguments after `hueristic`. */
  readonly args: readonly string[];
  /** What worker `index` has in its environment beside the parent's. */
  readonly environment: (index: number) => Readonly<Record<string, string>>;
  /** What all of them write goes here, added at the end. */
  readonly logFile: string;
};

export type Workers = {
  /** Settles once all have ended. */
  readonly ended: Promise<WorkersEnding>;
  /** SIGTERM lets them save their trial and leave; SIGKILL ends them at once. */
  signal(name: "SIGTERM" | "SIGKILL"): void;
};

export type WorkersEnding = {
  /** The greatest exit code, 0 for those that were killed. */
  readonly code: number;
  /** What is wrong with the machine, in the words of the first worker that stopped for it. */
  readonly fault: string | null;
};

/** What a worker tells its parent before it leaves for a fault of the machine. */
export type FaultMessage = { readonly fault: string };

/** A worker that is killed is replaced, so often at most: its trial waits for somebody. */
const mostReplacements = 10;

export function startWorkers({ count, args, environment, logFile }: WorkerSettings): Workers {
  const alive = new Set<ChildProcess>();
  let replacements = 0;
  let stopping = false;
  let fault: string | null = null;

  const start = (index: number): ChildProcess => {
    const log = openSync(logFile, "a");
    try {
      const child = spawn(process.execPath, [program, ...args], {
        detached: true,
        stdio: ["ignore", log, log, "ipc"],
        env: { ...process.env, ...environment(index) },
      });
      alive.add(child);
      return child;
    } finally {
      closeSync(log);
    }
  };
  const signal = (name: "SIGTERM" | "SIGKILL") => {
    stopping = true;
    for (const child of alive) child.kill(name);
  };
  const serve = (index: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const child = start(index);
      child.once("error", reject);
      child.on("message", (message: FaultMessage) => {
        fault ??= message.fault;
      });
      child.once("exit", (code, killedBy) => {
        alive.delete(child);
        if (killedBy !== null && !stopping && replacements++ < mostReplacements) resolve(serve(index));
        else {
          if (code === 1 || code === 2) signal("SIGTERM");
          resolve(code ?? 0);
        }
      });
    });

  const all = Array.from({ length: count }, (_, index) => serve(index));
  return { ended: Promise.all(all).then((codes) => ({ code: Math.max(...codes), fault })), signal };
}
