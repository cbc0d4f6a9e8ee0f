import assert from "node:assert/strict";
import { test } from "node:test";
import { shellWord, toJson } from "../../src/cli/context.ts";
import {
  formatAge,
  formatBytes,
  formatDuration,
  formatNumber,
  plainText,
} from "../../src/cli/print/format.ts";
import { type Column, formatTable } from "../../src/cli/print/table.ts";
import { usageError } from "../../src/cli/usage-error.ts";
import { colorsOf } from "../../src/output.ts";

test("numbers", () => {
  const cases: [number | null | undefined, string][] = [
    [0.0123456, "0.01235"],
    [12, "12"],
    [0, "0"],
    [0.00001234, "1.23e-5"],
    [1234567.8, "1.23e+6"],
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "Infinity"],
    [null, "-"],
    [undefined, "-"],
  ];
  for (const [value, expected] of cases) assert.equal(formatNumber(value), expected);
});

test("durations carry over, and never show 60 of a unit", () => {
  const cases: [number, string][] = [
    [-5, "0.0s"],
    [1234, "1.2s"],
    [9_960, "10s"],
    [59_600, "1m 0s"],
    [3_599_600, "1h 0m"],
    [2 * 3_600_000 + 5 * 60_000, "2h 5m"],
    [86_399_000, "1d 0h"],
    [50 * 3_600_000, "2d 2h"],
  ];
  for (const [ms, expected] of cases) assert.equal(formatDuration(ms), expected);
  assert.equal(formatAge(50 * 3_600_000), "2d");
  assert.equal(formatAge(-1), "1s");
});

test("bytes", () => {
  assert.deepEqual([0, 1023, 1024, 1_048_500, 5 * 2 ** 30].map(formatBytes), [
    "0 B",
    "1023 B",
    "1.0 KiB",
    "1.0 MiB",
    "5.0 GiB",
  ]);
});

test("text of others cannot steer the terminal", () => {
  assert.equal(plainText("a\u001b[2Jb\r\nc\u009bd grün 🌈"), "a [2Jb c d grün 🌈");
});

test("JSON has null where a number is not finite; shell words are quoted", () => {
  assert.deepEqual(JSON.parse(toJson([Number.NaN, Number.POSITIVE_INFINITY, 1])), [null, null, 1]);
  assert.equal(shellWord("runs/a-b.1"), "runs/a-b.1");
  assert.equal(shellWord("it's here"), "'it'\\''s here'");
});

const columns: Column<readonly [string, number]>[] = [
  { title: "name", align: "left", expendable: 0, shortest: 4, cell: ([name]) => name },
  { title: "count", align: "right", expendable: 1, cell: ([, count]) => String(count) },
];

test("a table aligns, leaves out columns, then cuts", () => {
  const rows = [["a longer name", 1] as const, ["b", 1000] as const];
  assert.deepEqual(formatTable(columns, rows, null), [
    "name           count",
    "a longer name      1",
    "b               1000",
  ]);
  assert.deepEqual(formatTable(columns, rows, 14), ["name     count", "a long…      1", "b         1000"]);
  assert.deepEqual(formatTable(columns, rows, 8), ["name", "a longe…", "b"]);
  assert.deepEqual(formatTable(columns, rows, 1), ["name", "a l…", "b"], "what is left stays readable");
});

test("colors do not count as width", () => {
  const red = [["\u001b[31mab\u001b[39m", 1] as const];
  assert.deepEqual(formatTable(columns, red, null), ["name  count", "\u001b[31mab\u001b[39m        1"]);
});

test("colors follow the stream, NO_COLOR and FORCE_COLOR", () => {
  const isRed = (isTTY: boolean, env: NodeJS.ProcessEnv) => colorsOf({ isTTY }, env).red("x") !== "x";
  assert.equal(isRed(true, {}), true);
  assert.equal(isRed(false, {}), false);
  assert.equal(isRed(true, { TERM: "dumb" }), false);
  assert.equal(isRed(true, { NO_COLOR: "1" }), false);
  assert.equal(isRed(false, { FORCE_COLOR: "1" }), true);
  assert.equal(isRed(true, { FORCE_COLOR: "0" }), false);
  assert.equal(isRed(false, { FORCE_COLOR: "1", NO_COLOR: "1" }), false);
});

test("a usage error names what was probably meant", () => {
  const known = { commands: ["run", "list"], options: ["json", "dry-run"] };
  const message = (text: string, ...argv: string[]) => usageError(text, argv, known).message;
  assert.equal(
    message("Unknown argument: jsno", "list", "--jsno"),
    "unknown option --jsno; did you mean --json? (hueristic list --help)",
  );
  assert.equal(
    message("Unknown arguments: dry-rum, dryRum", "run", "--dry-rum=1"),
    "unknown option --dry-rum; did you mean --dry-run? (hueristic run --help)",
  );
  assert.equal(
    message("Unknown argument: lsit", "lsit"),
    "unknown command lsit; did you mean list? (known: run, list) (hueristic --help)",
  );
  assert.equal(
    message("Unknown argument: more", "list", "more"),
    'list: unexpected "more" (hueristic list --help)',
  );
});
