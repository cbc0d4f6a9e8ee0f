import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gridConfiguration, gridCount, gridSize, gridValue } from "../../src/sweep/search/grid.ts";
import { mergeRepeats, repeatOf } from "../../src/sweep/search/merge-repeats.ts";
import {
  logMassBetween,
  logNormalCdf,
  normalQuantile,
  truncatedQuantile,
} from "../../src/sweep/search/normal-distribution.ts";
import { quantile, randomConfiguration } from "../../src/sweep/search/random.ts";
import { configurationCount, suggestConfiguration } from "../../src/sweep/search/suggest.ts";
import type { Distribution, Parameter } from "../../src/sweep/sweep.ts";
import type { PastTrial } from "../../src/sweep/trial.ts";
import { parameter, problems, sweepOf } from "./fixtures.ts";

const list = (...values: readonly (string | number)[]): Distribution => ({
  kind: "categorical",
  values,
  probabilities: null,
});

describe("grid search", () => {
  const parameters: Parameter[] = [
    parameter("b", list("x", "y")),
    parameter("fixed", { kind: "constant", value: 9 }),
    parameter("a", { kind: "int_uniform", min: 1, max: 3 }),
  ];

  it("goes through every combination in the order of the file, the last parameter fastest", () => {
    assert.equal(gridSize(parameters), 6);
    const all = Array.from({ length: 6 }, (_, number) => gridConfiguration(parameters, number));
    assert.deepEqual(
      all.map((one) => `${one!.b}${one!.fixed}${one!.a}`),
      ["x91", "x92", "x93", "y91", "y92", "y93"],
    );
    assert.deepEqual(Object.keys(all[0]!), ["b", "fixed", "a"]);
    assert.equal(gridConfiguration(parameters, 6), null);
  });

  it("lists whole numbers with both ends, and quantized ones without the last, as W&B does", () => {
    const quantized = (min: number, max: number, q: number): Distribution => ({
      kind: "uniform",
      min,
      max,
      q,
      log: false,
    });
    const gridValues = (distribution: Distribution) =>
      Array.from({ length: gridCount(distribution)! }, (_, index) => gridValue(distribution, index));
    assert.deepEqual(gridValues({ kind: "int_uniform", min: -1, max: 1 }), [-1, 0, 1]);
    assert.deepEqual(gridValues(quantized(0, 1, 0.25)), [0, 0.25, 0.5, 0.75]);
    assert.deepEqual(gridValues(quantized(0, 0.5, 0.1)), [0, 0.1, 0.2, 0.3, 0.4]);
    assert.equal(gridCount({ ...quantized(0, 1, 1), q: null } as Distribution), null);
  });
});

describe("large grids", () => {
  it("are counted by arithmetic, and refused with their number", () => {
    const grid = (max: string, more = "") =>
      `method: grid\n${more}parameters: {seed: {min: 0, max: ${max}}, train.batch_size: {values: [4, 8]}}`;
    const huge = [0, 1].map((at) => parameter(`p${at}`, { kind: "int_uniform", min: 0, max: 1e9 - 1 }));
    assert.equal(gridSize(huge), 1e18);
    assert.deepEqual(gridConfiguration(huge, 3e9 + 7), { p0: 3, p1: 7 });
    const sweep = sweepOf(grid("499999"));
    assert.equal(gridSize(sweep.parameters), 1_000_000);
    assert.deepEqual(gridConfiguration(sweep.parameters, 999_999), { seed: 499_999, "train.batch_size": 8 });
    const refused = (count: string) => [
      `3: parameters: expected at most 1000000 configurations, got ${count}; method random draws from so many, run_cap ends a grid early`,
    ];
    assert.deepEqual(problems(grid("999999999")), refused("2000000000"));
    assert.deepEqual(
      problems(
        "method: grid\nparameters: {seed: {min: 0, max: 4000000000}, dataset.count: {min: 64, max: 4000000000}}",
      ),
      refused("1.6e+19"),
    );
    assert.equal(configurationCount(sweepOf(grid("999999999", "run_cap: 5\n"))), 5);
  });
});

