// Sections that several pages have.

import { emergenceHtml } from "./emergence-html.ts";
import { emergenceComparison } from "./emergence-model.ts";
import { type Html, html } from "./html.ts";
import type { Section } from "./page-content.ts";
import { legendHtml, panelsHtml } from "./panel-html.ts";
import type { Panel } from "./panels.ts";
import type { Pictures } from "./pictures.ts";
import type { ReportRun } from "./read-report-runs.ts";
import { aboutRunHtml } from "./run-html.ts";
import type { RunGroup } from "./run-names.ts";
import { originsOf, type RunTable } from "./run-table.ts";
import { runTableHtml } from "./run-table-html.ts";
import { type Samples, sampleGrids, type Thinning } from "./sample-grid.ts";
import { sampleData, sampleGridsHtml } from "./sample-grid-html.ts";

/** Beyond so many, runs are not described one by one. */
const mostDescribed = 100;

export function curvesSection(panels: readonly Panel[], groups: readonly RunGroup[]): Section {
  const body =
    panels.length === 0
      ? html`<p class="soft">No loss was logged, nor anything else to draw.</p>`
      : panelsHtml(panels, { shown: 4, smoothing: 0 }, legendHtml(groups));
  return { id: "curves", title: "Curves", body };
}

export function tableSection(runs: readonly ReportRun[], table: RunTable): Section {
  const settings = table.columns.filter(({ kind }) => kind === "setting");
  return {
    id: "table",
    title: "What differs, and what came of it",
    body: html`${warnings(runs).map((warning) => html`<p class="soft">${warning}</p>`)}
${settings.length === 0 && html`<p class="soft">All settings are the same.</p>`}
${runTableHtml(table)}`,
  };
}

export type SampleSection = {
  readonly section: Section;
  readonly data: object | null;
  readonly samples: Samples;
};

/** Starts at the last epoch. */
export function samplesSection(
  runs: readonly ReportRun[],
  names: readonly string[],
  pictures: Pictures,
  thinning: Thinning,
  startEpoch: (epochs: readonly number[]) => number = (epochs) => epochs.length - 1,
): SampleSection {
  const samples = sampleGrids(runs, names, thinning);
  const start = Math.max(0, startEpoch(samples.epochs));
  const body = html`${samples.grids.length > 0 && html`<p class="soft">${runs.length > 1 ? "The same images in every run, at the same epoch." : "The same images as training goes on."} Click one to compare it closely and to see its history.</p>`}${sampleGridsHtml(samples, pictures, start)}`;
  return {
    samples,
    section: { id: "samples", title: "Samples", body },
    data: samples.grids.length === 0 ? null : { ...sampleData(samples, pictures), start },
  };
}

export function emergenceSection(runs: readonly ReportRun[], names: readonly string[]): Section | null {
  const table = emergenceComparison(runs, names);
  return table && { id: "emergence", title: "Emergence of color", body: emergenceHtml(table) };
}

export function aboutSection(runs: readonly ReportRun[], names: readonly string[]): Section {
  const described = runs.slice(0, mostDescribed);
  const rest = runs.length - described.length;
  return {
    id: "about",
    title: "About the runs",
    body: html`${described.map((data, at) => aboutRunHtml(data, at, names[at]!))}${rest > 0 && html`<p class="soft">and ${rest} more, which <code>hueristic show</code> describes.</p>`}`,
  };
}

/** What makes a comparison unfair. */
export function warnings(runs: readonly ReportRun[]): string[] {
  const differ = (values: readonly unknown[]) => new Set(values).size > 1;
  return [
    differ(originsOf("unseen/loss", runs).map(({ spec }) => spec.compares)) &&
      "Losses of different kinds (squared error, pix2pix's L1 distance) are not comparable: no best loss is marked.",
    differ(runs.map(({ run }) => run.datasetFingerprint)) &&
      "The runs were made on different data: their values are not of the same images, and no best one is marked.",
    differ(
      runs.map(({ run }) => `${run.provenance.host} ${run.provenance.cpu} ${run.engine} ${run.device}`),
    ) && "The runs were made on different computers, engines or devices: their times do not compare.",
    differ(runs.map(({ run }) => run.provenance.gitCommit)) &&
      "The runs were made with different versions of the code.",
  ].filter((warning) => warning !== false);
}

export function listed(sections: readonly (Section | null | false)[]): Section[] {
  return sections.filter((section): section is Section => section !== null && section !== false);
}

export function leadHtml(text: string): Html {
  return html`<p class="lead">${text}</p>`;
}
