// Sample images: one slider of epochs for all runs, and the viewer that compares two of them.

import { type Html, html } from "../../html.ts";
import type { PageContext } from "../../page-context.ts";
import type { PictureNumbers } from "../../pictures/picture-numbers.ts";
import { section } from "../../section.ts";
import type { SamplesData } from "./data.ts";
import {
  type SampleColumn,
  type SampleGrid,
  type Samples,
  sampleGrids,
  setNames,
  thinnedSamples,
} from "./model.ts";
import { viewerHtml } from "./viewer-html.ts";

type Options = {
  /** The epoch shown first; left out, it is the last one. */
  startEpoch(context: PageContext): number;
  /** Only of so many runs, the best ones. */
  ofBest: number;
  /** A grid of all epochs as well: the study's figure of one run. */
  everyEpoch: boolean;
};

type Model = {
  readonly samples: Samples;
  readonly startEpoch: number;
  readonly everyEpoch: boolean;
  /** Said above them. */
  readonly notes: readonly string[];
};

export const samples = section<Model, Options>({
  id: "samples",
  title: "Samples",
  model(context, { startEpoch, ofBest = context.runs.length, everyEpoch = false }) {
    const { runs, names } = context;
    if (runs.length === 0) return null;
    const shown = bestRuns(context, ofBest);
    // Rows of the grid keep the numbers of the page's runs.
    const sampled = runs.map((data, at) => (shown.has(at) ? data : { ...data, images: [] }));
    const samples = sampleGrids(sampled, names);
    const what = `The same images ${runs.length > 1 ? "in every run, at the same epoch" : "as training goes on"}.`;
    return {
      samples,
      startEpoch: startEpoch?.(context) ?? Number.POSITIVE_INFINITY,
      everyEpoch,
      notes: [
        ...(ofBest < runs.length ? [`Of the ${ofBest} best trials.`] : []),
        ...(samples.grids.length > 0
          ? [`${what} Click one to compare it closely and to see its history.`]
          : []),
      ],
    };
  },
  thinned: (model, thinning) => ({ ...model, samples: thinnedSamples(model.samples, thinning) }),
  pictures: ({ samples: { grids } }) =>
    grids.flatMap(({ columns, rows }) => [
      ...columns.flatMap(({ real, grey }) => [real, grey]),
      ...rows.flatMap(({ cells }) => cells.flat()),
    ]),
  html: (model, pictures) =>
    html`${model.notes.map((note) => html`<p class="soft">${note}</p>`)}${sampleGridsHtml(model.samples, startOf(model), pictures)}${model.everyEpoch && epochsGridHtml(model.samples, pictures)}`,
  foot: ({ samples: { grids } }) => (grids.length === 0 ? html`` : viewerHtml()),
  data: (model, pictures) =>
    model.samples.grids.length === 0 ? {} : { samples: sampleData(model.samples, startOf(model), pictures) },
});

/** Position of the epoch shown first, or of the one before it. */
function startOf({ samples: { epochs }, startEpoch }: Model): number {
  return Math.max(
    0,
    epochs.findLastIndex((epoch) => epoch <= startEpoch),
  );
}

/** Positions of the runs whose samples are shown. */
function bestRuns({ runs, score }: PageContext, most: number): ReadonlySet<number> {
  const scores = runs.map(score).map((value) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value));
  const ranked = [...runs.keys()].sort((a, b) => (scores[a] === scores[b] ? a - b : scores[a]! - scores[b]!));
  return new Set(ranked.slice(0, most));
}

function sampleGridsHtml({ epochs, grids }: Samples, start: number, pictures: PictureNumbers): Html {
  if (grids.length === 0) return html`<p class="soft">No sample images were stored.</p>`;
  return html`<div data-samples>
<div class="bar controls epoch-bar"><button type="button" class="play" data-play aria-pressed="false">▶ Play</button>
<label class="field wide">Epoch <output data-epoch-name>${epochs[start] ?? 0}</output> <input type="range" min="0" max="${Math.max(0, epochs.length - 1)}" value="${start}" step="1" data-epoch aria-valuetext="epoch ${epochs[start] ?? 0}"></label>
<span class="soft small">Arrow keys walk over pictures, <kbd>,</kbd> and <kbd>.</kbd> over epochs; Enter compares.</span></div>
${grids.map((grid, index) => gridHtml(grid, index, epochs[start] ?? 0, start, pictures))}
</div>`;
}

function gridHtml(
  grid: SampleGrid,
  index: number,
  epoch: number,
  start: number,
  pictures: PictureNumbers,
): Html {
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
  return [...new Set(columns.map(({ set }) => set))].map((set) => {
    const count = columns.filter((column) => column.set === set).length;
    const words = setNames[set as keyof typeof setNames];
    return html`<th scope="colgroup" colspan="${count}"${words !== undefined && html` class="${set}"`}>${words ?? html`<bdi>${set}</bdi>`}</th>`;
  });
}

/** One run, a row for each epoch: the study's figure. */
function epochsGridHtml({ epochs, grids }: Samples, pictures: PictureNumbers): Html {
  return html`${grids.map((grid) => everyEpochHtml(grid, epochs, pictures))}`;
}

function everyEpochHtml(
  { images, columns, rows }: SampleGrid,
  epochs: readonly number[],
  pictures: PictureNumbers,
): Html {
  const [row] = rows;
  if (row === undefined) return html``;
  const line = (name: string, hashes: readonly (string | null)[]) =>
    html`<tr><th scope="row">${name}</th>${columns.map(({ set, imageId }, column) => {
      const hash = hashes[column] ?? null;
      const isEdge = column > 0 && columns[column - 1]!.set !== set;
      return html`<td${isEdge && html` class="edge"`}>${hash !== null && html`<img class="still" data-blob="${pictures.number(hash)}" alt="${imageId}, ${set}, ${name}" decoding="async">`}</td>`;
    })}</tr>
`;
  return html`<details open><summary>Every epoch${images !== null && html`: <bdi>${images}</bdi>`}</summary><div class="scroll" tabindex="0" role="region" aria-label="Sample images of every epoch"><table class="grid"><thead><tr><td></td>${setHeads(columns)}</tr></thead><tbody>
${line(
  "Real",
  columns.map(({ real }) => real),
)}${line(
  "Grey",
  columns.map(({ grey }) => grey),
)}${epochs.map((epoch, at) => line(`Epoch ${epoch}`, row.cells[at]!))}</tbody></table></div></details>`;
}

/** The same for the script: numbers of pictures, and metrics where there are any. */
function sampleData({ epochs, grids }: Samples, start: number, pictures: PictureNumbers): SamplesData {
  return {
    epochs,
    start,
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
