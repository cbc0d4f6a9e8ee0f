// The whole command line in this process: for tests of what it says and writes. One start of the program as a process
// costs a second of processor time; signals, pipes and what a command loads need one (run-cli.ts).

import { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import "esbuild"; // keeps the current folder of its import: not one that a test removes
import { main } from "../../src/cli.ts";
import type { Outcome } from "./run-cli.ts";

// As for a process of run-cli.ts.
for (const name of ["NO_COLOR", "FORCE_COLOR", "HUERISTIC_RUNS"]) delete process.env[name];

let last: Promise<unknown> = Promise.resolve();

/** One after the other: a process has one current folder. Help and completion, which yargs prints itself, are not seen. */
export function callCli(args: readonly string[], options: { readonly cwd: string }): Promise<Outcome> {
  const outcome = last.then(() => call(args, options.cwd));
  last = outcome.catch(() => {});
  return outcome;
}

async function call(args: readonly string[], cwd: string): Promise<Outcome> {
  const [stdout, stderr] = [collector(), collector()];
  const before = process.cwd();
  process.chdir(cwd);
  try {
    const code = await main(args, { stdout: stdout.stream, stderr: stderr.stream });
    return { code, stdout: await stdout.text(), stderr: await stderr.text() };
  } finally {
    process.chdir(before);
  }
}

/** A stream that is no terminal, and what was written to it. */
function collector() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      chunks.push(chunk);
      done();
    },
  });
  return {
    stream: stream as NodeJS.WriteStream,
    async text() {
      stream.end();
      await finished(stream);
      return Buffer.concat(chunks).toString();
    },
  };
}
