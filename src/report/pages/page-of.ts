// Which page shows what was given, and that page: data in, page out. No store, no clock, no files.

import { UserError } from "../../errors.ts";
import type { PageKind } from "../../experiment/report-section.ts";
import { type BuiltPage, buildPage } from "../build-page.ts";
import type { Definition } from "../definition.ts";
import type { PageInput } from "../page-context.ts";
import { haveSameUnseen, otherSets } from "../test-sets.ts";
import { datasetsPage } from "./datasets-page.ts";
import { modelsPage } from "./models-page.ts";
import type { Page } from "./page.ts";
import { runPage } from "./run-page.ts";
import { runsPage } from "./runs-page.ts";
import { sweepPage } from "./sweep-page.ts";

/** One run, a sweep, several models on the same data, the same model on several data sets; else runs. */
export function choosePage({ runs, sweep }: PageInput): PageKind {
  if (sweep !== null) return "sweep";
  if (runs.length === 1) return "run";
  const models = new Set(runs.map(({ run }) => JSON.stringify(run.experiment.model)));
  const datasets = new Set(runs.map(({ run }) => run.datasetFingerprint));
  const isTestedAlike = runs.some((data) => otherSets(data).length > 0) || haveSameUnseen(runs);
  if (datasets.size > 1 && isTestedAlike) return "datasets";
  const kinds = new Set(runs.map(({ run }) => run.experiment.model.kind));
  if (kinds.size > 1 && datasets.size === 1 && models.size === runs.length) return "models";
  return "runs";
}

const pages = {
  run: runPage,
  runs: runsPage,
  models: modelsPage,
  datasets: datasetsPage,
  sweep: sweepPage,
} satisfies Record<PageKind, Page>;

/** Throws UserError for a page of one run where several are given, and for sections that it lacks. */
export function pageOf(kind: PageKind, input: PageInput, definition: Definition | null = null): BuiltPage {
  if (kind === "run" && input.runs.length !== 1)
    throw new UserError(`--page run: expected one run, got ${input.runs.length}`);
  return buildPage(pages[kind], input, definition);
}
