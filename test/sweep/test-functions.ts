// Standard functions to be minimized, and how far random search and TPE come on them. As a program it prints the table
// of docs/sweeps.md: node --import ./scripts/typescript.js test/sweep/test-functions.ts [seeds]

import { fileURLToPath } from "node:url";
import { randomConfiguration } from "../../src/sweep/search/random.ts";
import { tpeConfiguration } from "../../src/sweep/search/tpe/tpe.ts";
import type { Distribution, Parameter, Parameters, SearchSettings } from "../../src/sweep/sweep.ts";
import type { PastTrial } from "../../src/sweep/trial.ts";
import { parameter } from "./fixtures.ts";

type TestFunction = {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  evaluate(at: Readonly<Record<string, number>>, all: Parameters): number;
};

const range = (min: number, max: number, log = false): Distribution => ({
  kind: "uniform",
  min,
  max,
  q: null,
  log,
});

const testFunctions: readonly TestFunction[] = [
  {
    name: "sphere, 5 dimensions",
    parameters: ["a", "b", "c", "d", "e"].map((name) => parameter(name, range(-5, 5))),
    evaluate: (at) => Object.values(at).reduce((sum, x) => sum + x * x, 0),
  },
  {
    name: "Branin, less its minimum",
    parameters: [parameter("x", range(-5, 10)), parameter("y", range(0, 15))],
    evaluate: ({ x, y }) => {
      const curve = y! - (5.1 / (4 * Math.PI ** 2)) * x! ** 2 + (5 / Math.PI) * x! - 6;
      return curve ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x!) + 10 - 0.39788735772973816;
    },
  },
  {
    name: "optimizer, rate, batch size",
    parameters: [
      parameter("name", {
        kind: "categorical",
        values: ["adam", "sgd", "rmsprop", "adagrad"],
        probabilities: null,
      }),
      parameter("rate", range(1e-6, 1, true)),
      parameter("batch", { kind: "uniform", min: 4, max: 256, q: 4, log: true }),
    ],
    // A valley in the logarithm of the rate, whose place and depth depend on the name.
    evaluate: ({ rate, batch }, { name }) => {
      const best = { adam: -3, sgd: -1, rmsprop: -3.5, adagrad: -2 }[name as string]!;
      const floor = { adam: 0, sgd: 0.3, rmsprop: 0.1, adagrad: 0.5 }[name as string]!;
      return floor + (Math.log10(rate!) - best) ** 2 + 0.1 * (Math.log2(batch!) - 5) ** 2;
    },
  },
];

export function settings(seed: number): SearchSettings {
  return { seed, nStartupTrials: 10, nEiCandidates: 24, constantLiar: true };
}

/** The best value of each function after `trials` trials, medians over so many seeds. */
export function medians(seeds: number, trials: number) {
  return testFunctions.map((each) => {
    const over = (guided: boolean) =>
      median(Array.from({ length: seeds }, (_, seed) => best(each, seed + 1, trials, guided)));
    return { name: each.name, random: over(false), tpe: over(true) };
  });
}

function best({ parameters, evaluate }: TestFunction, seed: number, trials: number, guided: boolean): number {
  const history: PastTrial[] = [];
  for (let number = 0; number < trials; number++) {
    const found = guided
      ? tpeConfiguration(parameters, "minimize", settings(seed), number, history)!
      : randomConfiguration(parameters, seed, number);
    const value = evaluate(found as Record<string, number>, found);
    history.push({ number, parameters: found, state: "complete", value, curve: [] });
  }
  return Math.min(...history.map(({ value }) => value!));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.table(medians(Number(process.argv[2] ?? 51), 50));
