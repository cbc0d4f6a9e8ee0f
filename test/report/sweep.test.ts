import assert from "node:assert/strict";
import { test } from "node:test";
import { heatMapSvg } from "../../src/report/sections/heat/heat-map.ts";
import { importances } from "../../src/report/sections/importance/model.ts";
import { parallelSvg } from "../../src/report/sections/parallel/html.ts";
import { parallelAxes } from "../../src/report/sections/parallel/model.ts";
import type { SweepInput, Trial, TrialState } from "../../src/report/sweep/trials.ts";

/** 24 trials: the optimizer decides, the batch size does nothing, the learning rate does a little. */
function sweep(change: (trial: Trial) => Partial<Trial> = () => ({})): SweepInput {
  const trials = Array.from({ length: 24 }, (_, number) => {
    const optimizer = ["adam", "rmsprop", "sgd"][number % 3]!;
    const rate = 10 ** (-4 + number / 12);
    const loss = { adam: 1, rmsprop: 2, sgd: 3 }[optimizer]! + rate + 0.01 * Math.sin(number * 7);
    const trial: Trial = {
      number,
      configuration: number,
      seed: null,
      runId: `run${number}`,
      state: "complete",
      reason: null,
      parameters: [optimizer, String([16, 32][Math.floor(number / 3) % 2]), String(rate)],
      values: [loss, 10],
    };
    return { ...trial, ...change(trial) };
  });
  return {
    name: "made",
    description: "",
    isStored: false,
    method: "",
    parameters: ["optimizer", "batch_size", "learning_rate"],
    values: [
      { name: "loss", unit: "", better: "lower" },
      { name: "time", unit: "s", better: "lower" },
    ],
    trials,
  };
}

test("importance finds the parameter that decides, and its best value", () => {
  const [first, ...others] = importances(sweep());
  assert.equal(first!.parameter, "optimizer");
  assert.equal(first!.best, "adam");
  assert.ok(first!.share! > 0.85, String(first!.share));
  assert.ok(others.every(({ share }) => share! < 0.15));
});

test("importance agrees with epsilon squared by hand: ranks 0..3, two groups of two", () => {
  const made = sweep();
  const trials = made.trials.slice(0, 4).map((trial, index) => ({
    ...trial,
    parameters: [index < 2 ? "a" : "b"],
    values: [index],
  }));
  // Total 5, within 1, mean square within 1 / 2: (5 - 1 - 1 / 2) / 5.
  const [only] = importances({ ...made, parameters: ["p"], trials });
  assert.ok(Math.abs(only!.share! - 0.7) < 1e-12);
});

test("diverged, pruned and failed trials do not decide; too few say nothing", () => {
  const odd = (state: TrialState) =>
    sweep(({ number }) => (number % 2 === 0 ? { state, values: [null, null] } : {}));
  assert.equal(importances(odd("pruned"))[0]!.parameter, "optimizer");
  const diverged = sweep(({ number, values }) => ({
    values: number === 5 ? [Number.POSITIVE_INFINITY] : values,
  }));
  assert.equal(importances(diverged)[0]!.parameter, "optimizer");
  assert.ok(importances(sweep(() => ({ values: [Number.NaN, null] }))).every(({ share }) => share === null));
});

test("what diverges is the worst, so that a parameter of which a value always does matters most", () => {
  const made = sweep(({ parameters }) =>
    parameters[1] === "32" ? { state: "diverged", values: [null, null] } : {},
  );
  const [first] = importances(made);
  assert.deepEqual([first!.parameter, first!.best], ["batch_size", "16"]);
});

test("axes: words by the alphabet, many numbers on a logarithmic scale, what is good above", () => {
  const [optimizer, batch, rate, loss] = parallelAxes(sweep());
  assert.deepEqual(optimizer!.ticks, [
    { at: 0, text: "adam" },
    { at: 0.5, text: "rmsprop" },
    { at: 1, text: "sgd" },
  ]);
  assert.deepEqual(
    batch!.ticks.map(({ text }) => text),
    ["32", "16"],
  );
  assert.ok(
    Math.abs(rate!.places[12]! - (1 - 12 / 23)) < 1e-9,
    "a logarithmic axis has its middle in the middle",
  );
  const best = sweep().trials.reduce(
    (at, { values }, trial, all) => (values[0]! < all[at]!.values[0]! ? trial : at),
    0,
  );
  assert.equal(loss!.places[best], 0);
});

test("pruned trials are dashed, hostile names stay text", () => {
  const evil = `"><script>alert(1)</script>`;
  const input = sweep(({ number, parameters }) => ({
    state: number === 3 ? "pruned" : "complete",
    parameters: number === 0 ? [evil, "16", null] : parameters,
  }));
  const svg = parallelSvg(input, parallelAxes(input)).html;
  assert.equal(svg.match(/<polyline/g)!.length, 24);
  assert.equal(svg.match(/class="pruned"/g)!.length, 1);
  assert.doesNotMatch(svg, /<script/);
  const cells = input.trials.map(({ parameters, values }) => ({
    x: parameters[0]!,
    y: evil,
    value: values[0]!,
    state: "complete",
  }));
  assert.doesNotMatch(
    heatMapSvg(cells, { x: evil, y: evil, value: evil, better: "lower", format: String }).html,
    /<script/,
  );
});

test("a cell of the heat map is the mean of its trials, and says what failed", () => {
  const cells = [
    { x: "10", y: "a", value: 1, state: "complete" },
    { x: "10", y: "a", value: 3, state: "complete" },
    { x: "10", y: "a", value: null, state: "diverged" },
    { x: "9", y: "a", value: 5, state: "complete" },
  ];
  const svg = heatMapSvg(cells, { x: "x", y: "y", value: "v", better: "lower", format: String }).html;
  assert.match(svg, /class="cell">2<[\s\S]*1 of 3 diverged/);
  const fills = [...svg.matchAll(/rx="4" fill="([^"]+)"\/><text [^>]*class="cell">([^<]+)</g)];
  assert.deepEqual(
    fills.map(([, fill, value]) => [value, fill]),
    [
      ["5", "#fde725"],
      ["2", "#440154"],
    ],
    "the mean of the trials that went well is not the best",
  );
  const names = Array.from({ length: 30 }, (_, at) => `name ${at}`);
  const many = names.map((x) => ({ x, y: "a", value: 1, state: "complete" }));
  const wide = heatMapSvg(many, { x: "model", y: "y", value: "v", better: "lower", format: String }).html;
  assert.match(wide, />model \(6 more values are not shown\)</);
  // By size, not by the alphabet.
  assert.ok(svg.indexOf(">9<") < svg.indexOf(">10<"));
});
