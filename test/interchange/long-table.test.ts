// The long table in its three forms: as text to the byte, as Parquet through a reader of its own; and what docs/notebooks.md
// shows, with the real pandas, DuckDB and pyarrow where they are.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import type { LongRow } from "../../src/interchange/table/long-table.ts";
import { parquetPieces } from "../../src/interchange/table/write-parquet.ts";
import { openStore } from "../../src/store/open-store.ts";
import { callCli } from "../cli/call-cli.ts";
import { fillStore } from "../cli/run-cli.ts";
import { pythonWith, runPython } from "../python-with.ts";
import { log, newRun } from "../store/fixtures.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** Two runs, the second of which has values that are no finite numbers. */
function oddRuns(cwd: string): readonly [string, string] {
  const [plain] = fillStore(path.join(cwd, "runs"), ["FINISHED"]);
  const store = openStore(path.join(cwd, "runs"));
  const run = store.createRun(newRun({ name: '=grün, "🌈"' }));
  log(run, 1, { "train/loss": Number.NaN, "unseen/loss": 0.1 + 0.2 });
  log(run, 2, { "train/loss": Number.POSITIVE_INFINITY, "unseen/loss": 1e-300 });
  log(run, 3, { "train/loss": Number.NEGATIVE_INFINITY });
  run.finish("FINISHED");
  store.close();
  return [plain!, run.id];
}

test("csv and json have every value as it was logged", async (t) => {
  const cwd = temporaryFolder(t);
  const [plain, odd] = oddRuns(cwd);
  const csv = await callCli(["export", odd, "--format", "csv"], { cwd });
  assert.equal(csv.code, 0, csv.stderr);
  const name = '"=grün, ""🌈"""';
  const times = csv.stdout.split("\r\n").map((line) => line.split(",").at(-2));
  assert.deepEqual(csv.stdout.split("\r\n"), [
    "run,run_name,series,step,epoch,elapsed_s,value",
    `${odd},${name},train/loss,1,0.5,${times[1]},NaN`,
    `${odd},${name},train/loss,2,1,${times[2]},Infinity`,
    `${odd},${name},train/loss,3,1.5,${times[3]},-Infinity`,
    `${odd},${name},unseen/loss,1,0.5,${times[4]},0.30000000000000004`,
    `${odd},${name},unseen/loss,2,1,${times[5]},1e-300`,
    "",
  ]);
  const done = await callCli(["export", plain, odd, "--format", "json", "-o", "t.json", "--json"], { cwd });
  assert.equal(done.code, 0, done.stderr);
  const rows = JSON.parse(readFileSync(path.join(cwd, "t.json"), "utf8")) as LongRow[];
  assert.equal(JSON.parse(done.stdout).rows, rows.length);
  assert.deepEqual([...new Set(rows.map(({ run }) => run))], [plain, odd]);
  assert.deepEqual(
    rows.filter(({ run }) => run === odd).map(({ value }) => value),
    ["NaN", "Infinity", "-Infinity", 0.1 + 0.2, 1e-300],
  );
});

test("parquet: PLAIN pages of every column, found through a footer that is read back", () => {
  const rows = Array.from(
    { length: 5 },
    (_, at): LongRow => ({
      run: `r${at % 2}`,
      run_name: "ü".repeat(at + 100),
      series: "unseen/loss",
      step: at === 4 ? 2 ** 40 : at,
      epoch: at / 2,
      elapsed_s: at / 1000,
      value: [0.1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0][at]!,
    }),
  );
  const file = Buffer.concat([...parquetPieces(rows, 2)]);
  assert.deepEqual(readParquet(file), rows);
  assert.deepEqual(readParquet(Buffer.concat([...parquetPieces([])])), []);
  // A page of each of seven columns in two groups, and none that is empty, between the file's ends.
  assert.equal([...parquetPieces(rows.slice(0, 4), 2)].length, 1 + 2 * 7 + 1);
});

test("what cannot be exported is one line", async (t) => {
  const cwd = temporaryFolder(t);
  fillStore(path.join(cwd, "runs"), ["FINISHED"]);
  writeFileSync(path.join(cwd, "there.csv"), "");
  const cases: readonly [readonly string[], RegExp][] = [
    [
      ["--format", "csv", "--onnx", "a.onnx"],
      /--onnx is about a network, --format csv about what runs have logged/,
    ],
    [["--format", "csv", "--no-dynamic"], /--dynamic is about a network/],
    [["--format", "parquet"], /expected -o <file>/],
    [["--format", "csv", "--json"], /expected -o <file>/],
    [["--format", "csv", "-o", "there.csv"], /there\.csv: is there already; --force replaces it/],
    [["--format", "csv", "-o", "nowhere/a.csv"], /expected a folder .*nowhere, which is not there/],
    [["-o", "a.csv"], /--out: expected --format beside it/],
    [["latest", "--onnx", "a.onnx"], /--onnx: expected one run, got latest latest/],
  ];
  for (const [args, expected] of cases) {
    const { code, stdout, stderr } = await callCli(["export", "latest", ...args], { cwd });
    assert.deepEqual([code, stdout], [2, ""], stderr);
    assert.match(stderr, expected);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  }
});

