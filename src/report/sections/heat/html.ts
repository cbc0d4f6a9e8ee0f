import { html } from "../../html.ts";
import { section } from "../../section.ts";
import { importances } from "../importance/model.ts";
import type { HeatData } from "./data.ts";
import { heatMapOf } from "./model.ts";

/** Of what is judged, the final loss and the time per epoch. */
const mostFigures = 3;

export const heat = section({
  id: "heat",
  title: "Any two parameters",
  model({ sweep }): HeatData | null {
    if (sweep === null) return null;
    const { parameters, values, trials } = sweep;
    const [first, second = first] = importances(sweep).map(({ parameter }) => parameters.indexOf(parameter));
    if (first === undefined || second === undefined) return null;
    return {
      parameters,
      values,
      trials: trials.map(({ state, parameters, values }) => ({
        state,
        parameters,
        values: values.map((value) => (value !== null && Number.isFinite(value) ? value : null)),
      })),
      shown: [first, second],
    };
  },
  html(model) {
    const pick = (name: string, words: string) =>
      html`<label class="field">${words} <select data-heat-${name}></select></label>`;
    return html`<div class="card" data-heat><div class="bar controls">${[pick("x", "Across"), pick("y", "Down"), pick("value", "Color")]}</div>
<div class="scroll" data-heat-plot tabindex="0" role="region" aria-label="Heat map">${heatMapOf(model, ...model.shown, 0)}</div>
<p class="notes">The mean of the complete trials of a cell. Colors are ranks: yellow is the best cell; the larger the share of its trials that diverged, the further behind it stands. Numbers of more than twelve values are cut into four groups.</p></div>`;
  },
  data: (heat) => ({ heat }),
  figures: (model) =>
    model.values.slice(0, mostFigures).map(({ name }, value) => ({
      name: `heat-map-${name}`,
      svg: heatMapOf(model, ...model.shown, value),
    })),
});
