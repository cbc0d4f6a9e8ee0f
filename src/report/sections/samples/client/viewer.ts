// The dialog that compares two pictures of one image: side by side, with a divider, over each other, in turn, or their
// difference. Place and magnification stay while images, epochs and runs change.

import { formatNumber } from "../../../../runs/format/numbers.ts";
import { all, data, element, need, onData, one, press } from "../../../client/dom.ts";
import { urlOf } from "../../../client/pictures.ts";
import type { GridData } from "../data.ts";
import { epochAt, epochName, onEpoch, pictureAt, setEpoch } from "./epochs.ts";
import { showHistory } from "./history.ts";
import { makeStage } from "./stage.ts";

const swapMs = 800;

type Viewer = { open(tile: HTMLElement, after: () => void): void };

/** What one side shows. */
type Side = {
  readonly blob: number | null;
  readonly words: string;
  readonly metrics?: Readonly<Record<string, number>> | undefined;
};

let viewer: Viewer | null = null;

/** `tile` is a picture of a grid; `after` is called when the dialog was closed. */
export function openViewer(tile: HTMLElement, after: () => void): void {
  const dialog = one<HTMLDialogElement>("#viewer");
  if (dialog === null) return;
  viewer ??= makeViewer(dialog);
  viewer.open(tile, after);
}

function makeViewer(dialog: HTMLDialogElement): Viewer {
  const stage = makeStage(need("[data-stage]", dialog));
  const [left, right] = [
    need<HTMLSelectElement>("[data-viewer-left]", dialog),
    need<HTMLSelectElement>("[data-viewer-right]", dialog),
  ];
  const slider = need<HTMLInputElement>("[data-viewer-epoch]", dialog);
  const mix = need<HTMLInputElement>("[data-mix]", dialog);
  let [place, column] = [0, 0];
  let swapping: ReturnType<typeof setInterval> | undefined;

  /** Of now: a newer version of the page has another one. */
  const gridOf = () => data.samples?.grids[place];

  const shown = ({ columns, rows }: GridData, choice: string): Side => {
    const image = columns[column]!;
    const row = rows[Number(choice)];
    if (row === undefined) return { blob: choice === "real" ? image.real : image.grey, words: choice };
    const found = pictureAt(row, column);
    return {
      blob: found?.blob ?? null,
      words: `${row.name}, epoch ${epochName(found?.epoch)}`,
      metrics: found ? row.metrics?.[found.epoch]?.[column] : undefined,
    };
  };
  const update = () => {
    const grid = gridOf();
    const image = grid?.columns[column];
    if (grid === undefined || image === undefined) return;
    const sides = [shown(grid, left.value), shown(grid, right.value)] as const;
    need("[data-viewer-name]", dialog).textContent = image.name;
    need("[data-viewer-place]", dialog).textContent =
      `${image.set} image ${column + 1} of ${grid.columns.length} · left: ${sideText(sides[0])} · right: ${sideText(sides[1])}`;
    need("[data-viewer-epoch-name]", dialog).textContent = String(epochName());
    slider.value = String(epochAt());
    for (const side of [0, 1] as const) {
      const { blob, words } = sides[side];
      const img = stage.images[side];
      if (blob === null) img.removeAttribute("src");
      else img.src = urlOf(blob);
      img.alt = `${image.name}, ${words}`;
    }
    for (const button of all<HTMLButtonElement>("[data-walk]", dialog))
      button.disabled = grid.columns[column + Number(button.dataset.walk)] === undefined;
    showHistory(need("[data-history]", dialog), grid, column, (row, epoch) => {
      right.value = String(row);
      setEpoch(epoch);
      update();
    });
  };
  const walk = (by: number) => {
    if (gridOf()?.columns[column + by] === undefined) return;
    column += by;
    update();
  };
  const setMode = (button: HTMLElement) => {
    const { mode = "pair" } = button.dataset;
    press(all("[data-mode]", dialog), button);
    clearInterval(swapping);
    need("[data-mix-field]", dialog).hidden = mode !== "overlay";
    stage.setMode(mode, mix.value);
    if (mode === "swap") swapping = setInterval(stage.swap, swapMs);
  };
  /** The grid that the dialog was opened from; the choices stay. */
  const offer = () => {
    slider.max = String((data.samples?.epochs.length ?? 1) - 1);
    const names = (gridOf()?.rows ?? []).map(({ name }, row) => [String(row), name] as const);
    for (const select of [left, right]) {
      const { value: chosen } = select;
      const choices = [["real", "Real"], ["grey", "Grey"], ...names] as const;
      select.replaceChildren(
        ...choices.map(([value, textContent]) => element("option", { value, textContent })),
      );
      if (choices.some(([value]) => value === chosen)) select.value = chosen;
    }
  };

  onEpoch(() => dialog.open && update());
  onData(() => {
    if (!dialog.open) return;
    if (gridOf()?.columns[column] === undefined) {
      dialog.close();
      return;
    }
    offer();
    update();
  });
  slider.addEventListener("input", () => setEpoch(Number(slider.value)));
  mix.addEventListener("input", () => stage.setMix(mix.value));
  for (const select of [left, right]) select.addEventListener("change", update);
  for (const button of all("[data-mode]", dialog)) button.addEventListener("click", () => setMode(button));
  for (const button of all("[data-walk]", dialog))
    button.addEventListener("click", () => walk(Number(button.dataset.walk)));
  for (const button of all("[data-zoom]", dialog))
    button.addEventListener("click", () => stage.zoom(Number(button.dataset.zoom)));
  need("[data-close]", dialog).addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("keydown", (event) => {
    const isField = event.target instanceof Element && event.target.closest("input, select, [data-handle]");
    if (event.key === ",") setEpoch(epochAt() - 1);
    else if (event.key === ".") setEpoch(epochAt() + 1);
    else if (event.key === "ArrowLeft" && !isField) walk(-1);
    else if (event.key === "ArrowRight" && !isField) walk(1);
    else if (event.key === "+" || event.key === "-") stage.zoom(event.key === "+" ? 1.25 : 0.8);
    else return;
    event.preventDefault();
  });

  return {
    open(tile, after) {
      const { row = "0" } = tile.dataset;
      place = Number(tile.dataset.grid);
      column = Number(tile.dataset.column);
      offer();
      left.value = "real";
      right.value = row === "real" || row === "grey" ? "0" : row;
      dialog.onclose = () => {
        clearInterval(swapping);
        after();
      };
      update();
      dialog.showModal();
      setMode(need('[data-mode][aria-pressed="true"]', dialog));
      need("[data-close]", dialog).focus();
    },
  };
}

function sideText({ words, metrics }: Side): string {
  const entries = Object.entries(metrics ?? {});
  const values = entries.map(([name, value]) => `${name} ${formatNumber(value)}`).join(", ");
  return values === "" ? words : `${words} (${values})`;
}
