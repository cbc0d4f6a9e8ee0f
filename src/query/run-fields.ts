// The fields of runs that --where, --sort and --columns name: properties, `config.<path>` as the experiment's file writes
// it, and `metrics.<series>`, the newest value of a series, or with `.best`, `.min` or `.max` behind it one of all.

import { UserError } from "../errors.ts";
import { nearMiss } from "../near-miss.ts";
import { bestPoint } from "../runs/best.ts";
import type { SeriesSpec } from "../runs/series.ts";
import type { Store } from "../store/open-store.ts";
import type { RunSummary } from "../store/read-runs.ts";
import { kindsAmong, type propertyKinds } from "./field-kinds.ts";
import type { FieldValue, KindsOf } from "./matches.ts";

type Extreme = "best" | "min" | "max";

type Trial = { readonly sweep: string; readonly number: number };

type Property = (run: RunSummary, trial: Trial | undefined) => FieldValue;

const properties = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  status: ({ status }) => status,
  model: ({ experiment }) => experiment.model.kind,
  dataset: ({ experiment }) => experiment.dataset.kind,
  seed: ({ experiment }) => experiment.seed,
  epoch: ({ lastEpoch }) => lastEpoch ?? 0,
  step: ({ lastStep }) => lastStep ?? 0,
  tags: ({ tags }) => tags,
  note: ({ note }) => note,
  created: ({ createdAt }) => new Date(createdAt),
  /** Seconds. */
  duration: ({ durationMs }) => durationMs / 1000,
  engine: ({ engine }) => engine,
  device: ({ device }) => device,
  parameters: ({ parameters }) => parameters,
  source: ({ source }) => source,
  sweep: (_, trial) => trial?.sweep ?? null,
  trial: (_, trial) => trial?.number ?? null,
} satisfies Readonly<Record<keyof typeof propertyKinds, Property>>;

const propertyNames: readonly string[] = Object.keys(properties);

export type RunFields = {
  fieldOf(run: RunSummary, field: string): FieldValue;
  readonly kindsOf: KindsOf;
  /** The series that a field takes its value from; null for other fields, and for runs without it. */
  seriesOf(run: RunSummary, field: string): SeriesSpec | null;
  /** Throws a UserError for a field that no run has. `option` is what named it. */
  require(field: string, option: string): void;
};

type FieldStore = Pick<Store, "series" | "listSweeps" | "trials">;

/** `runs` say which series and settings there are. */
export function runFields(store: FieldStore, runs: readonly RunSummary[]): RunFields {
  const settings = new Map<string, ReadonlyMap<string, FieldValue>>();
  const settingsOf = (run: RunSummary) => {
    const known = settings.get(run.id) ?? settingsBelow(run.experiment);
    settings.set(run.id, known);
    return known;
  };
  let trials: Map<string, Trial> | null = null;
  const trialOf = (run: RunSummary) => {
    trials ??= trialsOf(store);
    return trials.get(run.id);
  };

  const fieldOf = (run: RunSummary, field: string): FieldValue => {
    if (Object.hasOwn(properties, field))
      return properties[field as keyof typeof properties](run, trialOf(run));
    const [, room, path] = /^(config|metrics)\.(.+)$/.exec(field) ?? [];
    if (room === "config") return settingsOf(run).get(path!) ?? null;
    if (room !== "metrics") return null;
    const { series, which } = seriesAsked(run, path!);
    if (series === null) return null;
    if (which === null) return numberOrNull(run.last[series]!);
    const better = ({ best: run.specs[series]!.better, min: "lower", max: "higher" } as const)[which];
    return bestPoint(store.series(run.id, series)!, better)?.value ?? null;
  };

  return {
    fieldOf,
    kindsOf: (field) => kindsAmong(field, () => runs.map((run) => fieldOf(run, field))),
    seriesOf(run, field) {
      const path = /^metrics\.(.+)$/.exec(field)?.[1];
      const series = path === undefined ? null : seriesAsked(run, path).series;
      return series === null ? null : run.specs[series]!;
    },
    require(field, option) {
      if (Object.hasOwn(properties, field)) return;
      if (runs.length === 0 && /^(config|metrics)\../.test(field)) return;
      const known = [
        ...propertyNames,
        ...new Set(runs.flatMap((run) => [...settingsOf(run).keys()].map((path) => `config.${path}`))),
        ...new Set(
          runs.flatMap((run) => Object.keys(run.last).map((name) => `metrics.${name.replaceAll("/", ".")}`)),
        ),
      ];
      const plain = field.replaceAll("/", ".").replace(/^(metrics\..+)\.(best|min|max)$/, "$1");
      if (known.includes(plain)) return;
      const near = nearMiss(plain, known);
      throw new UserError(
        `${option}: unknown field ${JSON.stringify(field)}${near === null ? "" : `, did you mean ${near}?`} (known: ${propertyNames.join(", ")}, config.<path> such as config.train.batch_size, metrics.<series> such as metrics.unseen.loss or metrics.unseen.loss.best)`,
      );
    },
  };
}

/** "unseen.psnr.best": the series whose value is asked for, and which one of its values; `which` null is the newest. */
function seriesAsked(
  { last }: RunSummary,
  path: string,
): { readonly series: string | null; readonly which: Extreme | null } {
  const name = path.replaceAll(".", "/");
  if (Object.hasOwn(last, name)) return { series: name, which: null };
  const [, series, which] = /^(.+)\/(best|min|max)$/.exec(name) ?? [];
  const known = series !== undefined && Object.hasOwn(last, series);
  return known ? { series, which: which as Extreme } : { series: null, which: null };
}

function trialsOf(store: FieldStore): Map<string, Trial> {
  return new Map(
    store
      .listSweeps()
      .flatMap(({ id, name }) =>
        store
          .trials(id)
          .flatMap(({ runId, number }) => (runId === null ? [] : [[runId, { sweep: name, number }]])),
      ),
  );
}

/** Path -> value; lists become lists of text. */
function settingsBelow(value: unknown, path = ""): Map<string, FieldValue> {
  if (Array.isArray(value))
    return new Map([[path, value.map((item) => (typeof item === "string" ? item : JSON.stringify(item)))]]);
  if (typeof value !== "object" || value === null) return new Map([[path, value as FieldValue]]);
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [
      ...settingsBelow(inner, path === "" ? key : `${path}.${key}`),
    ]),
  );
}

function numberOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
