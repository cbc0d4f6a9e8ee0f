// Which series of several runs stand in which chart: one for each series, a curve for each run.

import { plural } from "../../../runs/format/words.ts";
import type { SeriesSpec } from "../../../runs/series.ts";
import type { PageContext } from "../../page-context.ts";
import type { ReportRun } from "../../read-report-runs.ts";
import { isDrawn, seriesTitle } from "../../series.ts";
import { curveOf, gapNote, type Panel, pointsPerCurve } from "./panels.ts";

/** In a page of more runs than this, series of every step would be most of it. */
const fewRuns = 40;
/** Values in a page. Each takes about 8 bytes. */
const mostValues = 600_000;
/** Charts that are there whatever they take. */
const leastCharts = 4;

export function runPanels({ runs, names, groups }: Pick<PageContext, "runs" | "names" | "groups">): Panel[] {
  const colorOf = new Map(groups.flatMap(({ runs: members, color }) => members.map((run) => [run, color])));
  const limit = pointsPerCurve(runs.length * leastCharts);
  const panels: Panel[] = [];
  let values = 0;
  for (const [name, spec] of seriesOf(runs)) {
    const notes: string[] = [];
    const curves = runs.flatMap((data, run) => {
      const series = data.series.find((each) => each.name === name);
      if (series === undefined || !isDrawn(series)) return [];
      const note = gapNote(series, data.run.stepsPerEpoch);
      if (note !== null) notes.push(`${names[run]}: ${note}`);
      return [curveOf(series, data, { label: names[run]!, run, color: colorOf.get(run) ?? null }, limit)];
    });
    values += curves.reduce((sum, { value }) => sum + value.length, 0);
    if (panels.length >= leastCharts && values > mostValues) break;
    const title = seriesTitle(spec);
    panels.push({
      id: `panel-${panels.length}`,
      title,
      description: `${title} of ${plural(curves.length, "run")}; the table of runs has the numbers`,
      curves,
      reference: spec.reference,
      range: spec.range,
      mixed: false,
      notes,
    });
  }
  return panels;
}

/** By name, those of most interest first, others in the order in which they were declared. */
function seriesOf(runs: readonly ReportRun[]): [string, SeriesSpec][] {
  const specs = new Map<string, SeriesSpec>();
  for (const series of runs.flatMap((run) => run.series))
    if (isDrawn(series) && !specs.has(series.name)) specs.set(series.name, series.spec);
  return [...specs]
    .filter(([, { per }]) => per === "epoch" || runs.length <= fewRuns)
    .sort(([, a], [, b]) => rankOf(a) - rankOf(b));
}

function rankOf({ set, family, per, better }: SeriesSpec): number {
  if (family === "loss") return per === "step" ? 3 : set === "unseen" ? 0 : set === "seen" ? 1 : 3;
  if (per === "step") return 6;
  if (set !== "unseen") return 5;
  return (family === "metric" || family === "color") && better !== "none" ? 2 : 4;
}
