// Runs test/**/*.test.ts and sums up: node:test of Node 20 does not find TypeScript files by itself.
// Usage: npm test -- [--times] [part of a path…]
// With --times the files that took most processor time are listed at the end. Each file is in a process of its own; only in the
// whole suite do those that leave their process as it is share one, one after the other: to start one takes half a second.
// There the processes of the program run what is built from it, as in a package: a start takes a quarter less. A file that
// fails there is run once more, alone, when all others are done: what passes then is named as unsteady, beside what it said,
// and does not count as failed.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import pc from "picocolors";
import { type FileResult, root, runFiles } from "./run-files.ts";

/** Files at a time: two more than there are cores, as many wait for a browser or for a process. */
const concurrency = Math.min(8, availableParallelism()) + 2;

/** These take minutes: begun first, so that no core waits at the end. */
const longest = [
  "contributing/recipes",
  "package/install",
  "runner/run-experiment",
  "sweep/processes",
  "sweep/machine-fault",
  "sweep/slurm",
  "engine/webgpu",
  "runner/export/onnx",
  "runner/networks",
];

const testFolder = path.join(root, "test");

function findFiles(filters: readonly string[]): string[] {
  return readdirSync(testFolder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => path.join("test", file))
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .sort((a, b) => Number(isLong(b)) - Number(isLong(a)) || (a < b ? -1 : 1));
}

const isLong = (file: string) => longest.some((part) => file.includes(part));

/** More would hold up the end, as they run one after the other. */
const mostTogether = 10;

/** What a file says that changes its process, counts what is alive in it, or hooks into all of its tests. */
const aloneBecause =
  /\bprocess\.(emit|chdir|set|memoryUsage|env\.\w+ = )|worker_threads|mock\.|tf\.memory|^(before|after)(Each)?\(/m;

/** Lists of files that are run in one process each: neighbors, as these import the same. */
function inProcesses(files: readonly string[]): readonly (readonly string[])[] {
  const lists: string[][] = [];
  let open: string[] = [];
  for (const file of files) {
    if (isLong(file) || aloneBecause.test(readFileSync(path.join(root, file), "utf8"))) lists.push([file]);
    else {
      if (open.length % mostTogether === 0) {
        open = [];
        lists.push(open);
      }
      open.push(file);
    }
  }
  return lists;
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
  execFileSync(process.execPath, [...process.execArgv, path.join(root, "scripts/build-package.ts")], {
    stdio: "inherit",
  });
  process.env.HUERISTIC_BUILT = "1";
}
const results: FileResult[] = [];
const waiting = isWhole ? [...inProcesses(files)] : files.map((file) => [file]);
await Promise.all(
  Array.from({ length: concurrency }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const found = await runFiles(next);
      results.push(...found);
      for (const result of found) print(result);
      const left = next.slice(found.length);
      if (left.length > 0) waiting.unshift(left);
    }
  }),
);

/** By file: what failed beside the others and passed alone. */
const unsteady: { readonly file: string; readonly names: readonly string[] }[] = [];
for (const first of isWhole ? results.filter((each) => each.failures.length > 0) : []) {
  const second = (await runFiles([first.file]))[0]!;
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
