// What `sweep --status --where` may ask of a trial, beside its parameters by their names.

import { type FieldKind, kindsAmong } from "../../query/field-kinds.ts";
import { expressionFilter, type Fields } from "../../query/filter.ts";
import type { FieldValue } from "../../query/matches.ts";
import type { Standing } from "../../sweep/scheduling/standings.ts";
import type { Sweep } from "../../sweep/sweep.ts";
import { valueText } from "../../sweep/value-text.ts";
import { stateText } from "../print/sweep-table.ts";

const ownKinds = {
  trial: "number",
  state: "text",
  seed: "number",
  run: "text",
  failures: "number",
  epoch: "number",
  best: "number",
} as const satisfies Readonly<Record<string, FieldKind>>;

const own = {
  trial: ({ trial }) => trial.number,
  state: ({ trial }) => stateText(trial.state),
  seed: ({ trial }) => trial.seed,
  run: ({ trial }) => trial.runId,
  failures: ({ trial }) => trial.failures,
  epoch: ({ epoch }) => epoch,
  best: ({ best }) => best,
} satisfies Readonly<Record<keyof typeof ownKinds, (standing: Standing) => FieldValue>>;

/** Throws a UserError for what cannot be read, for fields that no trial has and for values of another kind. */
export function trialFilter(
  where: string,
  { parameters }: Sweep,
  standings: readonly Standing[],
): (standing: Standing) => boolean {
  const names = [...Object.keys(own), ...parameters.map(({ name }) => name)];
  const rows = standings.map(fieldsOf);
  const kindsOf = (field: string) =>
    Object.hasOwn(ownKinds, field)
      ? new Set([ownKinds[field as keyof typeof ownKinds]])
      : kindsAmong(field, () => rows.map((row) => row[field] ?? null));
  const fulfils = expressionFilter(where, { names, kindsOf }, "--where");
  return (standing) => fulfils(fieldsOf(standing));
}

function fieldsOf(standing: Standing): Fields {
  const chosen = Object.entries(standing.trial.parameters).map(([name, value]) => [name, fieldOf(value)]);
  const ofTrial = Object.entries(own).map(([name, read]) => [name, read(standing)]);
  return Object.fromEntries([...chosen, ...ofTrial]);
}

function fieldOf(value: unknown): FieldValue {
  const isPlain = value === null || ["string", "number", "boolean"].includes(typeof value);
  return isPlain ? (value as FieldValue) : valueText(value);
}
