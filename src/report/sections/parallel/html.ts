// Parallel coordinates as SVG: an axis for each parameter and one for the result, a line for each trial. Brushing is the
// script's.

import { shorten } from "../../../runs/format/words.ts";
import { type Html, html } from "../../html.ts";
import { neutral, valueColor } from "../../palette.ts";
import { section } from "../../section.ts";
import { type SweepInput, shortName } from "../../sweep/trials.ts";
import { type ParallelAxis, parallelAxes } from "./model.ts";

const height = 340;
const top = 46;
const bottom = 40;
const side = 80;

export const parallel = section({
  id: "parallel",
  title: "Parallel coordinates",
  model({ sweep }) {
    if (sweep === null || sweep.parameters.length === 0) return null;
    const axes = parallelAxes(sweep);
    return { sweep, axes, svg: parallelSvg(sweep, axes) };
  },
  html: ({
    svg,
  }) => html`<p class="soft">A line for each trial; yellow is the best result, violet the worst, dashed lines were pruned, grey ones have no result. Drag along an axis to choose a range of it.</p>
<div class="card"><div class="scroll">${svg}</div><p class="soft small"><span data-parallel-count aria-live="polite"></span> <span data-parallel-tip></span></p></div>`,
  data: ({ sweep, axes }) => ({
    parallel: {
      axes: axes.map(({ name }) => name),
      trials: sweep.trials.map(({ number, seed, state, reason }, trial) => ({
        number,
        seed,
        state,
        reason: reason === null ? null : shorten(reason, 300),
        places: axes.map(({ places }) => places[trial]!),
        words: axes.map(({ words }) => words[trial]!),
      })),
    },
  }),
  figures: ({ svg }) => [{ name: "parallel-coordinates", svg }],
});

/** Color is the result's rank: yellow is best. Pruned trials are dashed, those without a result grey. */
export function parallelSvg(sweep: SweepInput, axes: readonly ParallelAxis[]): Html {
  const between = Math.min(205, Math.max(150, 1100 / Math.max(1, axes.length - 1)));
  const width = 2 * side + between * Math.max(1, axes.length - 1);
  const plot = height - top - bottom;
  const x = (axis: number) => side + axis * between;
  const y = (share: number) => top + share * plot;
  const result = axes.at(-1)!;
  const isUnranked = sweep.values[0]!.better === "none";
  const sorted = result.places.filter((place) => place <= 1).sort((a, b) => a - b);
  const goodness = (place: number) => 1 - sorted.indexOf(place) / Math.max(1, sorted.length - 1);
  const lines = sweep.trials.map(({ number, state, reason }, trial) => {
    const place = result.places[trial]!;
    const color = place > 1 || isUnranked ? neutral : valueColor(goodness(place));
    const points = axes.map(({ places }, axis) => `${x(axis)},${y(places[trial]!).toFixed(1)}`).join(" ");
    return {
      place,
      state,
      svg: html`<polyline points="${points}" stroke="${color}" class="${state}" data-trial="${trial}"><title>trial ${number}, ${state}${reason !== null && html`: ${shorten(reason, 300)}`}</title></polyline>`,
    };
  });
  // The best ones on top.
  const ordered = [...lines].sort((a, b) => b.place - a.place);
  return html`<svg class="parallel" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" data-parallel="" role="group" aria-label="Parallel coordinates of ${sweep.trials.length} trials">
<g class="trials">${ordered.map(({ svg }) => svg)}</g>
${axes.map(
  (
    { name, ticks },
    axis,
  ) => html`<g class="axis"><line x1="${x(axis)}" x2="${x(axis)}" y1="${top}" y2="${top + plot}"/>
<text x="${x(axis)}" y="${axis % 2 === 0 ? 16 : 32}" text-anchor="middle" class="axis-name">${shorten(shortName(name), 26)}<title>${name}</title></text>
${ticks.map(({ at, text }) => html`<text x="${x(axis) + 7}" y="${y(at) + 4}" class="tick">${text}</text>`)}
<rect data-brush="${axis}" x="${x(axis) - 9}" width="18" y="0" height="0" visibility="hidden" class="brush"/>
<rect data-axis-area="${axis}" data-top="${top}" data-height="${plot}" x="${x(axis) - 16}" y="${top - 8}" width="32" height="${plot + 34}" class="axis-area" tabindex="0" role="slider" aria-label="Range of ${name}: arrow keys choose, Escape clears" aria-valuenow="0"/></g>`,
)}
</svg>`;
}
