// The sections of a sweep's page.

import { bestOf } from "../better.ts";
import { formatNumber, shorten } from "../format.ts";
import { type Html, html } from "../html.ts";
import type { Section } from "../page-content.ts";
import type { ReportRun } from "../read-report-runs.ts";
import { badge } from "../run-html.ts";
import type { Importance } from "./importance.ts";
import type { SweepInput } from "./trials.ts";

export function parallelSection(svg: Html): Section {
  return {
    id: "parallel",
    title: "Parallel coordinates",
    body: html`<p class="soft">A line for each trial; yellow is the best result, violet the worst, dashed lines were pruned, grey ones have no result. Drag along an axis to choose a range of it.</p>
<div class="card"><div class="scroll">${svg}</div><p class="soft small"><span data-parallel-count aria-live="polite"></span> <span data-parallel-tip></span></p></div>`,
  };
}

export function importanceSection(rows: readonly Importance[], { values }: SweepInput): Section {
  return {
    id: "importance",
    title: "What matters",
    body: html`<div class="card"><div class="scroll" tabindex="0"><table class="numbers importance"><thead><tr><th scope="col">parameter</th><th scope="col">importance for ${values[0]!.name}</th><th scope="col">best on average</th></tr></thead><tbody>${rows.map(
      ({ parameter, share, best }) =>
        html`<tr><th scope="row">${parameter}</th><td>${share === null ? "too few trials to say" : html`<svg viewBox="0 0 180 12" preserveAspectRatio="none" aria-hidden="true"><rect width="180" height="12" rx="3" class="empty"/><rect width="${Math.round(180 * share)}" height="12" rx="3" class="full"/></svg> ${(100 * share).toFixed(0)} %`}</td><td><bdi>${best ?? "–"}</bdi></td></tr>`,
    )}</tbody></table></div>
<p class="notes">Share of the variance of the trials' ranks that the parameter explains by itself, less what chance explains (epsilon squared of a one-way analysis of variance; numbers of more than six values are cut into four groups of like size). Only complete trials count, the seeds of a configuration as their mean. What parameters do together only is not seen: look at the heat map.</p></div>`,
  };
}

export function heatSection(first: Html): Section {
  const pick = (name: string, words: string) =>
    html`<label class="field">${words} <select data-heat-${name}></select></label>`;
  return {
    id: "heat",
    title: "Any two parameters",
    body: html`<div class="card" data-heat><div class="bar controls">${[pick("x", "Across"), pick("y", "Down"), pick("value", "Color")]}</div>
<div class="scroll" data-heat-plot tabindex="0" role="region" aria-label="Heat map">${first}</div>
<p class="notes">The mean of the complete trials of a cell. Colors are ranks: yellow is the best cell. Numbers of more than twelve values are cut into four groups.</p></div>`,
  };
}

/** Every trial, begun or not. */
export function trialsSection(
  { parameters, values, trials }: SweepInput,
  runs: readonly ReportRun[],
): Section {
  const positions = new Map(runs.map(({ run }, at) => [run.id, at]));
  const best = values.map(({ better }, index) =>
    bestOf(
      trials.map((trial) => (trial.state === "complete" ? (trial.values[index] ?? null) : null)),
      better,
    ),
  );
  const hasSeeds = trials.some(({ seed }) => seed !== null);
  const hasReasons = trials.some(({ reason }) => reason !== null);
  const heads = [
    "trial",
    "state",
    ...(hasReasons ? ["why"] : []),
    ...parameters,
    ...(hasSeeds ? ["seed"] : []),
  ];
  return {
    id: "table",
    title: "All trials",
    body: html`<div class="bar"><label class="field">Filter <input type="search" data-filter placeholder="pruned  batch_size&gt;=32" autocomplete="off" spellcheck="false"></label><span class="soft" data-filter-count aria-live="polite"></span></div>
<div class="scroll" tabindex="0" role="region" aria-label="Table of trials"><table class="numbers sortable trials" data-runs-table>
<thead><tr>${heads.map((name) => headHtml(shortName(name), name))}${values.map(({ name, unit }, index) => headHtml(unit === "" ? name : `${name}, ${unit}`, name, index >= mostPrinted))}</tr></thead>
<tbody>${trials.map(({ number, runId, seed, state, reason, parameters: chosen, values: got }) => {
      const run = runId === null ? undefined : positions.get(runId);
      return html`
<tr data-run="${String(run ?? "")}"><th scope="row">${run === undefined ? String(number) : html`<a href="#about-${run}">${number}</a>`}</th><td>${badge(state)}</td>${hasReasons && html`<td class="reason"><bdi>${shorten(reason ?? "", 400)}</bdi></td>`}${chosen.map((value) => html`<td><bdi>${value ?? "–"}</bdi></td>`)}${hasSeeds && html`<td>${seed}</td>`}${got.map((value, index) => html`<td${index >= mostPrinted && html` class="extra"`} data-key="${value === null ? "" : String(value)}">${value === null ? "–" : value === best[index] && state === "complete" ? html`<span class="best">${formatNumber(value)}</span>` : formatNumber(value)}</td>`)}</tr>`;
    })}
</tbody></table></div>`,
  };
}

/** "train.optimizer.learning_rate" -> "optimizer.learning_rate": the last two words say enough. */
export function shortName(path: string): string {
  return path.split(".").slice(-2).join(".");
}

/** Values of a trial that paper has room for. */
export const mostPrinted = 5;

export function headHtml(text: string, title: string, isExtra = false): Html {
  return html`<th scope="col" aria-sort="none"${isExtra && html` class="extra"`}><button type="button" data-sort title="${title}">${text}</button></th>`;
}