describe("random search", () => {
  const parameters = [
    parameter("a", { kind: "uniform", min: 0, max: 1, q: null, log: false }),
    parameter("b", list(1, 2, 3)),
  ];

  it("draws by the seed, the number and the name alone", () => {
    const drawn = randomConfiguration(parameters, 1, 7);
    assert.deepEqual(randomConfiguration(parameters, 1, 7), drawn);
    assert.deepEqual(randomConfiguration(parameters.toReversed(), 1, 7), drawn);
    assert.equal(randomConfiguration([parameters[0]!], 1, 7).a, drawn.a);
    assert.notEqual(randomConfiguration(parameters, 1, 8).a, drawn.a);
    assert.notEqual(randomConfiguration(parameters, 2, 7).a, drawn.a);
  });

  it("takes the quantiles of W&B's distributions", () => {
    const shares = [0, 0.25, 0.5, 0.999];
    const at = (distribution: Distribution) => shares.map((u) => quantile(distribution, u));
    assert.deepEqual(at({ kind: "int_uniform", min: 1, max: 4 }), [1, 2, 3, 4]);
    assert.deepEqual(at(list("a", "b", "c", "d")), ["a", "b", "c", "d"]);
    assert.deepEqual(at({ kind: "categorical", values: ["a", "b", "c"], probabilities: [0.25, 0, 0.75] }), [
      "a",
      "c",
      "c",
      "c",
    ]);
    assert.deepEqual(at({ kind: "uniform", min: 10, max: 20, q: 5, log: false }), [10, 15, 15, 20]);
    // Multiples of q stay within the ends.
    assert.deepEqual(at({ kind: "uniform", min: 1, max: 10, q: 4, log: false }), [4, 4, 4, 8]);
    assert.deepEqual(at({ kind: "uniform", min: 0.25, max: 0.95, q: 0.1, log: false }), [0.3, 0.4, 0.6, 0.9]);
    assert.deepEqual(at({ kind: "uniform", min: 3, max: 11, q: 4, log: true }), [4, 4, 4, 8]);
    const log = at({ kind: "uniform", min: 1e-4, max: 1, q: null, log: true }) as number[];
    for (const [index, expected] of [1e-4, 1e-3, 1e-2].entries())
      assert.ok(Math.abs(log[index]! / expected - 1) < 1e-12, `${log[index]}`);
    assert.deepEqual(at({ kind: "uniform", min: 0.1, max: 100, q: 2, log: true }), [2, 2, 4, 100]);
    assert.deepEqual(at({ kind: "normal", mu: 5, sigma: 2, q: 1, log: false }).slice(1), [4, 5, 11]);
    assert.equal(quantile({ kind: "normal", mu: 0, sigma: 1, q: null, log: true }, 0.5), 1);
  });

  it("fills its distributions: mean and ends of many draws", () => {
    const draws = Array.from({ length: 2000 }, (_, number) => randomConfiguration(parameters, 3, number));
    const mean = draws.reduce((sum, { a }) => sum + (a as number), 0) / draws.length;
    assert.ok(Math.abs(mean - 0.5) < 0.03, String(mean));
    const ones = draws.filter(({ b }) => b === 1).length;
    assert.ok(Math.abs(ones - 667) < 70, String(ones));
  });
});

