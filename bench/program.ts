// The program itself, as users start it, in processes of its own: built first, as in a package.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const program = file("../bin/hueristic.js");
const typescript = new URL("../scripts/typescript.js", import.meta.url).href;

/** Builds dist/ for `use`, and removes it again. */
export async function withBuiltProgram<T>(use: () => Promise<T>): Promise<T> {
  execFileSync(process.execPath, ["--import", typescript, file("../scripts/build-package.ts")], {
    stdio: "inherit",
  });
  try {
    return await use();
  } finally {
    rmSync(file("../dist"), { recursive: true, force: true });
  }
}

export type Ended = { readonly end: number | string; readonly output: string };

export type Started = {
  /** Of the process, which leads a group of its own. */
  readonly pid: number;
  /** The exit code, or the signal that ended it, and all that was written; fulfilled once. */
  readonly ended: Promise<Ended>;
  readonly hasEnded: () => boolean;
};

/** `temporary` is its folder for temporary files. */
export function startProgram(args: readonly string[], cwd: string, temporary: string): Started {
  const child: ChildProcess = spawn(process.execPath, [program, ...args], {
    cwd,
    detached: true,
    env: { ...process.env, HUERISTIC_BUILT: "1", TMPDIR: temporary, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  let hasEnded = false;
  child.once("exit", () => {
    hasEnded = true;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ end: code ?? signal!, output }));
  });
  return { pid: child.pid!, ended, hasEnded: () => hasEnded };
}
