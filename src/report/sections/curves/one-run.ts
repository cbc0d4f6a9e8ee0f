// The charts of one run: series in one frame where their declarations say that they belong together.

import type { SeriesFamily } from "../../../runs/series.ts";
import type { Series } from "../../../store/rows.ts";
import type { ReportRun } from "../../read-report-runs.ts";
import { isDrawn, lossOf, seriesTitle } from "../../series.ts";
import { curveOf, gapNote, type Panel } from "./panels.ts";

/** Which section has a chart: losses and measurements, the fight of two networks, the machine. */
export type ChartPlace = "curves" | "health" | "system";

/** Series of one chart. */
type ChartOf = { readonly title: string; readonly members: readonly Series[] };

export function oneRunPanels(data: ReportRun, place: ChartPlace): Panel[] {
  const drawn = data.series.filter(isDrawn);
  const placeOf = placesIn(data, drawn);
  return chartsOf(drawn)
    .map((chart, number) => ({ ...chart, number }))
    .filter(({ members }) => placeOf(members[0]!) === place)
    .map(({ title, members, number }) => panelOf(data, `panel-${number}`, title, members));
}

/** In a run of two networks, the losses of each stand beside their scores. */
function placesIn(data: ReportRun, drawn: readonly Series[]): (series: Series) => ChartPlace {
  const main = lossOf(data)?.spec.chart ?? null;
  const isFight = drawn.some(({ spec }) => spec.family === "health");
  return ({ spec: { set, family, chart } }) => {
    if (family === "time") return "system";
    if (family === "health") return "health";
    return isFight && family === "loss" && set === "train" && chart !== main ? "health" : "curves";
  };
}

/** The loss first; learning rates, which are told beforehand, last. */
function chartsOf(drawn: readonly Series[]): ChartOf[] {
  const charts = new Map<string, Series[]>();
  for (const series of drawn) {
    const key = series.spec.chart ?? series.name;
    charts.set(key, [...(charts.get(key) ?? []), series]);
  }
  const rank = ({ members }: ChartOf) => ranks[members[0]!.spec.family] ?? 2;
  return [...charts.values()]
    .map((members) => ({ title: members[0]!.spec.chart ?? seriesTitle(members[0]!.spec), members }))
    .sort((a, b) => rank(a) - rank(b));
}

const ranks: Partial<Record<SeriesFamily, number>> = { loss: 0, health: 1, rate: 3 };

function panelOf(data: ReportRun, id: string, title: string, members: readonly Series[]): Panel {
  const shown = members.filter((series) => !isMeanOf(series, members));
  const { reference, range } = shown[0]!.spec;
  return {
    id,
    title,
    description: `${title} over epochs: ${shown.map(({ spec }) => seriesTitle(spec)).join(", ")}`,
    curves: shown.map((series, color) =>
      curveOf(series, data, { label: seriesTitle(series.spec), run: 0, color }, 1000),
    ),
    reference,
    range,
    mixed: true,
    notes: shown.flatMap((series) => gapNote(series, data.run.stepsPerEpoch) ?? []),
  };
}

/** The mean of an epoch of training says nothing beside the curve of its batches. */
function isMeanOf({ spec: { set, name } }: Series, members: readonly Series[]): boolean {
  return set === "seen" && members.some(({ spec }) => spec.per === "step" && spec.name === name);
}
