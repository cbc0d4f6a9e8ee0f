// A parameter of a sweep as W&B's file states it: https://docs.wandb.ai/models/sweeps/sweep-config-keys and the schema
// in github.com/wandb/sweeps. Its `distribution` may be left out there; flatten-parameters.ts names it before.

import { z } from "zod";
import { above, atLeast, kind } from "../../settings/leaves.ts";
import { rounded } from "../search/random.ts";
import type { Distribution, Json } from "../sweep.ts";

const number = (error = "a number") => z.number({ error });
const integer = () => z.int({ error: "a whole number" });

const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(json), z.record(z.string(), json)], {
    error: "a value",
  }),
);

const q = above(0).default(1).describe("Values are multiples of it.");
const ends = { min: number(), max: number() };
const positiveEnds = { min: above(0), max: above(0) };
const bell = {
  mu: number().default(0).describe("Mean."),
  sigma: atLeast(0).default(1).describe("Standard deviation."),
};

/** Every distribution of W&B but beta and q_beta. Those with `_values` and those that end without it are W&B's. */
const shapes = {
  constant: { value: json },
  categorical: {
    values: z.array(json, { error: "a list of values" }).min(1, { error: "at least one value" }),
    probabilities: z.array(atLeast(0), { error: "a list of numbers" }).optional(),
  },
  int_uniform: { min: integer(), max: integer() },
  uniform: ends,
  q_uniform: { ...ends, q },
  log_uniform: ends,
  log_uniform_values: positiveEnds,
  q_log_uniform: { ...ends, q },
  q_log_uniform_values: { ...positiveEnds, q },
  inv_log_uniform: ends,
  inv_log_uniform_values: positiveEnds,
  normal: bell,
  q_normal: { ...bell, q },
  log_normal: bell,
  q_log_normal: { ...bell, q },
} as const;

function option<const Name extends keyof typeof shapes>(name: Name) {
  return z.strictObject({ distribution: kind(name, name), ...shapes[name] });
}

export const parameterSchema = z.discriminatedUnion("distribution", [
  option("constant"),
  option("categorical"),
  option("int_uniform"),
  option("uniform"),
  option("q_uniform"),
  option("log_uniform"),
  option("log_uniform_values"),
  option("q_log_uniform"),
  option("q_log_uniform_values"),
  option("inv_log_uniform"),
  option("inv_log_uniform_values"),
  option("normal"),
  option("q_normal"),
  option("log_normal"),
  option("q_log_normal"),
]);

export type WrittenParameter = z.output<typeof parameterSchema>;

/** What is wrong with values that are right by themselves: the key to blame and what completes "key.path: ". */
export function parameterProblem(
  written: WrittenParameter,
  isGrid: boolean,
): { key: string; text: string } | null {
  if (written.distribution === "categorical") return probabilityProblem(written);
  if (!("max" in written)) return null;
  const { min, max } = written;
  if (max <= min)
    return {
      key: "max",
      text: `expected more than min, which is ${min}, got ${max}; a single value is written value: ${max}`,
    };
  if (exponential.includes(written.distribution) && looksLikeValues(min, max)) {
    const from = [min, max].map((end) => Number(Math.exp(end).toPrecision(4))).join(" to ");
    const text = `expected ${written.distribution}_values for values from ${min} to ${max}: this one takes exponents, and would draw from ${from}`;
    return { key: "distribution", text };
  }
  const distribution = distributionOf(written);
  if (isGrid || distribution.kind !== "uniform" || distribution.q === null) return null;
  const { q, min: least, max: most } = distribution;
  const multiple = rounded(distribution, least);
  if (multiple >= least && multiple <= most) return null;
  return { key: "q", text: `expected one of which a multiple lies between min and max, got ${q}` };
}

function probabilityProblem({
  values,
  probabilities,
}: Extract<WrittenParameter, { distribution: "categorical" }>): { key: string; text: string } | null {
  if (probabilities === undefined) return null;
  const key = "probabilities";
  const sum = probabilities.reduce((total, each) => total + each, 0);
  if (probabilities.length !== values.length)
    return { key, text: `expected one for each of the ${values.length} values, got ${probabilities.length}` };
  if (Math.abs(sum - 1) > 1e-3) return { key, text: `expected 1 in sum, got ${Number(sum.toPrecision(6))}` };
  return null;
}

const exponential: readonly string[] = ["log_uniform", "q_log_uniform", "inv_log_uniform"];

/** Exponents that span less than they would as values, such as 0.0001 to 0.1, are values. */
function looksLikeValues(min: number, max: number): boolean {
  return min === 0 ? max < 1 : min > 0 && max / min > Math.exp(max - min);
}

/** The five kinds behind W&B's names: exponents become values, and what is log uniform upside down is so the right way up. */
export function distributionOf(written: WrittenParameter): Distribution {
  const step = "q" in written ? written.q : null;
  switch (written.distribution) {
    case "constant":
      return { kind: "constant", value: written.value };
    case "categorical":
      return { kind: "categorical", values: written.values, probabilities: written.probabilities ?? null };
    case "int_uniform":
      return { kind: "int_uniform", min: written.min, max: written.max };
    case "uniform":
    case "q_uniform":
      return { kind: "uniform", min: written.min, max: written.max, q: step, log: false };
    case "log_uniform":
    case "q_log_uniform":
      return { kind: "uniform", min: Math.exp(written.min), max: Math.exp(written.max), q: step, log: true };
    case "inv_log_uniform":
      return {
        kind: "uniform",
        min: Math.exp(-written.max),
        max: Math.exp(-written.min),
        q: null,
        log: true,
      };
    case "log_uniform_values":
    case "q_log_uniform_values":
    case "inv_log_uniform_values":
      return { kind: "uniform", min: written.min, max: written.max, q: step, log: true };
    case "normal":
    case "q_normal":
      return { kind: "normal", mu: written.mu, sigma: written.sigma, q: step, log: false };
    case "log_normal":
    case "q_log_normal":
      return { kind: "normal", mu: written.mu, sigma: written.sigma, q: step, log: true };
  }
}
