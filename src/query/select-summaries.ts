// Runs by an expression, in an order, with the fields that are asked for.

import { UserError } from "../errors.ts";
import { differenceOf, differenceWords, type Origin, originOf } from "../runs/comparable.ts";
import type { Store } from "../store/open-store.ts";
import type { RunSummary } from "../store/read-runs.ts";
import { fieldsOf, parseExpression } from "./expression.ts";
import { compareFields, type FieldValue, testOf } from "./matches.ts";
import { runFields } from "./run-fields.ts";

export type RunQuery = {
  /** null takes all. */
  readonly where: string | null;
  /** Such as "metrics.unseen.psnr:desc,name"; null begins with the newest. */
  readonly sort: string | null;
  /** Fields between commas. */
  readonly columns: string | null;
  readonly limit: number;
  /** Runs in the trash. */
  readonly deleted: boolean;
};

export type Selection = {
  readonly selected: readonly RunSummary[];
  /** How many there are without the limit. */
  readonly total: number;
  /** The columns; null where none were asked for. */
  readonly names: readonly string[] | null;
  readonly cells: readonly (readonly FieldValue[])[];
  /** Why the order says less than it seems to. */
  readonly notes: readonly string[];
};

type QueryStore = Pick<Store, "summaries" | "listRuns" | "series" | "measuredSets" | "listSweeps" | "trials">;

/** Throws a UserError for what cannot be read and for fields that no run has. */
export function selectSummaries(store: QueryStore, query: RunQuery): Selection {
  const { where, limit, deleted } = query;
  const expression = where === null ? null : parseExpression(where);
  const order = sortKeys(query.sort);
  const names = query.columns === null ? null : listOf(query.columns, "--columns");
  const isPlain = expression === null && order.length === 0;
  const runs = store.summaries({ deleted, ...(isPlain ? { limit } : {}) });
  const { fieldOf, kindsOf, seriesOf, require } = runFields(store, runs);
  for (const field of expression === null ? [] : fieldsOf(expression)) require(field, "--where");
  for (const { field } of order) require(field, "--sort");
  for (const field of names ?? []) require(field, "--columns");

  const fulfils = expression === null ? () => true : testOf(expression, kindsOf);
  const found = runs.filter((run) => fulfils((field) => fieldOf(run, field)));
  // Each field is read once a run, not once a comparison.
  const keyed = found.map((run) => ({ run, keys: order.map(({ field }) => fieldOf(run, field)) }));
  keyed.sort((a, b) => {
    for (const [at, { descending }] of order.entries()) {
      const difference = compareFields(a.keys[at]!, b.keys[at]!, descending);
      if (difference !== 0) return difference;
    }
    return 0;
  });
  const selected = keyed.slice(0, limit).map(({ run }) => run);
  return {
    selected,
    total: isPlain && runs.length === limit ? store.listRuns({ deleted }).length : found.length,
    names,
    notes: order.flatMap(({ field }) => {
      const origins = found.flatMap((run): Origin[] => {
        const spec = seriesOf(run, field);
        return spec === null ? [] : [originOf(spec, store.measuredSets(run.id))];
      });
      const difference = differenceOf(origins);
      return difference === null
        ? []
        : `--sort ${field}: values ${differenceWords(difference, origins)} are no ranking`;
    }),
    cells: names === null ? [] : selected.map((run) => names.map((name) => fieldOf(run, name))),
  };
}

function sortKeys(sort: string | null): { field: string; descending: boolean }[] {
  if (sort === null) return [];
  return listOf(sort, "--sort").map((key) => {
    const [, minus, field, direction] = /^(-?)(.+?)(?::(asc|desc))?$/.exec(key)!;
    return { field: field!, descending: minus === "-" || direction === "desc" };
  });
}

function listOf(text: string, option: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.includes(""))
    throw new UserError(`${option}: expected fields between commas, got ${JSON.stringify(text)}`);
  return names;
}
