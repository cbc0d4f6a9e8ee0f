// Every trial of a sweep, begun or not, and why it ended.

import { formatNumber } from "../../../runs/format/numbers.ts";
import { shorten } from "../../../runs/format/words.ts";
import { badge, hasLongWord } from "../../elements.ts";
import { html } from "../../html.ts";
import { section } from "../../section.ts";
import { bestValues, mostPrinted, shortName, withUnit } from "../../sweep/trials.ts";
import { filterBar, type Head, sortHead } from "../table/sortable.ts";

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
    const heads: Head[] = [
      { text: "trial", field: "trial" },
      { text: "state", field: "state" },
      ...(hasReasons ? [{ text: "why" }] : []),
      ...parameters.map((name) => ({ text: shortName(name), title: name, field: `config.${name}` })),
      ...(hasSeeds ? [{ text: "seed", field: "seed" }] : []),
      ...values.map(({ name, unit }, index) => ({
        text: withUnit(name, unit),
        title: name,
        kind: index >= mostPrinted ? "extra" : null,
      })),
    ];
    return html`${filterBar("pruned  batch_size>=32")}
<div class="scroll" tabindex="0" role="region" aria-label="Table of trials"><table class="numbers sortable trials" data-runs-table>
<thead><tr>${heads.map(sortHead)}</tr></thead>
<tbody>${trials.map(({ number, runId, seed, state, reason, parameters: chosen, values: got }) => {
      const run = runId === null ? undefined : positions.get(runId);
      return html`
<tr data-run="${String(run ?? "")}"><th scope="row">${run === undefined ? String(number) : html`<a href="#about-${run}">${number}</a>`}</th><td>${badge(state)}</td>${hasReasons && html`<td class="reason"><bdi>${shorten(reason ?? "", 400)}</bdi></td>`}${chosen.map((value) => html`<td${hasLongWord(value) && html` class="long"`}><bdi>${value ?? "–"}</bdi></td>`)}${hasSeeds && html`<td>${seed}</td>`}${got.map((value, index) => html`<td${index >= mostPrinted && html` class="extra"`} data-key="${value === null ? "" : String(value)}">${value === null ? "–" : value === best[index] && state === "complete" ? html`<span class="best">${formatNumber(value)}</span>` : formatNumber(value)}</td>`)}</tr>`;
    })}
</tbody></table></div>`;
  },
});
