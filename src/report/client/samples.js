// The grids of sample images: the slider, play, and walking over them with the arrow keys.

import { all, data, one } from "./dom.js";
import { epochAt, epochName, onEpoch, pictureAt, setEpoch } from "./epochs.js";
import { setPicture } from "./pictures.js";

const playMs = 700;

export function startSamples(viewer) {
  const root = one("[data-samples]");
  if (!root) return;
  const slider = one("[data-epoch]", root);
  const name = one("[data-epoch-name]", root);
  const tiles = all(".tile[data-grid]", root);
  const late = all("tr[data-run]", root).map((tr) => {
    const { grid, row } = one(".tile", tr).dataset;
    return { label: one("[data-late]", tr), row: data.samples.grids[grid].rows[row] };
  });

  const update = () => {
    slider.value = epochAt();
    slider.setAttribute("aria-valuetext", `epoch ${epochName()}`);
    name.textContent = epochName();
    for (const tile of tiles) showTile(tile);
    for (const { label, row } of late) {
      const shown = pictureAt(row, 0)?.epoch;
      label.textContent = shown === undefined || shown === epochAt() ? "" : `epoch ${epochName(shown)}`;
    }
  };
  onEpoch(update);
  update();
  slider.addEventListener("input", () => setEpoch(Number(slider.value)));
  startPlay(one("[data-play]", root));
  for (const table of all("table.grid", root)) walkable(table, viewer);
}

function showTile(tile) {
  const { grid, row, column } = tile.dataset;
  if (row === "real" || row === "grey") return;
  const entry = data.samples.grids[grid].rows[row];
  const { set, name } = data.samples.grids[grid].columns[column];
  const shown = pictureAt(entry, column);
  const img = tile.firstElementChild;
  setPicture(img, shown?.blob ?? null);
  img.alt = `${name}, ${set}, ${entry.name}, epoch ${epochName(shown?.epoch ?? epochAt())}`;
}

function startPlay(button) {
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.setAttribute("aria-pressed", "false");
    button.textContent = "▶ Play";
  };
  button.addEventListener("click", () => {
    if (timer !== null) return stop();
    const last = data.samples.epochs.length - 1;
    if (epochAt() === last) setEpoch(0);
    button.setAttribute("aria-pressed", "true");
    button.textContent = "❚❚ Pause";
    timer = setInterval(() => {
      if (epochAt() >= last) stop();
      else setEpoch(epochAt() + 1);
    }, playMs);
  });
}

/** One tab stop; arrows from picture to picture, comma and full stop over epochs, Enter or a click opens the viewer. */
function walkable(table, viewer) {
  const rows = () =>
    all("tbody tr", table)
      .filter((tr) => !tr.hidden)
      .map((tr) => all(".tile", tr));
  const tiles = all(".tile", table);
  if (tiles.length === 0) return;
  tiles[0].tabIndex = 0;
  const focus = (tile) => {
    for (const other of tiles) other.tabIndex = other === tile ? 0 : -1;
    tile.focus();
  };
  for (const tile of tiles) {
    tile.addEventListener("click", () => viewer?.open(tile, () => focus(tile)));
    tile.addEventListener("keydown", (event) => {
      const turn = { ",": -1, ".": 1 }[event.key];
      if (turn) setEpoch(epochAt() + turn);
      const [down, right] =
        { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [];
      if (down === undefined) return;
      event.preventDefault();
      const lines = rows();
      const row = lines.findIndex((line) => line.includes(tile));
      const next = lines[row + down]?.[lines[row].indexOf(tile) + right];
      if (next) focus(next);
    });
  }
}
