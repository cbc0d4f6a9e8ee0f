// The grid of sample images: one slider of epochs for all runs. client/samples.js moves it.

import { type Html, html } from "./html.ts";
import type { Pictures } from "./pictures.ts";
import type { SampleColumn, SampleGrid, Samples } from "./sample-grid.ts";

const setNames = { seen: "Seen in training", unseen: "Not seen in training" } as const;

/** `start` is the position of the epoch shown first. */
export function sampleGridsHtml(samples: Samples, pictures: Pictures, start: number): Html {
  const { epochs, grids } = samples;
  if (grids.length === 0) return html`<p class="soft">No sample images were stored.</p>`;
  return html`<div data-samples>
<div class="bar controls epoch-bar"><button type="button" class="play" data-play aria-pressed="false">▶ Play</button>
<label class="field wide">Epoch <output data-epoch-name>${epochs[start] ?? 0}</output> <input type="range" min="0" max="${Math.max(0, epochs.length - 1)}" value="${start}" step="1" data-epoch aria-valuetext="epoch ${epochs[start] ?? 0}"></label>
<span class="soft small">Arrow keys walk over pictures, <kbd>,</kbd> and <kbd>.</kbd> over epochs; Enter compares.</span></div>
${grids.map((grid, index) => gridHtml(grid, index, epochs[start] ?? 0, start, pictures))}
</div>`;
}

function gridHtml(grid: SampleGrid, index: number, epoch: number, start: number, pictures: Pictures): Html {
  const { columns, rows, images } = grid;
  const tile = (row: string, rowName: string, column: number, hash: string | null) => {
    const { set, imageId } = columns[column]!;
    const edge = column > 0 && columns[column - 1]!.set !== set && html` class="edge"`;
    const alt = `${imageId}, ${set}, ${rowName}`;
    return html`<td${edge}><button type="button" class="tile" tabindex="-1" data-grid="${index}" data-row="${row}" data-column="${column}"><img alt="${alt}" decoding="async"${hash !== null && html` data-blob="${pictures.number(hash)}"`}></button></td>`;
  };
  return html`${images !== null && html`<h3><bdi>${images}</bdi></h3>`}<div class="scroll" tabindex="0" role="region" aria-label="Sample images"><table class="grid">
<thead><tr><td></td>${setHeads(columns)}</tr></thead><tbody>
<tr class="truth"><th scope="row">Real</th>${columns.map(({ real }, column) => tile("real", "real colors", column, real))}</tr>
<tr class="truth last"><th scope="row">Grey</th>${columns.map(({ grey }, column) => tile("grey", "black and white", column, grey))}</tr>
${rows.map(
  (
    { run, name, cells },
    row,
  ) => html`<tr data-run="${run}"><th scope="row"><bdi>${name}</bdi><span class="late" data-late></span></th>${columns.map((_, column) => tile(String(row), `${name}, epoch ${epoch}`, column, cells[start]?.[column] ?? null))}</tr>
`,
)}</tbody></table></div>`;
}

function setHeads(columns: readonly SampleColumn[]): Html[] {
  return (["seen", "unseen"] as const).flatMap((set) => {
    const count = columns.filter((column) => column.set === set).length;
    return count === 0
      ? []
      : [html`<th scope="colgroup" colspan="${count}" class="${set}">${setNames[set]}</th>`];
  });
}

/** One run, a row for each epoch: the study's figure. */
export function epochsGridHtml({ epochs, grids }: Samples, pictures: Pictures): Html {
  const [grid] = grids;
  const [row] = grid?.rows ?? [];
  if (grid === undefined || row === undefined) return html``;
  const { columns } = grid;
  const line = (name: string, hashes: readonly (string | null)[]) =>
    html`<tr><th scope="row">${name}</th>${columns.map(({ set, imageId }, column) => {
      const hash = hashes[column] ?? null;
      const isEdge = column > 0 && columns[column - 1]!.set !== set;
      return html`<td${isEdge && html` class="edge"`}>${hash !== null && html`<img class="still" data-blob="${pictures.number(hash)}" alt="${imageId}, ${set}, ${name}" decoding="async">`}</td>`;
    })}</tr>
`;
  return html`<details open><summary>Every epoch</summary><div class="scroll" tabindex="0" role="region" aria-label="Sample images of every epoch"><table class="grid"><thead><tr><td></td>${setHeads(columns)}</tr></thead><tbody>
${line(
  "Real",
  columns.map(({ real }) => real),
)}${line(
  "Grey",
  columns.map(({ grey }) => grey),
)}${epochs.map((epoch, at) => line(`Epoch ${epoch}`, row.cells[at]!))}</tbody></table></div></details>`;
}

/** The same for the script: numbers of pictures, and metrics where there are any. */
export function sampleData({ epochs, grids }: Samples, pictures: Pictures) {
  return {
    epochs,
    grids: grids.map(({ columns, rows }) => ({
      columns: columns.map(({ set, imageId, real, grey }) => ({
        set,
        name: imageId,
        real: pictures.number(real),
        grey: pictures.number(grey),
      })),
      rows: rows.map(({ run, name, cells, metrics }) => ({
        run,
        name,
        cells: cells.map((row) => row.map((hash) => pictures.number(hash))),
        metrics: metrics.some((row) => row.some((values) => Object.keys(values).length > 0)) ? metrics : null,
      })),
    })),
  };
}
