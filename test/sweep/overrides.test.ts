import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readSweepOverrides } from "../../src/sweep/overrides.ts";
import { gridConfiguration, gridCount, gridSize, gridValue } from "../../src/sweep/search/grid.ts";
import { trialExperiments } from "../../src/sweep/trial-experiment.ts";
import { base, problemsOfSweep, readText, sweepOf } from "./fixtures.ts";

const read = (...args: string[]) => readSweepOverrides(args, "/project");

/** The sweep that `hueristic sweep base.yaml …` makes. */
function experimentSweep(...overrides: string[]) {
  return readText(base, { file: "sweeps/base.yaml", overrides });
}

/** The values of `key=text`. */
function values(text: string) {
  const { parameters, problems } = read(`key=${text}`);
  assert.deepEqual(problems, []);
  return parameters.get("key");
}

function problem(arg: string) {
  const { parameters, problems } = read(arg);
  assert.equal(parameters.size, 0);
  assert.equal(problems.length, 1);
  return problems[0]!.text;
}

describe("sweeps on the command line", () => {
  it("makes the grid of a sweep file, the last key fastest", () => {
    const { parameters } = experimentSweep("train.optimizer.name=adam,sgd", "train.batch_size=16,32");
    assert.equal(gridSize(parameters), 4);
    assert.deepEqual(gridConfiguration(parameters, 1), {
      "train.optimizer.name": "adam",
      "train.batch_size": 32,
    });
  });

  it("reads the examples of Hydra's documentation", () => {
    assert.deepEqual(values("a,b,c"), ["a", "b", "c"]);
    assert.deepEqual(values("choice(a,b,c)"), ["a", "b", "c"]);
    assert.deepEqual(values("range(1,5)"), [1, 2, 3, 4]);
    assert.deepEqual(values("range(5)"), [0, 1, 2, 3, 4]);
    assert.deepEqual(values("range(0,10,3.3)"), [0, 3.3, 6.6, 9.9]);
    assert.deepEqual(values("range(5,1,step=-1)"), [5, 4, 3, 2]);
    assert.deepEqual(values("'a,b',c"), ["a,b", "c"]);
    assert.deepEqual(values("[1,2],[3]"), [[1, 2], [3]]);
    assert.deepEqual(values("{a: 1, b: 2}"), [{ a: 1, b: 2 }]);
    assert.deepEqual(values("1e-3,true,null,'1'"), [0.001, true, null, "1"]);
  });

  it("takes + and ++, removes with ~, and lets the later one count", () => {
    const { parameters, removed } = read("+a.b=1", "++c=2", "~train.schedule", "c=3");
    assert.deepEqual(
      [...parameters],
      [
        ["a.b", [1]],
        ["c", [3]],
      ],
    );
    assert.deepEqual(removed, ["train.schedule"]);
  });

  it("says what it does not take", () => {
    assert.match(problem("epochs"), /^expected key\.path=value, got "epochs"$/);
    assert.match(problem("a..b=1"), /^expected key\.path=value/);
    assert.match(problem("a=interval(0,1)"), /got interval\(…\), which is not supported/);
    assert.match(problem("a=range(1,2,0)"), /^expected a step other than 0/);
    assert.match(problem("a=range(2,1)"), /which has none$/);
    assert.match(problem("a=range(x)"), /^expected range\(stop\)/);
    assert.match(problem("a=range(1e9)"), /^expected at most 10000 values/);
    assert.match(problem("~a=1"), /^expected ~a without a value/);
  });

  it("makes a sweep of an experiment", () => {
    const sweep = experimentSweep("train.batch_size=16,32", "image.size=32", "seed=1,2,3", "~samples");
    const { name, method, metric, seeds, removed } = sweep;
    assert.deepEqual(
      { name, method, metric, seeds, removed },
      {
        name: "base",
        method: "grid",
        metric: { series: "unseen/loss", goal: "minimize", target: null },
        seeds: [1, 2, 3],
        removed: ["samples"],
      },
    );
    assert.deepEqual(gridConfiguration(sweep.parameters, 1), { "train.batch_size": 32, "image.size": 32 });
    const experiment = trialExperiments(sweep)(gridConfiguration(sweep.parameters, 1)!, 3);
    assert.equal(experiment.seed, 3);
    assert.equal(experiment.image.size, 32);
    assert.equal(experiment.samples.seen, 8);
  });

  it("repeats the experiment itself where only seeds are given", () => {
    const sweep = experimentSweep("seed=1,2,3");
    assert.deepEqual([sweep.parameters, sweep.seeds], [[], [1, 2, 3]]);
    assert.equal(gridSize(sweep.parameters), 1);
    assert.deepEqual(gridConfiguration(sweep.parameters, 0), {});
    assert.equal(trialExperiments(sweep)({}, 2).seed, 2);
  });

  it("says only what is wrong where nothing is left of the parameters", () => {
    const wrong = (...overrides: string[]) => problemsOfSweep(base, { file: "sweeps/base.yaml", overrides });
    assert.deepEqual(wrong("train.epochs=interval(1,2)"), [
      "command line: train.epochs: expected choice(…) or range(…), got interval(…), which is not supported; quote a text",
    ]);
    assert.deepEqual(wrong("~image.size"), [
      "sweeps/base.yaml:1: parameters: expected at least one parameter, or seeds, got none",
    ]);
  });

  it("lays them over the parameters of a sweep file", () => {
    const sweep = sweepOf(
      "method: random\nparameters: {image.size: {values: [16, 32]}, train.batch_size: {value: 8}}",
      {
        overrides: ["image.size=64", "train.epochs=2,3"],
      },
    );
    assert.equal(sweep.method, "random");
    assert.deepEqual(
      sweep.parameters.map(({ name, distribution }) => [
        name,
        Array.from({ length: gridCount(distribution)! }, (_, index) => gridValue(distribution, index)),
      ]),
      [
        ["image.size", [64]],
        ["train.batch_size", [8]],
        ["train.epochs", [2, 3]],
      ],
    );
  });

  it("says what is wrong with the experiments they make", () => {
    assert.match(
      problemsOfSweep(base, { file: "sweeps/base.yaml", overrides: ["train.batch=16,32"] })[0]!,
      /^command line: train\.batch: unknown key \(known: epochs, batch_size,/,
    );
    assert.match(
      problemsOfSweep(base, { file: "sweeps/base.yaml" })[0]!,
      /^sweeps\/base\.yaml:1: expected a sweep, such as "method: grid" with parameters, or an experiment followed/,
    );
    assert.match(
      problemsOfSweep(base, { file: "sweeps/base.yaml", overrides: ["seed=1,one"] })[0]!,
      /^command line: seeds\[1\]: expected/,
    );
  });
});
