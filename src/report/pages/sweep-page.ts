// A sweep: which parameters matter, which values are good, what every trial came to.

import { runPanels } from "../curve-panels.ts";
import { formatNumber, plural } from "../format.ts";
import { html } from "../html.ts";
import { bestLossOf } from "../measures.ts";
import { numberPool } from "../numbers.ts";
import { groupData, isLargePage, type PageContent, type PageInput, panelData } from "../page-content.ts";
import { pictureNumbers } from "../pictures.ts";
import { runGroups, runNames } from "../run-names.ts";
import { runTable } from "../run-table.ts";
import type { Thinning } from "../sample-grid.ts";
import { aboutSection, curvesSection, leadHtml, listed, samplesSection, tableSection } from "../sections.ts";
import { heatMapSvg } from "../sweep/heat-map.ts";
import { importances } from "../sweep/importance.ts";
import { parallelAxes, parallelSvg } from "../sweep/parallel.ts";
import { heatSection, importanceSection, parallelSection, trialsSection } from "../sweep/sweep-html.ts";
import { type SweepInput, trialsOfRuns } from "../sweep/trials.ts";

/** Sample grids of hundreds of trials are nothing to look at: the best ones' are. */
const mostSampled = 8;

export function sweepPage({ runs, sweep: given }: PageInput, thinning: Thinning): PageContent {
  const sweep = given ?? trialsOfRuns(runs, `${runs.length} runs as a sweep`);
  const names = runNames(runs);
  const groups = runGroups(runs, names, (run) => bestLossOf(run) ?? Number.NaN);
  const panels = runPanels(runs, names, groups);
  const pictures = pictureNumbers();
  const numbers = numberPool();
  const best = bestRuns(
    sweep,
    runs.map(({ run }) => run.id),
  );
  const axes = parallelAxes(sweep);
  // Rows of the grid keep the numbers of the page's runs.
  const samples = samplesSection(
    runs.map((data, at) => (best.has(at) ? data : { ...data, images: [] })),
    names,
    pictures,
    thinning,
  );
  const cells = sweep.trials.map(({ parameters, values }) => ({
    x: parameters[0] ?? null,
    y: parameters[Math.min(1, sweep.parameters.length - 1)] ?? null,
    value: values[0] ?? null,
  }));
  const heat = heatMapSvg(cells, {
    x: sweep.parameters[0] ?? "",
    y: sweep.parameters[Math.min(1, sweep.parameters.length - 1)] ?? "",
    value: sweep.values[0]!.name,
    better: sweep.values[0]!.better,
    format: formatNumber,
  });
  return {
    kind: "sweep",
    title: sweep.name,
    isLarge: isLargePage(runs.length),
    badge: null,
    lead: leadHtml(leadOf(sweep)),
    sections: listed([
      sweep.parameters.length > 0 && parallelSection(parallelSvg(sweep, axes)),
      sweep.parameters.length > 0 && importanceSection(importances(sweep), sweep),
      sweep.parameters.length > 0 && heatSection(heat),
      curvesSection(panels, groups),
      given === null ? tableSection(runs, runTable(runs, names)) : trialsSection(sweep, runs),
      {
        ...samples.section,
        body: html`${runs.length > mostSampled && html`<p class="soft">Of the ${mostSampled} best trials.</p>`}${samples.section.body}`,
      },
      aboutSection(runs, names),
    ]),
    data: {
      runs: names,
      groups: groupData(groups),
      panels: panelData(panels, numbers),
      mixedPanels: false,
      numbers: numbers.entries(),
      samples: samples.data,
      sweep: {
        parameters: sweep.parameters,
        values: sweep.values,
        trials: sweep.trials.map(({ number, state, parameters, values }) => ({
          number,
          state,
          parameters,
          values: values.map((value) => (value !== null && Number.isFinite(value) ? value : null)),
        })),
        parallel: {
          names: axes.map(({ name }) => name),
          positions: sweep.trials.map((_, trial) => axes.map(({ places }) => places[trial])),
          words: sweep.trials.map((_, trial) => axes.map(({ words }) => words[trial])),
        },
      },
    },
    panels,
    hashes: pictures.hashes(),
  };
}

/** Positions of the runs whose samples are shown. */
function bestRuns({ trials, values }: SweepInput, runIds: readonly string[]): ReadonlySet<number> {
  const sign = values[0]?.better === "higher" ? -1 : 1;
  const scoreOf = new Map(trials.map(({ runId, values }) => [runId, sign * (values[0] ?? Number.NaN)]));
  const score = (id: string) => {
    const value = scoreOf.get(id) ?? Number.NaN;
    return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
  };
  const ranked = [...runIds.keys()].sort((a, b) => score(runIds[a]!) - score(runIds[b]!) || a - b);
  return new Set(ranked.slice(0, mostSampled));
}

function leadOf({ trials, values, parameters }: SweepInput): string {
  const count = (state: string) => trials.filter((trial) => trial.state === state).length;
  const states = (["complete", "pruned", "running", "failed"] as const)
    .filter((state) => count(state) > 0)
    .map((state) => `${count(state)} ${state}`);
  return `${plural(trials.length, "trial")} (${states.join(", ")}) over ${plural(parameters.length, "parameter")}, judged by ${values[0]!.name}.`;
}
