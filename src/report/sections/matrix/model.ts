// Trained on x tested on: every metric of every pair, and pictures. A run counts on its own unseen images, and on those of
// other data sets where it was evaluated on them.

import { bestOfSeveral } from "../../../runs/best.ts";
import { areComparable, type Origin, originOf } from "../../../runs/comparable.ts";
import { countedOf, hasDiverged } from "../../../runs/divergence.ts";
import type { Better } from "../../../runs/series.ts";
import { comparedMetrics } from "../../../store/read-metrics.ts";
import type { Series } from "../../../store/rows.ts";
import { bestLoss, finalLoss } from "../../measures.ts";
import type { ReportRun } from "../../read-report-runs.ts";
import { isElsewhere } from "../../run-words.ts";
import { isResult, unitOf } from "../../series.ts";
import { datasetNames, ownUnseen, type TestSet, testSetsOf, unseenNames } from "../../test-sets.ts";

export type MatrixCell = {
  /** Metric -> mean of the runs that have it; none where what they have does not compare. */
  readonly metrics: ReadonlyMap<string, { readonly value: number; readonly runs: number }>;
  /** Whether these may be the best of their column. */
  readonly mayBeBest: boolean;
  /** Which sets of which runs it is of. */
  readonly sets: readonly TestedSet[];
};

/** `run` is a number of the page. */
export type TestedSet = Pick<TestSet, "set" | "images"> & { readonly run: number };

export type TransferMatrix = {
  readonly trainedOn: readonly string[];
  readonly testedOn: readonly string[];
  /** own[trained on]: the column of the data set's own unseen images; -1 where nobody knows them. */
  readonly own: readonly number[];
  readonly metrics: readonly {
    readonly name: string;
    readonly unit: string;
    readonly better: Better;
  }[];
  /** [trained on][tested on]; null where nothing was tested. */
  readonly cells: readonly (readonly (MatrixCell | null)[])[];
  /** best[metric][tested on]: the best value of a column, null where there is nothing to compare. */
  readonly best: readonly (readonly (number | null)[])[];
};

/** A value of a metric, and which images it is of. */
type Value = Origin & {
  readonly spec: Series["spec"];
  readonly value: number;
  readonly unit: string;
  readonly better: Better;
};

type Tested = {
  readonly run: number;
  readonly hasDiverged: boolean;
  readonly trainedOn: string;
  readonly testedOn: string;
  readonly metrics: ReadonlyMap<string, Value>;
  readonly sets: MatrixCell["sets"];
};

export function transferMatrix(runs: readonly ReportRun[]): TransferMatrix {
  const tested = mergedTests(runs.flatMap(testsOf(runs)));
  const names = datasetNames(runs);
  const trainedOn = [...names.values()];
  const called = unseenNames(runs);
  const here = runs.filter((data) => !isElsewhere(data));
  const ownColumns = new Map(
    here.map((data) => [names.get(data.run.datasetFingerprint)!, called.get(ownUnseen(data))!]),
  );
  const testedOn = [...new Set([...ownColumns.values(), ...tested.map((test) => test.testedOn)])];
  const valuesOf = (name: string) => tested.flatMap(({ metrics }) => metrics.get(name) ?? []);
  const measured = [...new Set(tested.flatMap(({ metrics }) => [...metrics.keys()]))];
  // What compares across data and models comes first, then what most cells have.
  const rank = (name: string) => {
    const at = comparedMetrics.indexOf(valuesOf(name)[0]!.spec.name);
    return at === -1 ? comparedMetrics.length : at;
  };
  measured.sort((a, b) => rank(a) - rank(b) || valuesOf(b).length - valuesOf(a).length);
  const metrics = measured.map((name) => {
    const { unit, better } = valuesOf(name)[0]!;
    return { name, unit, better };
  });
  const cells = trainedOn.map((row) =>
    testedOn.map((column) =>
      cellOf(tested.filter((test) => test.trainedOn === row && test.testedOn === column)),
    ),
  );
  const best = metrics.map(({ name, better }) =>
    testedOn.map((set, column) => {
      const inColumn = tested.flatMap((test) =>
        test.testedOn === set ? (test.metrics.get(name) ?? []) : [],
      );
      const values = cells.map(({ [column]: cell }) =>
        cell?.mayBeBest ? (cell.metrics.get(name)?.value ?? null) : null,
      );
      const at = areComparable(inColumn) ? bestOfSeveral(values, better) : null;
      return at === null ? null : values[at]!;
    }),
  );
  const own = trainedOn.map((name) => testedOn.indexOf(ownColumns.get(name) ?? ""));
  return { trainedOn, testedOn, own, metrics, cells, best };
}

function testsOf(runs: readonly ReportRun[]) {
  const setsOf = testSetsOf(runs);
  const names = datasetNames(runs);
  return (data: ReportRun, run: number): Tested[] =>
    setsOf(data).map(({ set, images, name }) => ({
      run,
      hasDiverged: hasDiverged(data.run),
      trainedOn: names.get(data.run.datasetFingerprint)!,
      testedOn: name,
      metrics: set === "unseen" ? ownValues(data) : valuesIn(data, set),
      sets: [{ run, set, images }],
    }));
}

/** Of its own unseen images: the best loss as well. */
function ownValues(data: ReportRun): Map<string, Value> {
  const values = valuesIn(data, "unseen");
  const loss = values.get(finalLoss.name);
  const best = bestLoss.value(data);
  if (loss === undefined || best === null) return values;
  return new Map([[finalLoss.name, loss], [bestLoss.name, { ...loss, value: best }], ...values]);
}

/** The newest values of a set of images: of the loss and of all metrics. */
function valuesIn({ series, measuredSets }: ReportRun, set: string): Map<string, Value> {
  const measured = series.filter(
    ({ spec, value }) => spec.set === set && value.length > 0 && (spec.family === "loss" || isResult(spec)),
  );
  return new Map(
    measured.map(({ spec, value }) => {
      const { images } = originOf(spec, measuredSets);
      return [nameOf(spec), { spec, images, value: value.at(-1)!, unit: unitOf(spec), better: spec.better }];
    }),
  );
}

function nameOf({ family, title }: Series["spec"]): string {
  return family === "loss" ? finalLoss.name : title;
}

/** One for each run and column: what a run logged of its own images counts before what was evaluated later. */
function mergedTests(tests: readonly Tested[]): Tested[] {
  const merged = new Map<string, Tested>();
  for (const test of tests) {
    const key = JSON.stringify([test.run, test.testedOn]);
    const known = merged.get(key);
    if (known)
      merged.set(key, {
        ...known,
        metrics: new Map([...test.metrics, ...known.metrics]),
        sets: [...known.sets, ...test.sets],
      });
    else merged.set(key, test);
  }
  return [...merged.values()];
}

function cellOf(tests: readonly Tested[]): MatrixCell | null {
  if (tests.length === 0) return null;
  const { counted, mayBeBest } = countedOf(tests, ({ hasDiverged }) => hasDiverged);
  const names = [...new Set(counted.flatMap(({ metrics }) => [...metrics.keys()]))];
  const metrics = names.flatMap((name) => {
    const values = counted.flatMap(({ metrics: values }) => values.get(name) ?? []);
    if (!areComparable(values)) return [];
    const mean = values.reduce((sum, { value }) => sum + value, 0) / values.length;
    return [[name, { value: mean, runs: values.length }] as const];
  });
  return { metrics: new Map(metrics), mayBeBest, sets: tests.flatMap(({ sets }) => sets) };
}
