// A sweep: which parameters matter, which values are good, what every trial came to.

import { rankOf } from "../better.ts";
import { runPanels } from "../curve-panels.ts";
import { formatNumber, plural, shorten } from "../format.ts";
import { html } from "../html.ts";
import { comparedData, isLargePage, type PageContent, type PageInput } from "../page-content.ts";
import { pictureNumbers } from "../pictures.ts";
import type { ReportRun } from "../read-report-runs.ts";
import { runGroups, runNames } from "../run-names.ts";
import { runTable } from "../run-table.ts";
import type { Thinning } from "../sample-grid.ts";
import { aboutSection, curvesSection, leadHtml, listed, samplesSection, tableSection } from "../sections.ts";
import { configurationsSection, summaryText } from "../sweep/configurations-html.ts";
import { heatMapSvg } from "../sweep/heat-map.ts";
import { type Importance, importances } from "../sweep/importance.ts";
import { parallelAxes, parallelSvg } from "../sweep/parallel.ts";
import { heatSection, importanceSection, parallelSection, trialsSection } from "../sweep/sweep-html.ts";
import {
  type Configuration,
  configurationsOf,
  type SweepInput,
  trialStates,
  trialsOfRuns,
} from "../sweep/trials.ts";

/** Sample grids of hundreds of trials are nothing to look at: the best ones' are. */
const mostSampled = 8;

export function sweepPage({ runs, sweep: given }: PageInput, thinning: Thinning): PageContent {
  const sweep = given ?? trialsOfRuns(runs, `${runs.length} runs as a sweep`);
  const names = runNames(runs);
  const groups = runGroups(runs, names, scores(sweep));
  const panels = runPanels(runs, names, groups);
  const pictures = pictureNumbers();
  const best = bestRuns(sweep, runs);
  const axes = parallelAxes(sweep);
  const parallel = sweep.parameters.length === 0 ? null : parallelSvg(sweep, axes);
  // Rows of the grid keep the numbers of the page's runs.
  const samples = samplesSection(
    runs.map((data, at) => (best.has(at) ? data : { ...data, images: [] })),
    names,
    pictures,
    thinning,
  );
  const importance = importances(sweep);
  const heats = heatMaps(sweep, importance);
  return {
    kind: "sweep",
    title: sweep.name,
    isLarge: isLargePage(runs.length),
    badge: null,
    lead: html`${leadHtml(leadOf(sweep))}${sweep.description !== "" && html`<p><bdi>${sweep.description}</bdi></p>`}`,
    sections: listed([
      parallel !== null && parallelSection(parallel),
      sweep.parameters.length > 0 && importanceSection(importance, sweep),
      heats !== null && heatSection(heats[0]!.svg),
      configurationsSection(sweep),
      runs.length > 0 && curvesSection(panels, groups),
      given === null ? tableSection(runs, runTable(runs, names)) : trialsSection(sweep, runs),
      runs.length > 0 && {
        ...samples.section,
        body: html`${runs.length > mostSampled && html`<p class="soft">Of the ${mostSampled} best trials.</p>`}${samples.section.body}`,
      },
      runs.length > 0 && aboutSection(runs, names),
    ]),
    data: {
      ...comparedData(names, groups, panels),
      samples: samples.data,
      sweep: {
        parameters: sweep.parameters,
        values: sweep.values,
        heat: heats === null ? [] : heats[0]!.parameters,
        trials: sweep.trials.map(({ number, seed, state, reason, parameters, values }) => ({
          number,
          seed,
          state,
          reason: reason === null ? null : shorten(reason, 300),
          parameters,
          values: values.map(finiteOr),
        })),
        parallel: {
          names: axes.map(({ name }) => name),
          positions: sweep.trials.map((_, trial) => axes.map(({ places }) => places[trial])),
          words: sweep.trials.map((_, trial) => axes.map(({ words }) => words[trial])),
        },
      },
    },
    panels,
    figures: [
      ...(parallel === null ? [] : [{ name: "parallel-coordinates", svg: parallel }]),
      ...(heats ?? []).map(({ value, svg }) => ({ name: `heat-map-${value}`, svg })),
    ],
    hashes: pictures.hashes(),
  };
}

/** Of what is judged, the final loss and the time per epoch. */
const mostHeatMaps = 3;

/** Over the two parameters that matter most, or the only one; null where there is none. */
function heatMaps(sweep: SweepInput, importance: readonly Importance[]) {
  const [first, second = first] = importance.map(({ parameter }) => sweep.parameters.indexOf(parameter));
  if (first === undefined || second === undefined) return null;
  return sweep.values.slice(0, mostHeatMaps).map(({ name, unit, better }, index) => ({
    value: name,
    parameters: [first, second] as const,
    svg: heatMapSvg(
      sweep.trials.map(({ parameters, state, values }) => ({
        x: parameters[first] ?? null,
        y: second === first ? null : (parameters[second] ?? null),
        value: state === "complete" ? finiteOr(values[index]) : null,
        state,
      })),
      {
        x: sweep.parameters[first]!,
        y: second === first ? "" : sweep.parameters[second]!,
        value: unit === "" ? name : `${name}, ${unit}`,
        better,
        format: formatNumber,
      },
    ),
  }));
}

function finiteOr(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && Number.isFinite(value) ? value : null;
}

/** Of a run by what its trial is judged by, less is better; NaN where there is nothing. */
function scores({ trials, values }: SweepInput): (run: ReportRun) => number {
  const better = values[0]?.better ?? "lower";
  const scoreOf = new Map(
    trials.map((trial) => [trial.runId, rankOf(trial.values[0] ?? Number.NaN, better)]),
  );
  return ({ run }) => scoreOf.get(run.id) ?? Number.NaN;
}

/** Positions of the runs whose samples are shown. */
function bestRuns(sweep: SweepInput, runs: readonly ReportRun[]): ReadonlySet<number> {
  const score = runs
    .map(scores(sweep))
    .map((value) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value));
  const ranked = [...runs.keys()].sort((a, b) => (score[a]! === score[b]! ? a - b : score[a]! - score[b]!));
  return new Set(ranked.slice(0, mostSampled));
}

function leadOf(sweep: SweepInput): string {
  const { trials, values, parameters, method } = sweep;
  const states = trialStates.flatMap((state) => {
    const count = trials.filter((trial) => trial.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  const searched = method === "" ? "" : `${method}. `;
  return `${searched}${plural(trials.length, "trial")} (${states.join(", ")}) over ${plural(parameters.length, "parameter")}, judged by ${values[0]!.name}${bestWords(sweep)}.`;
}

/** ": 0.0323 ± 0.0003 at best, with adam, 0.0003, 16". */
function bestWords(sweep: SweepInput): string {
  const { better } = sweep.values[0]!;
  const compared = configurationsOf(sweep).filter(({ values }) => values[0] != null);
  const best = compared.reduce<Configuration | null>(
    (found, each) =>
      found === null || rankOf(each.values[0]!.mean, better) < rankOf(found.values[0]!.mean, better)
        ? each
        : found,
    null,
  );
  if (best === null || better === null) return "";
  const settings = sweep.parameters.map(
    (name, index) => `${name.split(".").slice(-2).join(".")} ${best.parameters[index] ?? "–"}`,
  );
  const unit = sweep.values[0]!.unit === "" ? "" : ` ${sweep.values[0]!.unit}`;
  return `: at best ${summaryText(best.values[0]!)}${unit} with ${settings.join(", ")}`;
}
