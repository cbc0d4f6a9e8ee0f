// Which page shows what was given, and that page: data in, page out. No store, no clock, no files.

import { UserError } from "../../errors.ts";
import type { PageKind } from "../../experiment/report-section.ts";
import type { PageContent, PageInput } from "../page-content.ts";
import type { Thinning } from "../sample-grid.ts";
import { datasetsPage } from "./datasets-page.ts";
import { modelsPage } from "./models-page.ts";
import { runPage } from "./run-page.ts";
import { runsPage } from "./runs-page.ts";
import { sweepPage } from "./sweep-page.ts";

/** One run, a sweep, several models on the same data, the same model on several data sets; else runs. */
export function choosePage({ runs, sweep }: PageInput): PageKind {
  if (sweep !== null) return "sweep";
  if (runs.length === 1) return "run";
  const models = new Set(runs.map(({ run }) => JSON.stringify(run.experiment.model)));
  const datasets = new Set(runs.map(({ run }) => run.datasetFingerprint));
  if (runs.some(({ evaluations }) => evaluations.length > 0) && datasets.size > 1) return "datasets";
  const kinds = new Set(runs.map(({ run }) => run.experiment.model.kind));
  if (kinds.size > 1 && datasets.size === 1 && models.size === runs.length) return "models";
  return "runs";
}

/** Throws UserError for a page of one run where several are given. */
export function pageOf(kind: PageKind, input: PageInput, thinning: Thinning): PageContent {
  const { runs } = input;
  switch (kind) {
    case "run":
      if (runs.length !== 1) throw new UserError(`--page run: expected one run, got ${runs.length}`);
      return runPage(runs[0]!, thinning);
    case "runs":
      return runsPage(runs, thinning);
    case "models":
      return modelsPage(runs, thinning);
    case "sweep":
      return sweepPage(input, thinning);
    case "datasets":
      return datasetsPage(runs, thinning);
  }
}
