// Runs test/**/*.test.ts, each file in a process of its own, and sums up: node:test of Node 20 does not find
// TypeScript files by itself. Usage: npm test -- [--times] [part of a path…]
// With --times the files that took most processor time are listed at the end. Of the whole suite the processes of the program
// run what is built from it, as in a package: a start takes a quarter less. A file that fails there is run once more when all
// others are done: what passes alone is named as unsteady, beside what it said, and does not count as failed.

import { execFileSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { run } from "node:test";
import { fileURLToPath } from "node:url";
import pc from "picocolors";

/** Files at a time: two more than there are cores, as many wait for a browser or for a process. */
const concurrency = Math.min(8, availableParallelism()) + 2;

/** A file that takes longer hangs: it fails, instead of holding everything up. */
const mostMs = 420_000;

type Failure = { readonly name: string; readonly error: unknown };
type Skipped = { readonly name: string; readonly reason: string };
type FileResult = {
  readonly file: string;
  readonly ms: number;
  /** Seconds. */
  readonly processor: number;
  readonly passed: number;
  readonly failures: readonly Failure[];
  readonly skipped: readonly Skipped[];
  readonly output: string;
};

/** These take minutes: begun first, so that no core waits at the end. */
const longest = [
  "contributing/recipes",
  "package/install",
  "runner/run-experiment",
  "sweep/processes",
  "sweep/machine-fault",
  "sweep/slurm",
  "engine/webgpu",
];

const testFolder = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(testFolder);

function findFiles(filters: readonly string[]): string[] {
  return readdirSync(testFolder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => path.join("test", file))
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .sort((a, b) => Number(isLong(b)) - Number(isLong(a)) || (a < b ? -1 : 1));
}

const isLong = (file: string) => longest.some((part) => file.includes(part));

/** For the processes of test files, which hand it on to their threads: absolute, since some change their folder. */
const url = (file: string) => new URL(file, import.meta.url).href;
process.execArgv = ["--import", url("../scripts/typescript.js"), "--import", url("processor-time.js")];

async function runFile(file: string): Promise<FileResult> {
  const absolute = path.join(root, file);
  const began = performance.now();
  const failures: Failure[] = [];
  const skipped: Skipped[] = [];
  let passed = 0;
  let output = "";
  let processor = 0;
  /** Names of the tests around the current one, by nesting. */
  const names: string[] = [];

  for await (const { type, data } of run({ files: [absolute], timeout: mostMs })) {
    if (type === "test:start") {
      names.length = data.nesting;
      names.push(data.name);
    } else if (type === "test:stdout" || type === "test:stderr") {
      const [, seconds] = /^processor time of this file: ([\d.]+)$/m.exec(data.message) ?? [];
      if (seconds === undefined) output += data.message;
      else processor = Number(seconds);
    } else if (type === "test:pass" || type === "test:fail") {
      const name = [...names.slice(0, data.nesting), data.name].join(" › ");
      const isFile = data.name === absolute || data.name === file;
      if (data.skip !== undefined || data.todo !== undefined) {
        const reason = data.skip ?? data.todo;
        skipped.push({
          name,
          reason: typeof reason === "string" && reason !== "" ? reason : "no reason given",
        });
      } else if (type === "test:fail") {
        const { error } = data.details;
        const { failureType } = error as { failureType?: string };
        if (failureType !== "subtestsFailed")
          failures.push({ name: isFile ? file : name, error: error.cause ?? error });
      } else if (isFile) failures.push({ name: file, error: "the file has no test" });
      else if ((data.details.type as string | undefined) !== "suite") passed++;
    }
  }
  return { file, ms: performance.now() - began, processor, passed, failures, skipped, output };
}

function indent(text: string, by: string): string {
  return text.trimEnd().replace(/^/gm, by);
}

/** Message and stack; the frames of node:test itself help nobody. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) {
    // An error comes out of a child process as a plain object now and then.
    const { message, stack } = (error ?? {}) as { message?: unknown; stack?: unknown };
    return String(stack ?? message ?? error);
  }
  const stack = error.stack ?? "";
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line) && !line.includes("node:internal"));
  return [error.message, ...frames].join("\n");
}

function print(result: FileResult): void {
  const { file, ms, processor, passed, failures, skipped, output } = result;
  const failed = failures.length > 0;
  const counts = [
    `${passed} passed`,
    ...(failed ? [pc.red(`${failures.length} failed`)] : []),
    ...(skipped.length > 0 ? [pc.yellow(`${skipped.length} skipped`)] : []),
  ];
  const mark = failed ? pc.red("✗") : pc.green("✓");
  const times = `${(ms / 1000).toFixed(1)} s, processor ${processor.toFixed(1)} s`;
  console.log(`${mark} ${file}  ${counts.join(", ")}  ${pc.dim(times)}`);
  for (const { name, reason } of skipped) console.log(`    ${pc.yellow("skipped")} ${name}: ${reason}`);
  for (const { name, error } of failures) {
    console.log(`    ${pc.red("failed")} ${name}`);
    console.log(indent(describe(error), "        "));
  }
  if (failed && output.trim() !== "") console.log(`    its output:\n${indent(output, "        ")}`);
}

function printTimes(): void {
  const total = sum((each) => each.processor);
  console.log(`\nprocessor time ${total.toFixed(0)} s, of which`);
  for (const { file, ms, processor } of [...results].sort((a, b) => b.processor - a.processor).slice(0, 40))
    console.log(
      `${processor.toFixed(1).padStart(7)} s  ${pc.dim(`${(ms / 1000).toFixed(1)} s long`.padStart(12))}  ${file}`,
    );
}

const given = process.argv.slice(2);
const filters = given.filter((argument) => argument !== "--times");
const files = findFiles(filters);
const isWhole = filters.length === 0;
if (isWhole) {
  const builder = ["--import", url("../scripts/typescript.js"), path.join(root, "scripts/build-package.ts")];
  execFileSync(process.execPath, builder, { stdio: "inherit" });
  process.env.HUERISTIC_BUILT = "1";
}
const results: FileResult[] = [];
const waiting = [...files];
await Promise.all(
  Array.from({ length: concurrency }, async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const result = await runFile(file);
      results.push(result);
      print(result);
    }
  }),
);

/** By file: what failed beside the others and passed alone. */
const unsteady: { readonly file: string; readonly names: readonly string[] }[] = [];
for (const first of isWhole ? results.filter((each) => each.failures.length > 0) : []) {
  const second = await runFile(first.file);
  print(second);
  if (second.failures.length > 0) continue;
  results[results.indexOf(first)] = second;
  unsteady.push({ file: first.file, names: first.failures.map(({ name }) => name) });
}

if (isWhole) rmSync(path.join(root, "dist"), { recursive: true, force: true });

const sum = (count: (result: FileResult) => number) =>
  results.reduce((total, each) => total + count(each), 0);
const [passed, failed] = [sum((each) => each.passed), sum((each) => each.failures.length)];
const skipped = sum((each) => each.skipped.length);
if (given.includes("--times")) printTimes();
if (unsteady.length > 0) console.log(`\n${pc.yellow("unsteady: failed beside the others, passed alone")}`);
for (const { file, names } of unsteady) for (const name of names) console.log(`  ${file}: ${name}`);
if (files.length === 0) console.log("no test file has such a path");
else if (failed > 0) {
  console.log(`\n${pc.red("failed")}`);
  for (const { file, failures } of results)
    for (const { name } of failures) console.log(`  ${file}: ${name}`);
}
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 || passed + skipped === 0 ? 1 : 0;