describe("the normal distribution", () => {
  // scipy.special.log_ndtr and scipy.stats.norm.ppf, SciPy 1.17.
  it("agrees with SciPy far into the tails", () => {
    const cases: [number, number][] = [
      [-40, -804.6084420137538],
      [-20, -203.91715537109727],
      [-3.5, -8.366065308344094],
      [-1, -1.8410216450092636],
      [0, -Math.LN2],
      [2.5, -0.006229025485860002],
      [6, -9.86587645524372e-10],
    ];
    for (const [x, expected] of cases)
      assert.ok(Math.abs(logNormalCdf(x) / expected - 1) < 1e-12, `${x}: ${logNormalCdf(x)}`);
    const quantiles: [number, number][] = [
      [1e-12, -7.034483825301131],
      [0.025, -1.9599639845400545],
      [0.5, 0],
      [0.999, 3.090232306167813],
    ];
    for (const [p, expected] of quantiles)
      assert.ok(Math.abs(normalQuantile(p) - expected) < 1e-11, `${p}: ${normalQuantile(p)}`);
  });

  it("inverts what it cuts off, on either side", () => {
    for (const [a, b] of [
      [-1, 2],
      [3, 9],
      [-9, -3],
      [0, 0.01],
    ] as const)
      for (const q of [0.001, 0.3, 0.9]) {
        const x = truncatedQuantile(q, a, b);
        assert.ok(x > a && x < b, `${x} between ${a} and ${b}`);
        const share = Math.exp(logMassBetween(a, x) - logMassBetween(a, b));
        assert.ok(Math.abs(share - q) < 1e-9, `${q}: ${share}`);
      }
  });
});

describe("what a sweep tries next", () => {
  it("ends with the grid or the run cap", () => {
    const grid = "method: grid\nparameters: {seed: {values: [1, 2, 3]}}";
    assert.equal(configurationCount(sweepOf(grid)), 3);
    assert.equal(configurationCount(sweepOf(`${grid}\nrun_cap: 2`)), 2);
    assert.deepEqual(suggestConfiguration(sweepOf(`${grid}\nrun_cap: 2`), 1, []), { seed: 2 });
    assert.equal(suggestConfiguration(sweepOf(`${grid}\nrun_cap: 2`), 2, []), null);
    const random = sweepOf("method: random\nparameters: {seed: {values: [1, 2, 3]}}");
    assert.equal(configurationCount(random), 3);
    const ranges = sweepOf(
      "method: random\nparameters: {train.optimizer.learning_rate: {min: 0.001, max: 0.1}}",
    );
    assert.equal(configurationCount(ranges), Number.POSITIVE_INFINITY);
  });

  it("trains a configuration with all seeds before the next", () => {
    assert.deepEqual(
      [0, 1, 2, 3].map((number) => repeatOf(number, [5, 6])),
      [
        { configuration: 0, seed: 5 },
        { configuration: 0, seed: 6 },
        { configuration: 1, seed: 5 },
        { configuration: 1, seed: 6 },
      ],
    );
    assert.deepEqual(repeatOf(3, []), { configuration: 3, seed: null });
  });

  it("judges a configuration by the mean of its repeats", () => {
    const repeat = (
      number: number,
      state: PastTrial["state"],
      value: number | null,
      epochs = 0,
    ): PastTrial => ({
      number,
      parameters: { a: Math.floor(number / 2) },
      state,
      value,
      curve: Array.from({ length: epochs }, (_, index) => ({ epoch: index + 1, value: 1 })),
    });
    const found = mergeRepeats(
      [
        repeat(0, "complete", 1),
        repeat(1, "complete", 3),
        repeat(2, "complete", 1),
        repeat(3, "running", null),
        repeat(4, "pruned", null, 2),
        repeat(5, "pruned", null, 4),
        repeat(6, "failed", null),
        repeat(7, "complete", 5),
        repeat(8, "complete", Number.NaN),
        repeat(9, "complete", 2),
      ],
      [1, 2],
    );
    assert.deepEqual(
      found.map(({ number, parameters, state, value, curve }) => [
        number,
        parameters.a,
        state,
        value,
        curve.length,
      ]),
      [
        [0, 0, "complete", 2, 0],
        [1, 1, "running", null, 0],
        [2, 2, "pruned", null, 4],
        [3, 3, "complete", 5, 0],
        [4, 4, "complete", Number.NaN, 0],
      ],
    );
  });
});
