// Data sets that networks were trained on against those that they were tested on.

import { formatNumber } from "../../../runs/format/numbers.ts";
import { shorten } from "../../../runs/format/words.ts";
import type { Better } from "../../../runs/series.ts";
import { betterWords } from "../../better-words.ts";
import { type Html, html } from "../../html.ts";
import type { PictureNumbers } from "../../pictures/picture-numbers.ts";
import { section } from "../../section.ts";
import { type Samples, sampleGrids, thinnedSamples } from "../samples/model.ts";
import { type CellPictures, cellPictures } from "./cell-pictures.ts";
import { type MatrixCell, type TransferMatrix, transferMatrix } from "./model.ts";

export const matrix = section({
  id: "matrix",
  title: "Trained on, tested on",
  model: ({ runs, names }): Model => ({
    matrix: transferMatrix(runs),
    samples: sampleGrids(runs, names),
    runs: runs.map(({ run }) => run.id),
    hasParts: runs.some(({ measuredSets }) =>
      measuredSets.some(({ partOf, images }) => partOf !== null && partOf !== images),
    ),
  }),
  html: matrixHtml,
  thinned: (model, thinning) => ({ ...model, samples: thinnedSamples(model.samples, thinning) }),
  pictures: ({ matrix: { cells }, samples }) =>
    cells
      .flat()
      .flatMap((cell) => (cell && cellPictures(cell, samples)?.pictures.map(({ hash }) => hash)) ?? []),
});

type Model = {
  readonly matrix: TransferMatrix;
  /** Those of the page, in which the viewer finds what cells show. */
  readonly samples: Samples;
  /** Their ids. */
  readonly runs: readonly string[];
  /** Whether images that a network was trained on are left out of a column. */
  readonly hasParts: boolean;
};

/** All metrics are in every cell; the script shows one of them. */
function matrixHtml({ matrix, samples, runs, hasParts }: Model, pictures: PictureNumbers): Html {
  const { trainedOn, testedOn, own, metrics, cells } = matrix;
  const isUntested = cells.some((row) => row.some((cell, column) => cell === null && own.includes(column)));
  return html`<div class="bar controls"><label class="field">Metric <select data-matrix-metric>${metrics.map(({ name, unit, better }) => html`<option value="${name}">${name}${meaning(unit, better)}</option>`)}</select></label></div>
<div class="scroll" tabindex="0" role="region" aria-label="Matrix of data sets"><table class="matrix">
<thead><tr><th scope="col" class="corner">trained on ↓, tested on →</th>${testedOn.map((name) => html`<th scope="col"><bdi>${shorten(name, 80)}</bdi></th>`)}</tr></thead>
<tbody>${trainedOn.map(
    (name, row) => html`
<tr><th scope="row"><bdi>${shorten(name, 80)}</bdi></th>${testedOn.map((_, column) => html`<td${column === own[row] && html` class="own"`}>${cellHtml(cells[row]![column]!, column, matrix, samples, pictures)}</td>`)}</tr>`,
  )}
</tbody></table></div>
<p class="soft small">A run counts on its own unseen images, and on others where it was evaluated on them. ${hasParts && html`Of unseen images that another network was trained on, none counts for any. `}Several runs of a training set are averaged, where their values compare; pictures are of the first.</p>
${isUntested && html`<p class="soft">Where it says “not tested”, this measures every network on the unseen images of the others, without those that one of them was trained on: <code>hueristic evaluate ${runs.join(" ")} --others</code></p>`}`;
}

/** " (dB, more is better)". */
function meaning(unit: string, better: Better): string {
  const words = [unit, betterWords(better)].filter(Boolean).join(", ");
  return words === "" ? "" : ` (${words})`;
}

function cellHtml(
  cell: MatrixCell | null,
  column: number,
  { metrics, best }: TransferMatrix,
  samples: Samples,
  pictures: PictureNumbers,
): Html {
  if (cell === null) return html`<span class="soft">not tested</span>`;
  const values = metrics.map(({ name }, index) => {
    const found = cell.metrics.get(name);
    const text = found === undefined ? "–" : formatNumber(found.value);
    const isBest = cell.mayBeBest && found !== undefined && found.value === best[index]![column];
    const of =
      found !== undefined && found.runs > 1 && html` <span class="soft small">mean of ${found.runs}</span>`;
    return html`<p data-metric="${name}"${index > 0 && html` hidden`} class="value">${isBest ? html`<span class="best">${text}</span>` : text}${of}</p>`;
  });
  return html`${values}${stripHtml(cellPictures(cell, samples), pictures)}`;
}

function stripHtml(found: CellPictures | null, pictures: PictureNumbers): Html {
  if (found === null) return html``;
  const { grid, row, name } = found;
  return html`<div class="strip">${found.pictures.map(({ column, imageId, hash }) => html`<button type="button" class="tile" data-grid="${grid}" data-row="${row}" data-column="${column}"><img data-blob="${pictures.number(hash)}" alt="${imageId}, ${name}" decoding="async" width="64" height="64"></button>`)}</div>`;
}
