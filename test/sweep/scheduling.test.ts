import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TrialRow } from "../../src/store/sweeps.ts";
import { labelsOf } from "../../src/sweep/parameter-labels.ts";
import { sweepId } from "../../src/sweep/scheduling/identity.ts";
import { nextTrial } from "../../src/sweep/scheduling/next-trial.ts";
import { configurationsOf, type Standing } from "../../src/sweep/scheduling/standings.ts";
import { gpuOf, threadsPerWorker } from "../../src/sweep/scheduling/worker-environment.ts";
import { valueText } from "../../src/sweep/value-text.ts";
import { base, read, sweepOf } from "./fixtures.ts";

const grid = "method: grid\nparameters: {image.size: {values: [16, 32]}, train.batch_size: {values: [4, 8]}}";

function row(number: number, changes: Partial<TrialRow> = {}): TrialRow {
  return {
    sweepId: "a",
    number,
    state: "complete",
    parameters: {},
    seed: null,
    runId: `run${number}`,
    holder: null,
    heartbeatAt: null,
    failures: 0,
    deaths: 0,
    error: null,
    ...changes,
  };
}

/** A store whose runs have these unseen losses, one for each epoch of two steps. */
function storeOf(losses: Readonly<Record<string, readonly number[]>>) {
  return {
    getRun: () => ({ stepsPerEpoch: 2 }) as never,
    series: (run: string) => {
      const value = losses[run];
      return value && ({ step: value.map((_, epoch) => 2 * epoch + 2), value } as never);
    },
  };
}

describe("the machine of a sweep", () => {
  it("is shared: cores are divided, each worker has one GPU in turn", () => {
    assert.deepEqual(
      [1, 2, 3, 4, 9].map((workers) => threadsPerWorker(8, workers)),
      [8, 4, 2, 2, 1],
    );
    const gpus = (count: number, visible?: string) => [0, 1, 2].map((index) => gpuOf(index, count, visible));
    assert.deepEqual(gpus(0), [{}, {}, {}]);
    assert.deepEqual(gpus(1), [{}, {}, {}]);
    assert.deepEqual(
      gpus(2).map((environment) => environment.CUDA_VISIBLE_DEVICES),
      ["0", "1", "0"],
    );
    assert.deepEqual(
      gpus(8, "5, GPU-1").map((environment) => environment.CUDA_VISIBLE_DEVICES),
      ["5", "GPU-1", "5"],
    );
    assert.deepEqual(gpus(8, "5"), [{}, {}, {}]);
  });
});

describe("a sweep's identity", () => {
  it("stays with comments, description, run_cap and another folder", () => {
    const id = sweepId(sweepOf(grid));
    assert.match(id, /^[0-9a-f]{12}$/);
    assert.equal(sweepId(sweepOf(`# better\ndescription: words\nrun_cap: 3\n${grid}`)), id);
    const commented = { "/project/sweeps/base.yaml": `# a comment\n${base}` };
    assert.equal(sweepId(read(`experiment: base.yaml\n${grid}`, {}, commented).sweep), id);
    const moved = { "/elsewhere/sweeps/base.yaml": base };
    assert.equal(sweepId(read(`experiment: base.yaml\n${grid}`, { cwd: "/elsewhere" }, moved).sweep), id);
  });

  it("changes with parameters, seeds, metric and the experiment", () => {
    const changed = { "/project/sweeps/base.yaml": base.replace("1e-3", "2e-3") };
    const sweeps = [
      sweepOf(grid),
      sweepOf(grid.replace("[4, 8]", "[8, 4]")),
      sweepOf(`${grid}\nseeds: [1]`),
      sweepOf(`${grid}\nmetric: {name: unseen/psnr, goal: maximize}`),
      sweepOf(`${grid}\nname: other`),
      read(`experiment: base.yaml\n${grid}`, {}, changed).sweep,
    ];
    assert.equal(new Set(sweeps.map(sweepId)).size, sweeps.length);
  });
});

