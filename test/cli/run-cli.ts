// The real program in a child process, and a store for it to read.

import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { openStore } from "../../src/store/open-store.ts";
import type { FinalStatus } from "../../src/store/run-writer.ts";
import { log, newRun, saveDataset } from "../store/fixtures.ts";

export const program = fileURLToPath(new URL("../../bin/hueristic.js", import.meta.url));

export type Outcome = { readonly code: number | string; readonly stdout: string; readonly stderr: string };

type Options = {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly imports?: string;
};

export function startCli(args: readonly string[], { cwd, env = {}, imports }: Options): ChildProcess {
  const {
    NO_COLOR: _,
    FORCE_COLOR: __,
    HUERISTIC_RUNS: ___,
    NODE_TEST_CONTEXT: ____,
    ...inherited
  } = process.env;
  const options = imports === undefined ? [] : ["--import", imports];
  return spawn(process.execPath, [...options, program, ...args], {
    cwd,
    env: { ...inherited, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** The exit code, or the signal that ended it, and all that a child writes. */
export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]!.setEncoding("utf8").on("data", (text: string) => {
      written[name] += text;
    });
  }
  const code = await new Promise<number | string>((resolve) =>
    child.on("close", (exitCode, signal) => resolve(exitCode ?? signal!)),
  );
  return { code, ...written };
}

export function runCli(args: readonly string[], options: Options): Promise<Outcome> {
  return outcomeOf(startCli(args, options));
}

/** What a run logs of its colors, as far as these tests look at it. */
function blueShares(output: number) {
  return {
    "unseen/emergence/images": 1,
    "unseen/emergence/blue": output,
    "unseen/emergence/blue/real": 0.25,
  };
}

/** `<cwd>/runs` with one finished run of two steps an epoch for every status; their ids, oldest first. */
export function fillStore(folder: string, statuses: readonly FinalStatus[]): string[] {
  const store = openStore(folder);
  try {
    saveDataset(store);
    return statuses.map((status, index) => {
      const run = store.createRun(newRun({ name: `run ${index}` }));
      log(run, 0, { "unseen/loss": 0.01, ...blueShares(0) });
      log(run, 1, { "train/loss": 0.75 });
      const loss = status === "FAILED" ? Number.NaN : 0.5;
      log(run, 2, { "train/loss": loss, "seen/loss": loss, "unseen/loss": 0.25 });
      log(run, 4, { "unseen/loss": 0.375, ...blueShares(0.125) });
      run.event("warning", "dataset", "one file \u001b[2Jskipped");
      run.finish(status, status === "FINISHED" ? undefined : "what went wrong");
      return run.id;
    });
  } finally {
    store.close();
  }
}
