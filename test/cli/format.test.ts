import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { toJson } from "../../src/cli/context.ts";
import { numberOrDash, plainText } from "../../src/cli/print/format.ts";
import { type Column, formatTable } from "../../src/cli/print/table.ts";
import { usageError } from "../../src/cli/usage-error.ts";
import { colorsOf, terminalOutput } from "../../src/output.ts";

test("what is not there is a dash", () => {
  assert.deepEqual([0.5, null, undefined].map(numberOrDash), ["0.5", "-", "-"]);
});

test("text of others cannot steer the terminal", () => {
  assert.equal(plainText("a\u001b[2Jb\r\nc\u009bd grün 🌈"), "a [2Jb c d grün 🌈");
});

test("JSON has null where a number is not finite", () => {
  assert.deepEqual(JSON.parse(toJson([Number.NaN, Number.POSITIVE_INFINITY, 1])), [null, null, 1]);
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

test("a terminal that cannot move its cursor has no progress bar", (t) => {
  const term = process.env.TERM;
  t.after(() => {
    if (term === undefined) delete process.env.TERM;
    else process.env.TERM = term;
  });
  const written = (name: string) => {
    process.env.TERM = name;
    const parts: string[] = [];
    const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
    stream.on("data", (part) => parts.push(`${part}`));
    const output = terminalOutput(stream as unknown as NodeJS.WriteStream);
    const bar = output.progress(10);
    bar.update(5, "half");
    output.info("a line");
    bar.stop();
    return parts.join("");
  };
  assert.equal(written("dumb"), "a line\n");
  assert.match(written("xterm"), /50% {2}half/);
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