describe("the next trial", () => {
  it("is the next repeat of a configuration, then the next configuration, then none", () => {
    const sweep = sweepOf(`${grid}\nseeds: [7, 9]\nrun_cap: 2`);
    const trials: TrialRow[] = [];
    for (;;) {
      const next = nextTrial(sweep, storeOf({}), trials);
      if (next === null) break;
      trials.push(row(trials.length, next));
    }
    assert.deepEqual(
      trials.map(({ parameters, seed }) => [parameters["train.batch_size"], seed]),
      [
        [4, 7],
        [4, 9],
        [8, 7],
        [8, 9],
      ],
    );
  });

  it("is none once a value reached the target", () => {
    const sweep = sweepOf(`${grid}\nmetric: {name: unseen/loss, target: 0.1}`);
    assert.notEqual(nextTrial(sweep, storeOf({ run0: [0.3, 0.2] }), [row(0)]), null);
    assert.equal(nextTrial(sweep, storeOf({ run0: [0.3, 0.1, 0.2] }), [row(0)]), null);
  });

  it("of bayes looks at the values of those before", () => {
    const sweep = sweepOf(
      "method: bayes\nmetric: {name: unseen/loss}\nsearch: {n_startup_trials: 2}\n" +
        "parameters: {train.optimizer.learning_rate: {min: 0.001, max: 0.1}}",
    );
    const past = [0.01, 0.05, 0.09].map((rate, number) =>
      row(number, { parameters: { "train.optimizer.learning_rate": rate } }),
    );
    const next = (losses: readonly number[]) =>
      nextTrial(sweep, storeOf(Object.fromEntries(losses.map((loss, at) => [`run${at}`, [loss]]))), past)!
        .parameters["train.optimizer.learning_rate"] as number;
    assert.equal(next([1, 2, 3]), next([1, 2, 3]));
    assert.notEqual(next([1, 2, 3]), next([3, 2, 1]));
  });
});

describe("standings", () => {
  it("have the mean and the spread of complete repeats, and mark the best configuration", () => {
    const sweep = sweepOf(`${grid}\nseeds: [1, 2]`);
    const standing = (trial: TrialRow, best: number, images = "same"): Standing => {
      const origin = { spec: { family: "loss", set: "unseen", compares: "squared error" }, images } as const;
      return { trial, epoch: 2, epochs: 2, best, origin };
    };
    const ofOtherImages = configurationsOf([standing(row(0), 3), standing(row(2), 2, "other")], sweep);
    assert.ok(ofOtherImages.every(({ isBest }) => !isBest));
    const rows = configurationsOf(
      [
        standing(row(0), 3),
        standing(row(1), 5),
        standing(row(2), 2),
        standing(row(3, { state: "failed" }), 0.1),
      ],
      sweep,
    );
    assert.deepEqual(
      rows.map(({ configuration, complete, trials, best, isBest }) => [
        configuration,
        complete,
        trials,
        best?.mean,
        isBest,
      ]),
      [
        [0, 2, 2, 4, false],
        [1, 1, 2, 2, true],
      ],
    );
    assert.equal(rows[0]!.best!.spread, Math.SQRT2);
    assert.equal(rows[1]!.best!.spread, null);
    const diverged = standing(row(3, { state: "diverged" }), Number.NaN);
    const others = configurationsOf([standing(row(0), 3), standing(row(2), 2), diverged], sweep);
    assert.deepEqual(
      others.map(({ isBest }) => isBest),
      [true, false],
      "what the search takes for a failure is not the best",
    );
  });
});

describe("values in tables", () => {
  it("are short, and mappings begin with their name or kind", () => {
    assert.deepEqual([16, 0.1 + 0.2, 1e-7, "adam", null, true, [1, "a"]].map(valueText), [
      "16",
      "0.3",
      "1e-7",
      "adam",
      "null",
      "true",
      "[1, a]",
    ]);
    assert.equal(valueText({ name: "adam", learning_rate: 3e-4 }), "adam learning_rate=0.0003");
    assert.equal(
      valueText({ kind: "pix2pix", attention: { in: ["generator"], at: 16 } }),
      "pix2pix attention={in=[generator] at=16}",
    );
  });

  it("have of several mappings only what tells them apart", () => {
    const labels = (...values: unknown[]) => [...labelsOf(values).values()];
    const [rgb, lab] = ["rgb", "lab"].map((color) => ({ kind: "pix2pix", color, width: 32 }));
    assert.deepEqual(labels("beta", rgb, lab), ["pix2pix color=rgb", "pix2pix color=lab"]);
    assert.deepEqual(labels({ kind: "coco", root: "a" }, { kind: "celeba", root: "b" }), ["coco", "celeba"]);
    assert.deepEqual(labels({ kind: "pix2pix", width: 32 }, { kind: "pix2pix", width: 32, scales: 2 }), [
      "pix2pix",
      "pix2pix scales=2",
    ]);
    assert.deepEqual(labels("beta", { kind: "beta", width: 1 }), ["beta width=1"]);
    assert.deepEqual(labels({ a: 1, b: 2 }, { a: 1, b: 3 }), ["b=2", "b=3"]);
    assert.deepEqual(labels({ a: 1 }, { a: 1 }), ["a=1"]);
  });
});
