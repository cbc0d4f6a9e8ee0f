// The grids of sample images: the slider, play, and walking over them with the arrow keys.

import { all, data, newcomers, onData, one } from "./dom.js";
import { epochAt, epochName, onEpoch, pictureAt, setEpoch } from "./epochs.js";
import { setPicture } from "./pictures.js";

const playMs = 700;

export function startSamples(viewer) {
  const unknown = newcomers();
  const update = () => {
    const root = one("[data-samples]");
    if (!root) return;
    for (const slider of unknown(all("[data-epoch]", root)))
      slider.addEventListener("input", () => setEpoch(Number(slider.value)));
    unknown(all("[data-play]", root)).forEach(startPlay);
    unknown(all("table.grid", root)).forEach(walkable);
    for (const tile of unknown(all(".tile", root))) walkFrom(tile, viewer);
    showEpoch(root);
  };
  onEpoch(() => showEpoch(one("[data-samples]")));
  onData(update);
  update();
}

function showEpoch(root) {
  const slider = one("[data-epoch]", root);
  slider.value = epochAt();
  slider.setAttribute("aria-valuetext", `epoch ${epochName()}`);
  one("[data-epoch-name]", root).textContent = epochName();
  for (const tile of all(".tile[data-grid]", root)) showTile(tile);
  for (const tr of all("tr[data-run]", root)) {
    const { grid, row } = one(".tile", tr).dataset;
    const shown = pictureAt(data.samples.grids[grid].rows[row], 0)?.epoch;
    one("[data-late]", tr).textContent =
      shown === undefined || shown === epochAt() ? "" : `epoch ${epochName(shown)}`;
  }
}

function showTile(tile) {
  const { grid, row, column } = tile.dataset;
  const img = tile.firstElementChild;
  const { set, name, ...truth } = data.samples.grids[grid].columns[column];
  if (row === "real" || row === "grey") {
    setPicture(img, truth[row]);
    return;
  }
  const entry = data.samples.grids[grid].rows[row];
  const shown = pictureAt(entry, column);
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
    const last = () => data.samples.epochs.length - 1;
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
function walkable(table) {
  const first = one(".tile", table);
  if (first) first.tabIndex = 0;
}

function focus(tile) {
  for (const other of all(".tile", tile.closest("table"))) other.tabIndex = other === tile ? 0 : -1;
  tile.focus();
}

/** Arrows from picture to picture, comma and full stop over epochs, Enter or a click opens the viewer. */
function walkFrom(tile, viewer) {
  tile.addEventListener("click", () => viewer?.open(tile, () => focus(tile)));
  tile.addEventListener("keydown", (event) => {
    const turn = { ",": -1, ".": 1 }[event.key];
    if (turn) setEpoch(epochAt() + turn);
    const [down, right] =
      { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [];
    if (down === undefined) return;
    event.preventDefault();
    const lines = all("tbody tr", tile.closest("table"))
      .filter((tr) => !tr.hidden)
      .map((tr) => all(".tile", tr));
    const row = lines.findIndex((line) => line.includes(tile));
    const next = lines[row + down]?.[lines[row].indexOf(tile) + right];
    if (next) focus(next);
  });
}
