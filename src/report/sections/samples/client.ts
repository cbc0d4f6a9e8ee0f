// The grids of sample images: the slider, play, and walking over them with the arrow keys.

import { all, arrowOf, data, need, newcomers, onData, one } from "../../client/dom.ts";
import { setPicture } from "../../client/pictures.ts";
import { epochAt, epochName, onEpoch, pictureAt, setEpoch } from "./client/epochs.ts";
import { openViewer } from "./client/viewer.ts";

const playMs = 700;

export function start(): void {
  const unknown = newcomers();
  const update = () => {
    const root = one("[data-samples]");
    if (!root) return;
    for (const slider of unknown(all<HTMLInputElement>("[data-epoch]", root)))
      slider.addEventListener("input", () => setEpoch(Number(slider.value)));
    unknown(all<HTMLButtonElement>("[data-play]", root)).forEach(startPlay);
    unknown(all("table.grid", root)).forEach(walkable);
    unknown(all(".tile", root)).forEach(walkFrom);
    showEpoch();
  };
  onEpoch(showEpoch);
  onData(update);
  update();
}

function showEpoch(): void {
  const root = one("[data-samples]");
  if (!root) return;
  const slider = need<HTMLInputElement>("[data-epoch]", root);
  slider.value = String(epochAt());
  slider.setAttribute("aria-valuetext", `epoch ${epochName()}`);
  need("[data-epoch-name]", root).textContent = String(epochName());
  for (const tile of all(".tile[data-grid]", root)) showTile(tile);
  for (const tr of all("tr[data-run]", root)) {
    const row = rowOf(need(".tile", tr));
    const shown = row && pictureAt(row, 0)?.epoch;
    need("[data-late]", tr).textContent =
      shown == null || shown === epochAt() ? "" : `epoch ${epochName(shown)}`;
  }
}

/** What the row of a tile shows; null for real and grey pictures. */
function rowOf({ dataset }: HTMLElement) {
  return data.samples?.grids[Number(dataset.grid)]?.rows[Number(dataset.row)] ?? null;
}

function showTile(tile: HTMLElement): void {
  const img = need<HTMLImageElement>("img", tile);
  const column = Number(tile.dataset.column);
  const image = data.samples?.grids[Number(tile.dataset.grid)]?.columns[column];
  const row = rowOf(tile);
  if (image === undefined) return;
  if (row === null) {
    setPicture(img, tile.dataset.row === "real" ? image.real : image.grey);
    return;
  }
  const shown = pictureAt(row, column);
  setPicture(img, shown?.blob ?? null);
  img.alt = `${image.name}, ${image.set}, ${row.name}, epoch ${epochName(shown?.epoch)}`;
}

function startPlay(button: HTMLButtonElement): void {
  let timer: ReturnType<typeof setInterval> | null = null;
  const stop = () => {
    if (timer !== null) clearInterval(timer);
    timer = null;
    button.setAttribute("aria-pressed", "false");
    button.textContent = "▶ Play";
  };
  button.addEventListener("click", () => {
    if (timer !== null) return stop();
    const last = () => (data.samples?.epochs.length ?? 0) - 1;
    if (epochAt() === last()) setEpoch(0);
    button.setAttribute("aria-pressed", "true");
    button.textContent = "❚❚ Pause";
    timer = setInterval(() => {
      if (epochAt() >= last()) stop();
      else setEpoch(epochAt() + 1);
    }, playMs);
  });
}

/** One tab stop of a table. */
function walkable(table: HTMLElement): void {
  const first = one(".tile", table);
  if (first) first.tabIndex = 0;
}

function focus(tile: HTMLElement): void {
  for (const other of all(".tile", tile.closest("table")!)) other.tabIndex = other === tile ? 0 : -1;
  tile.focus();
}

/** Arrows from picture to picture, comma and full stop over epochs, Enter or a click opens the viewer. */
function walkFrom(tile: HTMLElement): void {
  tile.addEventListener("click", () => openViewer(tile, () => focus(tile)));
  tile.addEventListener("keydown", (event) => {
    if (event.key === ",") setEpoch(epochAt() - 1);
    if (event.key === ".") setEpoch(epochAt() + 1);
    const move = arrowOf(event);
    if (move === null) return;
    event.preventDefault();
    const [right, down] = move;
    const lines = all("tbody tr", tile.closest("table")!)
      .filter((tr) => !tr.hidden)
      .map((tr) => all(".tile", tr));
    const row = lines.findIndex((line) => line.includes(tile));
    const next = lines[row + down]?.[(lines[row]?.indexOf(tile) ?? 0) + right];
    if (next) focus(next);
  });
}
