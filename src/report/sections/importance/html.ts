import { html } from "../../html.ts";
import { section } from "../../section.ts";
import { importances } from "./model.ts";

export const importance = section({
  id: "importance",
  title: "What matters",
  model: ({ sweep }) =>
    sweep === null || sweep.parameters.length === 0
      ? null
      : { judgedBy: sweep.values[0]!.name, rows: importances(sweep) },
  html: ({
    judgedBy,
    rows,
  }) => html`<div class="card"><div class="scroll" tabindex="0"><table class="numbers importance"><thead><tr><th scope="col">parameter</th><th scope="col">importance for ${judgedBy}</th><th scope="col">best on average</th></tr></thead><tbody>${rows.map(
    ({ parameter, share, best }) =>
      html`<tr><th scope="row">${parameter}</th><td>${share === null ? "too few trials to say" : html`<svg viewBox="0 0 180 12" preserveAspectRatio="none" aria-hidden="true"><rect width="180" height="12" rx="3" class="empty"/><rect width="${Math.round(180 * share)}" height="12" rx="3" class="full"/></svg> ${(100 * share).toFixed(0)} %`}</td><td><bdi>${best ?? "–"}</bdi></td></tr>`,
  )}</tbody></table></div>
<p class="notes">Share of the variance of the trials' ranks that the parameter explains by itself, less what chance explains (epsilon squared of a one-way analysis of variance; numbers of more than six values are cut into four groups of like size). Complete trials count, the seeds of a configuration as their mean; one of which a seed diverged is the worst. What parameters do together only is not seen: look at the heat map.</p></div>`,
});
