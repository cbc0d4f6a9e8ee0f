// Every trial of a sweep, begun or not, and why it ended.

import { badge } from "../../elements.ts";
import { formatNumber, shorten } from "../../format.ts";
import { html } from "../../html.ts";
import { section } from "../../section.ts";
import { bestValues, mostPrinted, shortName } from "../../sweep/trials.ts";
import { sortHead } from "../table/sort-head.ts";

export const trials = section({
  id: "table",
  title: "All trials",
  model({ sweep, runs }) {
    if (sweep === null) return null;
    const complete = sweep.trials.filter(({ state }) => state === "complete");
    const best = bestValues(
      sweep,
      complete.map(({ values }) => values),
    );
    return { ...sweep, best, positions: new Map(runs.map(({ run }, at) => [run.id, at])) };
  },
  html({ parameters, values, trials, best, positions }) {
    const hasSeeds = trials.some(({ seed }) => seed !== null);
    const hasReasons = trials.some(({ reason }) => reason !== null);
    const heads = [
      "trial",
      "state",
      ...(hasReasons ? ["why"] : []),
      ...parameters,
      ...(hasSeeds ? ["seed"] : []),
    ];
    return html`<div class="bar"><label class="field">Filter <input type="search" data-filter placeholder="pruned  batch_size&gt;=32" autocomplete="off" spellcheck="false"></label><span class="soft" data-filter-count aria-live="polite"></span></div>
<div class="scroll" tabindex="0" role="region" aria-label="Table of trials"><table class="numbers sortable trials" data-runs-table>
<thead><tr>${heads.map((name) => sortHead(shortName(name), name))}${values.map(({ name, unit }, index) => sortHead(unit === "" ? name : `${name}, ${unit}`, name, index >= mostPrinted))}</tr></thead>
<tbody>${trials.map(({ number, runId, seed, state, reason, parameters: chosen, values: got }) => {
      const run = runId === null ? undefined : positions.get(runId);
      return html`
<tr data-run="${String(run ?? "")}"><th scope="row">${run === undefined ? String(number) : html`<a href="#about-${run}">${number}</a>`}</th><td>${badge(state)}</td>${hasReasons && html`<td class="reason"><bdi>${shorten(reason ?? "", 400)}</bdi></td>`}${chosen.map((value) => html`<td><bdi>${value ?? "–"}</bdi></td>`)}${hasSeeds && html`<td>${seed}</td>`}${got.map((value, index) => html`<td${index >= mostPrinted && html` class="extra"`} data-key="${value === null ? "" : String(value)}">${value === null ? "–" : value === best[index] && state === "complete" ? html`<span class="best">${formatNumber(value)}</span>` : formatNumber(value)}</td>`)}</tr>`;
    })}
</tbody></table></div>`;
  },
});
