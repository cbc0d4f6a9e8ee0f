import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { trialFilter } from "../../src/cli/target/trial-filter.ts";
import { kindsAmong } from "../../src/query/field-kinds.ts";
import { boxFilter, boxProblem, expressionFilter, type Fields } from "../../src/query/filter.ts";
import type { Standing } from "../../src/sweep/scheduling/standings.ts";
import type { Sweep } from "../../src/sweep/sweep.ts";

const rows: readonly Fields[] = [
  { run: "beta, seed 1", "train.batch_size": 16, "train.optimizer.name": "adam", "best unseen loss": 0.02 },
  { run: "beta, seed 2", "train.batch_size": 32, "train.optimizer.name": "sgd", "best unseen loss": 0.03 },
  { run: "unet", "train.batch_size": 64, "train.optimizer.name": "adam", "best unseen loss": null },
];
const columns = {
  names: Object.keys(rows[0]!),
  kindsOf: (name: string) => kindsAmong(name, () => rows.map((row) => row[name] ?? null)),
};

describe("a box to type in", () => {
  it("takes words, comparisons among them, and whole expressions", () => {
    const cases: readonly [text: string, kept: number[]][] = [
      ["", [0, 1, 2]],
      ["  ", [0, 1, 2]],
      ["BETA", [0, 1]],
      ["beta adam", [0]],
      ["batch_size>=32", [1, 2]],
      ["adam batch_size>=32", [2]],
      ["batch_size >= 32 and name = sgd", [1]],
      ["not (name = adam or batch_size = 32)", []],
      ["best<0.03", [0]],
      ["best = null", [2]],
      ["batch_size in (16, 64)", [0, 2]],
      ["name ~ AD", [0, 2]],
      ["batch_size>=", []],
      ["nothing=1", []],
      ["seed sgd", [1]],
    ];
    for (const [text, kept] of cases) {
      const test = boxFilter(text, columns);
      assert.deepEqual(
        rows.flatMap((row, at) => (test(row) ? [at] : [])),
        kept,
        text,
      );
    }
  });
});

describe("a box to type in, where something is wrong", () => {
  it("says it of what is meant as an expression, and nothing of words", () => {
    const cases: readonly [text: string, problem: string | null][] = [
      ["beta adam", null],
      ["salt and pepper (or not)", null],
      ["adam batch_size>=32", null],
      ["batch_size >= 32 or name = sgd", null],
      ["batch_size >=", "expected a value, got the end"],
      ["batch_size >= 32 adam", 'expected and, or, or the end, got "adam"'],
      ["train.batch_sise = 32", "no column train.batch_sise, did you mean train.batch_size?"],
      ["nothing=1", "no column nothing"],
      ["batch_size = abc", 'expected a number for batch_size, got "abc"'],
      ["adam best<abc", 'expected a number for best, got "abc"'],
      ["name = 42", null],
    ];
    for (const [text, problem] of cases) assert.equal(boxProblem(text, columns), problem, text);
  });
});

describe("an option", () => {
  it("takes an expression over whole names, and says what is wrong", () => {
    const kept = rows.filter(expressionFilter("train.batch_size < 40 and run ~ beta", columns, "--where"));
    assert.equal(kept.length, 2);
    assert.throws(() => expressionFilter("train.batchsize = 1", columns, "--only"), {
      name: "UserError",
      message: /^--only: unknown field "train.batchsize", did you mean train.batch_size\? \(known: run, /,
    });
    assert.throws(() => expressionFilter("run = ", columns, "--only"), {
      message: /^--only: expected a value, got the end\n/,
    });
  });

  it("--where of sweep --status chooses trials by state, values and parameters", () => {
    const parameters = [{ name: "train.batch_size" }, { name: "train.optimizer" }];
    const sweep = { parameters } as unknown as Sweep;
    const standing = (number: number, state: string, size: number, best: number) =>
      ({
        trial: {
          number,
          state,
          seed: null,
          runId: null,
          failures: 0,
          parameters: { "train.batch_size": size, "train.optimizer": { name: "adam", beta1: 0.5 } },
        },
        epoch: 2,
        epochs: 4,
        best,
      }) as unknown as Standing;
    const standings = [standing(0, "complete", 16, 0.02), standing(1, "waiting", 32, Number.NaN)];
    const kept = (where: string) =>
      standings.filter(trialFilter(where, sweep, standings)).map(({ trial }) => trial.number);
    assert.deepEqual(kept("state = complete"), [0]);
    assert.deepEqual(kept("state = stopped and train.batch_size > 16"), [1]);
    assert.deepEqual(kept("best < 0.1"), [0]);
    assert.deepEqual(kept("train.optimizer ~ 'beta1=0.5'"), [0, 1]);
    assert.throws(() => kept("best < low"), { message: /^--where: expected a number for best, got "low"\n/ });
    assert.throws(() => kept("train.batch_size = big"), {
      message: /expected a number for train.batch_size/,
    });
    assert.throws(() => kept("batch_size = 1"), { message: /did you mean train.batch_size\?/ });
  });
});

test("the filter and the formats go into a page's script: nothing of Node is in them", async () => {
  const file = (name: string) => fileURLToPath(new URL(`../../src/${name}`, import.meta.url));
  const parts = [
    "query/filter.ts",
    "runs/best.ts",
    "runs/comparable.ts",
    "runs/series.ts",
    "format-bytes.ts",
  ];
  const formats = ["numbers", "times", "words"].map((name) => `runs/format/${name}.ts`);
  const { errors, warnings } = await build({
    entryPoints: [...parts, ...formats].map(file),
    bundle: true,
    platform: "browser",
    format: "esm",
    write: false,
    outdir: "unused",
    logLevel: "silent",
  });
  assert.deepEqual([errors, warnings], [[], []]);
});
