// Configurations of a sweep with several seeds: mean and spread of what their trials came to.

import { bestOf, betterWords } from "../better.ts";
import { formatNumber } from "../format.ts";
import { html } from "../html.ts";
import type { Section } from "../page-content.ts";
import { headHtml, mostPrinted, shortName } from "./sweep-html.ts";
import {
  type Configuration,
  configurationsOf,
  type Summary,
  type SweepInput,
  trialStates,
} from "./trials.ts";

/** null where every configuration was trained once: the trials say it all. */
export function configurationsSection(sweep: SweepInput): Section | null {
  const configurations = configurationsOf(sweep);
  if (configurations.length === sweep.trials.length) return null;
  const best = sweep.values.map(({ better }, index) =>
    bestOf(
      configurations.map(({ values }) => values[index]?.mean ?? null),
      better,
    ),
  );
  return {
    id: "configurations",
    title: "Configurations over their seeds",
    body: html`<div class="scroll" tabindex="0" role="region" aria-label="Table of configurations"><table class="numbers sortable">
<thead><tr>${[...sweep.parameters, "trials"].map((name) => headHtml(shortName(name), name))}${sweep.values.map(({ name, unit, better }, index) => headHtml(unit === "" ? name : `${name}, ${unit}`, betterWords(better), index >= mostPrinted))}</tr></thead>
<tbody>${configurations.map(
      ({ parameters, trials, values }) => html`
<tr>${parameters.map((value, index) => (index === 0 ? html`<th scope="row"><bdi>${value ?? "–"}</bdi></th>` : html`<td><bdi>${value ?? "–"}</bdi></td>`))}<td>${countWords(trials)}</td>${values.map((value, index) => html`<td${index >= mostPrinted && html` class="extra"`} data-key="${value === null ? "" : String(value.mean)}">${value === null ? "–" : value.mean === best[index] ? html`<span class="best">${summaryText(value)}</span>` : summaryText(value)}</td>`)}</tr>`,
    )}
</tbody></table></div>
<p class="soft small">Mean and sample standard deviation of the complete trials of a configuration.</p>`,
  };
}

/** Such as "2 complete, 1 diverged". */
function countWords(trials: Configuration["trials"]): string {
  return trialStates
    .map((state) => ({ state, count: trials.filter((trial) => trial.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${count} ${state}`)
    .join(", ");
}

/** "0.0323 ± 0.0003". */
export function summaryText({ mean, spread }: Summary): string {
  return spread === null ? formatNumber(mean) : `${formatNumber(mean)} ± ${Number(spread.toPrecision(2))}`;
}