const python = pythonWith("pandas", "pyarrow", "duckdb");

test("docs/notebooks.md: what it shows runs, and reads every value", { skip: python.skip }, async (t) => {
  const cwd = temporaryFolder(t);
  const ids = oddRuns(cwd);
  for (const format of ["parquet", "csv", "json"]) {
    const args = ["export", ...ids, "--format", format, "-o", `runs.${format}`];
    const { code, stderr } = await callCli(args, { cwd });
    assert.equal(code, 0, stderr);
  }
  const guide = readFileSync(new URL("../../docs/notebooks.md", import.meta.url), "utf8");
  const [pandas, duckdb] = [...guide.matchAll(/```python\n(.*?)```/gs)].map(([, code]) => code!);
  writeFileSync(
    path.join(cwd, "check.py"),
    `${pandas}${duckdb}
import numpy
theirs = values.value.to_numpy()
read = pd.read_csv("runs.csv", float_precision="round_trip").value.to_numpy()
import json
text = numpy.array([float(row["value"]) for row in json.load(open("runs.json"))])
fetched = duckdb.sql("SELECT value FROM 'runs.parquet'").fetchnumpy()["value"]
small = duckdb.sql("SELECT value FROM 'small.parquet'").fetchnumpy()["value"]
for other in (read, text, fetched, small):
    assert numpy.array_equal(theirs, other, equal_nan=True), (theirs, other)
print(repr(theirs.tolist()))
`,
  );
  const printed = runPython(python.command, ["check.py"], { cwd });
  assert.match(printed, /17 values of 2 runs, 1 of them no numbers/);
  assert.match(printed, /0\.25, .*nan, inf, -inf, 0\.30000000000000004, 1e-300\]\n$/);
});

/** Reads what parquetPieces writes by the format's own description: footer, then pages. */
function readParquet(file: Buffer): object[] {
  assert.equal(file.toString("latin1", 0, 4), "PAR1");
  assert.equal(file.toString("latin1", file.length - 4), "PAR1");
  const footerAt = file.length - 8 - file.readUInt32LE(file.length - 8);
  const footer = readStruct({ bytes: file, at: footerAt });
  const [, ...leaves] = footer[2] as Struct[];
  const rows: Record<string, unknown>[] = [];
  for (const group of footer[4] as Struct[]) {
    const count = Number(group[3]);
    const first = rows.length;
    for (let at = 0; at < count; at++) rows.push({});
    (group[1] as Struct[]).forEach((chunk, place) => {
      const about = chunk[3] as Struct;
      const leaf = leaves[place]!;
      assert.deepEqual(about[3], [leaf[4]]);
      assert.deepEqual([about[4], about[5], leaf[3]], [0, count, 0]);
      const cursor = { bytes: file, at: Number(about[9]) };
      const header = readStruct(cursor);
      assert.deepEqual(
        [header[1], header[2], (header[5] as Struct)[1], (header[5] as Struct)[2]],
        [0, header[3], count, 0],
      );
      const end = cursor.at + Number(header[3]);
      for (let at = 0; at < count; at++)
        rows[first + at]![String(leaf[4])] = readPlain(cursor, Number(leaf[1]));
      assert.equal(cursor.at, end);
      assert.equal(end - Number(about[9]), Number(about[7]));
    });
  }
  assert.equal(footer[3], rows.length);
  return rows;
}

type Cursor = { readonly bytes: Buffer; at: number };
type Struct = { [field: number]: unknown };

function readPlain(cursor: Cursor, type: number): number | string {
  const { bytes, at } = cursor;
  if (type === 6) {
    const length = bytes.readUInt32LE(at);
    cursor.at += 4 + length;
    return bytes.toString("utf8", at + 4, at + 4 + length);
  }
  cursor.at += 8;
  return type === 2 ? Number(bytes.readBigInt64LE(at)) : bytes.readDoubleLE(at);
}

function readStruct(cursor: Cursor): Struct {
  const struct: Struct = {};
  for (let field = 0; ; ) {
    const head = cursor.bytes[cursor.at++]!;
    if (head === 0) return struct;
    field += head >> 4;
    struct[field] = readThrift(cursor, head & 15);
  }
}

function readThrift(cursor: Cursor, type: number): unknown {
  if (type === 12) return readStruct(cursor);
  if (type === 5 || type === 6) {
    const value = readVarint(cursor);
    return Number(value & 1n ? -(value >> 1n) - 1n : value >> 1n);
  }
  if (type === 8) {
    const length = Number(readVarint(cursor));
    cursor.at += length;
    return cursor.bytes.toString("utf8", cursor.at - length, cursor.at);
  }
  assert.equal(type, 9);
  const head = cursor.bytes[cursor.at++]!;
  const length = head >> 4 === 15 ? Number(readVarint(cursor)) : head >> 4;
  return Array.from({ length }, () => readThrift(cursor, head & 15));
}

function readVarint(cursor: Cursor): bigint {
  for (let value = 0n, shift = 0n; ; shift += 7n) {
    const byte = cursor.bytes[cursor.at++]!;
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return value;
  }
}
