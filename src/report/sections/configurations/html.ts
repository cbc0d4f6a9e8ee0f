// Configurations of a sweep with several seeds: mean and spread of what their trials came to.

import { formatRepeats } from "../../../runs/format/numbers.ts";
import { betterWords } from "../../better-words.ts";
import { hasLongWord } from "../../elements.ts";
import { html } from "../../html.ts";
import { section } from "../../section.ts";
import {
  bestValues,
  type Configuration,
  configurationsOf,
  mostPrinted,
  shortName,
  trialStates,
  withUnit,
} from "../../sweep/trials.ts";
import { sortHead } from "../table/sortable.ts";

export const configurations = section({
  id: "configurations",
  title: "Configurations over their seeds",
  model({ sweep }) {
    if (sweep === null) return null;
    const configurations = configurationsOf(sweep);
    // Where every configuration was trained once, the trials say it all.
    if (configurations.length === sweep.trials.length) return null;
    const best = bestValues(
      sweep,
      configurations.map(({ means }) => means),
    );
    return { sweep, configurations, best };
  },
  html: ({
    sweep,
    configurations,
    best,
  }) => html`<div class="scroll" tabindex="0" role="region" aria-label="Table of configurations"><table class="numbers sortable">
<thead><tr>${[...sweep.parameters, "trials"].map((name) => sortHead({ text: shortName(name), title: name }))}${sweep.values.map(({ name, unit, better }, index) => sortHead({ text: withUnit(name, unit), title: betterWords(better), kind: index >= mostPrinted ? "extra" : null }))}</tr></thead>
<tbody>${configurations.map(
    ({ parameters, trials, values, means }) => html`
<tr>${parameters.map((value, index) => (index === 0 ? html`<th scope="row"><bdi>${value ?? "–"}</bdi></th>` : html`<td${hasLongWord(value) && html` class="long"`}><bdi>${value ?? "–"}</bdi></td>`))}<td>${countWords(trials)}</td>${values.map((value, index) => html`<td${index >= mostPrinted && html` class="extra"`} data-key="${value === null ? "" : String(value.mean)}">${value === null ? "–" : means[index] !== null && means[index] === best[index] ? html`<span class="best">${formatRepeats(value)}</span>` : formatRepeats(value)}</td>`)}</tr>`,
  )}
</tbody></table></div>
<p class="soft small">Mean and sample standard deviation of the complete trials of a configuration; one of which a seed diverged is never the best.</p>`,
});

/** Such as "2 complete, 1 diverged". */
function countWords(trials: Configuration["trials"]): string {
  return trialStates
    .map((state) => ({ state, count: trials.filter((trial) => trial.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${count} ${state}`)
    .join(", ");
}
