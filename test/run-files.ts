// Runs test files in a process by node:test and sums up what it says of each.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "node:test";
import { fileURLToPath } from "node:url";
import { endOfFile } from "./together.ts";

type Failure = { readonly name: string; readonly error: unknown };
type Skipped = { readonly name: string; readonly reason: string };
export type FileResult = {
  readonly file: string;
  readonly ms: number;
  /** Seconds. */
  readonly processor: number;
  readonly passed: number;
  readonly failures: readonly Failure[];
  readonly skipped: readonly Skipped[];
  readonly output: string;
};

/** One that takes longer hangs: it fails, instead of holding everything up. Twice as much for several together. */
const mostMs = 420_000;

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** For the processes of test files, which hand it on to their threads: absolute, since some change their folder. */
const url = (file: string) => new URL(file, import.meta.url).href;
process.execArgv = ["--import", url("../scripts/typescript.js"), "--import", url("processor-time.js")];

/**
 * Files, as paths from the root, in one process, one after the other. Gives a result for each that was reached: where the
 * process ends in one, or hangs, that one fails and those after it have none.
 */
export async function runFiles(files: readonly string[]): Promise<readonly FileResult[]> {
  if (files.length === 1) return runProgram(path.join(root, files[0]!), files);
  const folder = mkdtempSync(path.join(tmpdir(), "hueristic-together-"));
  try {
    const program = path.join(folder, "together.mjs");
    const absolute = JSON.stringify(files.map((file) => path.join(root, file)));
    writeFileSync(
      program,
      `import { runTogether } from ${JSON.stringify(url("together.ts"))};\nawait runTogether(${absolute});\n`,
    );
    return await runProgram(program, files);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runProgram(program: string, files: readonly string[]): Promise<readonly FileResult[]> {
  const results: ReturnType<typeof noResult>[] = [];
  const began = performance.now();
  let current = noResult(files[0]!);
  /** Of the whole process. */
  let processor = 0;
  /** Names of the tests around the current one, by nesting. */
  const names: string[] = [];

  const end = (times: { readonly ms: number; readonly processor: number }) => {
    const { file, passed, failures, skipped } = current;
    if (passed + failures.length + skipped.length === 0)
      failures.push({ name: file, error: "the file has no test" });
    results.push({ ...current, ...times });
    current = noResult(files[results.length] ?? file);
  };

  const timeout = files.length > 1 ? 2 * mostMs : mostMs;
  for await (const { type, data } of run({ files: [program], timeout })) {
    if (type === "test:start") {
      names.length = data.nesting;
      names.push(data.name);
    } else if (type === "test:stdout" || type === "test:stderr") {
      const [, seconds] = /^processor time of this file: ([\d.]+)$/m.exec(data.message) ?? [];
      if (seconds === undefined) current.output += data.message;
      else processor = Number(seconds);
    } else if (type === "test:diagnostic") {
      if (names[0] === endOfFile && data.message.startsWith("{")) end(JSON.parse(data.message));
    } else if (type === "test:pass" || type === "test:fail") {
      if (data.name === endOfFile) continue;
      const name = [...names.slice(0, data.nesting), data.name].join(" › ");
      const isProgram = path.resolve(data.name) === program;
      if (data.skip !== undefined || data.todo !== undefined) {
        const reason = data.skip ?? data.todo;
        current.skipped.push({
          name,
          reason: typeof reason === "string" && reason !== "" ? reason : "no reason given",
        });
      } else if (type === "test:fail") {
        const { error } = data.details;
        const { failureType } = error as { failureType?: string };
        if (failureType !== "subtestsFailed")
          current.failures.push({
            name: isProgram ? current.file : name,
            error: told(error.cause) ? error.cause : error,
          });
      } else if (!isProgram && (data.details.type as string | undefined) !== "suite") current.passed++;
    }
  }

  if (results.length === files.length) {
    // What goes wrong when all are through, as when the process ends, is the last one's.
    results.at(-1)!.failures.push(...current.failures);
    return results;
  }
  if (files.length > 1 && current.failures.length === 0)
    current.failures.push({ name: current.file, error: "the process ended before the file was through" });
  const sum = (of: (result: FileResult) => number) => results.reduce((total, each) => total + of(each), 0);
  end({
    ms: performance.now() - began - sum(({ ms }) => ms),
    processor: Math.max(0, processor - sum((each) => each.processor)),
  });
  return results;
}

const noResult = (file: string) => ({
  file,
  ms: 0,
  processor: 0,
  passed: 0,
  failures: [] as Failure[],
  skipped: [] as Skipped[],
  output: "",
});

/** SQLite's errors lose their words on the way out of a process. */
const told = (error: unknown) =>
  error instanceof Error || (error as { stack?: unknown } | null)?.stack !== undefined;
