// Which series of runs stand in which chart.

import { plural } from "../../format.ts";
import type { ReportRun } from "../../read-report-runs.ts";
import type { RunGroup } from "../../run-names.ts";
import { seriesLabel } from "../../series-label.ts";
import { curveOf, gapNote, isLoss, type Panel, pointsPerCurve } from "./panels.ts";

/** Charts of most interest first; others follow in the order in which they were logged. */
const first = ["unseen/loss", "seen/loss", "unseen/psnr", "unseen/ssim", "unseen/color/chroma_ratio"];
/** Of the real images, which do not change; shares of colors stand in tables of their own. */
const notDrawn = /\/real$|^unseen\/emergence\/(?!palette_used|hue_distance)/;
/** In a page of more runs than this, series of every step would be most of it. */
const fewRuns = 40;
/** Values in a page. Each takes about 8 bytes. */
const mostValues = 600_000;

/** One chart for each series, a curve for each run. */
export function runPanels(
  runs: readonly ReportRun[],
  names: readonly string[],
  groups: readonly RunGroup[],
): Panel[] {
  const colorOf = new Map(groups.flatMap(({ runs: members, color }) => members.map((run) => [run, color])));
  const limit = pointsPerCurve(runs.length * 4);
  const panels: Panel[] = [];
  let values = 0;
  for (const name of seriesOf(runs)) {
    const notes: string[] = [];
    const curves = runs.flatMap((data, run) => {
      const series = data.series.find((each) => each.name === name);
      if (series === undefined || series.step.length === 0) return [];
      const note = gapNote(series, data.run.stepsPerEpoch);
      if (note !== null) notes.push(`${names[run]}: ${note}`);
      return [curveOf(series, data, { label: names[run]!, run, color: colorOf.get(run) ?? null }, limit)];
    });
    values += curves.reduce((sum, { value }) => sum + value.length, 0);
    if (panels.length >= 4 && values > mostValues) break;
    const title = seriesLabel(name);
    const description = `${title} of ${plural(curves.length, "run")}; the table of runs has the numbers`;
    panels.push({
      id: `panel-${panels.length}`,
      title,
      description,
      mixed: false,
      curves,
      reference: referenceOf(name),
      range: rangeOf(name),
      notes,
    });
  }
  return panels;
}

function seriesOf(runs: readonly ReportRun[]): string[] {
  const names = [...new Set(runs.flatMap(({ series }) => series.map(({ name }) => name)))];
  const perStep = (name: string) => /^train\/(loss|[GD]_|.*learning_rate|images_per_second)/.test(name);
  const rank = (name: string) => {
    const at = first.indexOf(name);
    return at >= 0 ? at : isLoss(name) ? 10 : name.startsWith("unseen/") ? 11 : perStep(name) ? 13 : 12;
  };
  return names
    .filter((name) => !notDrawn.test(name) && (runs.length <= fewRuns || !perStep(name)))
    .sort((a, b) => rank(a) - rank(b));
}

/** The charts of one run: several series in one frame where they belong together. */
const families = [
  { title: "Loss", of: /^(unseen\/loss|train\/loss|seen\/loss)$/ },
  { title: "Losses of the generator", of: /^train\/G_(L1|GAN|FM)$/ },
  { title: "Losses of the discriminator", of: /^train\/D_(real|fake)$/ },
  { title: "Scores (0.5 is a fair game)", of: /^train\/[GD]_score$/ },
  { title: "Gradient norms", of: /_gradient_norm$/ },
  { title: "Learning rates", of: /learning_rate$/ },
  { title: "Time of an epoch, s", of: /^train\/(epoch|waiting)_seconds$/ },
] as const;

const health = /^(Losses of the|Scores|Gradient)/;
const system = /^(Time of an epoch|train images per second)/;

export type RunPanels = {
  readonly loss: readonly Panel[];
  readonly gan: readonly Panel[];
  readonly system: readonly Panel[];
  readonly others: readonly Panel[];
};

export function singleRunPanels(data: ReportRun): RunPanels {
  const drawn = data.series.filter(({ name, step }) => !notDrawn.test(name) && step.length > 0);
  const taken = new Set<string>();
  const panelOf = (title: string, members: typeof drawn, index: number): Panel => ({
    id: `panel-${index}`,
    title,
    mixed: true,
    description: `${title} over epochs: ${members.map(({ name }) => seriesLabel(name)).join(", ")}`,
    curves: members.map((series, color) =>
      curveOf(series, data, { label: seriesLabel(series.name), run: 0, color }, 1000),
    ),
    reference: members.length > 0 ? referenceOf(members[0]!.name) : null,
    range: members.length > 0 ? rangeOf(members[0]!.name) : null,
    notes: members.flatMap((series) => gapNote(series, data.run.stepsPerEpoch) ?? []),
  });
  // The mean of an epoch says nothing beside the curve of its batches.
  const hasBatches = drawn.some(({ name }) => name === "train/loss");
  const panels = families.flatMap(({ title, of }, index) => {
    const members = drawn.filter(({ name }) => of.test(name));
    for (const { name } of members) taken.add(name);
    const shown = members.filter(({ name }) => !(hasBatches && name === "seen/loss"));
    return shown.length === 0 ? [] : [panelOf(title, shown, index)];
  });
  const single = drawn
    .filter(({ name }) => !taken.has(name))
    .map((series, index) => panelOf(seriesLabel(series.name), [series], families.length + index));
  const isGan = data.series.some(({ name }) => name === "train/D_score");
  const isLast = ({ title }: Panel) => Number(title === "Learning rates");
  const all = [...panels, ...single].sort((a, b) => isLast(a) - isLast(b));
  return {
    loss: all.filter(({ title }) => title === "Loss"),
    gan: isGan ? all.filter(({ title }) => health.test(title)) : [],
    system: all.filter(({ title }) => system.test(title)),
    others: all.filter(
      ({ title }) => title !== "Loss" && !(isGan && health.test(title)) && !system.test(title),
    ),
  };
}

function referenceOf(name: string): number | null {
  if (/^train\/[GD]_score$/.test(name)) return 0.5;
  return name === "unseen/color/chroma_ratio" ? 1 : null;
}

function rangeOf(name: string): readonly [number, number] | null {
  return /_score$|\/palette_used$|average_precision$/.test(name) ? [0, 1] : null;
}
