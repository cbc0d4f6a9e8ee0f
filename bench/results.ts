// What benches measured: tables, printed and appended to bench/results.jsonl, from which docs/performance.md is made.

import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import os from "node:os";
import { fileURLToPath } from "node:url";

export type Table = {
  /** What is measured, on what. The newest table of a title stands in docs/performance.md. */
  readonly title: string;
  /** The first column names the row, the others are numbers or short texts. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes?: readonly string[];
};

export type Result = {
  readonly bench: string;
  readonly measuredAt: string;
  readonly commit: string;
  readonly machine: string;
  /** Of what took part beside Node.js. */
  readonly versions: readonly string[];
  readonly tables: readonly Table[];
};

const resultsFile = fileURLToPath(new URL("results.jsonl", import.meta.url));

export function machine(): string {
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return `${os.cpus()[0]?.model.trim() ?? "unknown CPU"}, ${os.availableParallelism()} threads, ${memory} GiB, Node ${process.version}`;
}

export function printTable({ title, columns, rows, notes = [] }: Table): void {
  const widths = columns.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]!.length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join("  ");
  console.log([`\n${title}`, line(columns), ...rows.map(line), ...notes].join("\n"));
}

export function appendResult(bench: string, versions: readonly string[], tables: readonly Table[]): void {
  const result: Result = {
    bench,
    measuredAt: new Date().toISOString(),
    commit: commitOf(),
    machine: machine(),
    versions,
    tables,
  };
  appendFileSync(resultsFile, `${JSON.stringify(result)}\n`);
}

export function readResults(): Result[] {
  if (!existsSync(resultsFile)) return [];
  const lines = readFileSync(resultsFile, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Result);
}

function commitOf(): string {
  try {
    const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" }).trim();
    const isChanged = git("status", "--porcelain", "--untracked-files=no") !== "";
    return `${git("rev-parse", "--short", "HEAD")}${isChanged ? " and changes" : ""}`;
  } catch {
    return "unknown";
  }
}
