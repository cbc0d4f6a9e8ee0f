// The dialog that compares two pictures of one image: side by side, with a divider, over each other, in turn, or their
// difference. Place and magnification stay while images, epochs and runs change.

import { all, data, element, number, onData, one, press } from "./dom.js";
import { epochAt, epochName, onEpoch, pictureAt, setEpoch } from "./epochs.js";
import { urlOf } from "./pictures.js";
import { makeStage } from "./stage.js";

const swapMs = 800;

export function startViewer() {
  const dialog = one("#viewer");
  if (!dialog) return null;
  const stage = makeStage(one("[data-stage]", dialog));
  const selects = ["left", "right"].map((side) => one(`[data-viewer-${side}]`, dialog));
  const slider = one("[data-viewer-epoch]", dialog);
  const mix = one("[data-mix]", dialog);
  let [place, grid, column, swapping] = [null, null, 0, null];

  const rowOf = (value) => grid.rows[Number(value)];
  /** What a choice shows now: { blob, words, metrics }. */
  const shown = (value) => {
    const { real, grey } = grid.columns[column];
    if (value === "real") return { blob: real, words: "real" };
    if (value === "grey") return { blob: grey, words: "grey" };
    const row = rowOf(value);
    const at = pictureAt(row, column);
    return {
      blob: at?.blob ?? null,
      words: `${row.name}, epoch ${epochName(at?.epoch ?? epochAt())}`,
      metrics: at && row.metrics?.[at.epoch]?.[column],
    };
  };
  const update = () => {
    const { name, set } = grid.columns[column];
    const [left, right] = selects.map(({ value }) => shown(value));
    one("[data-viewer-name]", dialog).textContent = name;
    one("[data-viewer-place]", dialog).textContent =
      `${set} image ${column + 1} of ${grid.columns.length} · left: ${left.words}${metricsText(left)} · right: ${right.words}${metricsText(right)}`;
    one("[data-viewer-epoch-name]", dialog).textContent = epochName();
    slider.value = epochAt();
    [left, right].forEach(({ blob, words }, side) => {
      const img = stage.images[side];
      if (blob === null) img.removeAttribute("src");
      else img.src = urlOf(blob);
      img.alt = `${name}, ${words}`;
    });
    for (const button of all("[data-walk]", dialog)) {
      const next = column + Number(button.dataset.walk);
      button.disabled = next < 0 || next >= grid.columns.length;
    }
    showHistory(one("[data-history]", dialog), grid, column, (run, epoch) => {
      selects[1].value = String(run);
      setEpoch(epoch);
      update();
    });
  };
  const walk = (by) => {
    const next = column + by;
    if (next < 0 || next >= grid.columns.length) return;
    column = next;
    update();
  };
  const setMode = (button) => {
    const { mode } = button.dataset;
    press(all("[data-mode]", dialog), button);
    clearInterval(swapping);
    one("[data-mix-field]", dialog).hidden = mode !== "overlay";
    stage.setMode(mode, Number(mix.value));
    if (mode === "swap") swapping = setInterval(stage.swap, swapMs);
  };

  /** The grid that the dialog was opened from; the choices stay. */
  const offer = () => {
    grid = data.samples.grids[place];
    slider.max = data.samples.epochs.length - 1;
    const choices = [
      ["real", "Real"],
      ["grey", "Grey"],
      ...grid.rows.map(({ name }, row) => [String(row), name]),
    ];
    for (const select of selects) {
      const { value: chosen } = select;
      const options = choices.map(([value, text]) => element("option", { value, textContent: text }));
      select.replaceChildren(...options);
      if (choices.some(([value]) => value === chosen)) select.value = chosen;
    }
  };

  onEpoch(() => dialog.open && update());
  onData(() => {
    if (!dialog.open) return;
    if (!data.samples?.grids[place]?.columns[column]) {
      dialog.close();
      return;
    }
    offer();
    update();
  });
  slider.addEventListener("input", () => setEpoch(Number(slider.value)));
  mix.addEventListener("input", () => stage.setMix(Number(mix.value)));
  for (const select of selects) select.addEventListener("change", update);
  for (const button of all("[data-mode]", dialog)) button.addEventListener("click", () => setMode(button));
  for (const button of all("[data-walk]", dialog))
    button.addEventListener("click", () => walk(Number(button.dataset.walk)));
  for (const button of all("[data-zoom]", dialog))
    button.addEventListener("click", () => stage.zoom(Number(button.dataset.zoom)));
  one("[data-close]", dialog).addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("keydown", (event) => {
    const field = event.target.closest("input, select, [data-handle]");
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const turn = { ",": -1, ".": 1 }[event.key];
    if (turn) setEpoch(epochAt() + turn);
    else if (by && !field) walk(by);
    else if (event.key === "+" || event.key === "-") stage.zoom(event.key === "+" ? 1.25 : 0.8);
    else return;
    event.preventDefault();
  });

  return {
    /** `tile` is a picture of a grid; `after` is called when the dialog was closed. */
    open(tile, after) {
      place = tile.dataset.grid;
      column = Number(tile.dataset.column);
      offer();
      const { row } = tile.dataset;
      selects[0].value = "real";
      selects[1].value = row === "real" || row === "grey" ? "0" : row;
      dialog.onclose = () => {
        clearInterval(swapping);
        after();
      };
      update();
      dialog.showModal();
      setMode(one('[data-mode][aria-pressed="true"]', dialog));
      one("[data-close]", dialog).focus();
    },
  };
}

function metricsText({ metrics }) {
  const entries = Object.entries(metrics ?? {});
  return entries.length === 0
    ? ""
    : ` (${entries.map(([name, value]) => `${name} ${number(value)}`).join(", ")})`;
}

/** The image over epochs in every run: a row each. */
function showHistory(table, grid, column, choose) {
  const { epochs } = data.samples;
  const head = element(
    "tr",
    {},
    element("td"),
    ...epochs.map((epoch) => element("th", { scope: "col", textContent: epoch })),
  );
  const rows = grid.rows.map(({ name, cells, metrics }, run) => {
    const tiles = epochs.map((epoch, at) => {
      const blob = cells[at][column];
      if (blob === null) return element("td");
      const values = metrics?.[at]?.[column];
      const img = element("img", { src: urlOf(blob), alt: `${name}, epoch ${epoch}`, decoding: "async" });
      const button = element("button", { type: "button", className: "plain-tile" }, img);
      button.addEventListener("click", () => choose(run, at));
      if (at === epochAt()) button.setAttribute("aria-current", "true");
      const first = Object.entries(values ?? {})[0];
      return element(
        "td",
        {},
        button,
        ...(first ? [element("small", {}, `${first[0]} ${number(first[1])}`)] : []),
      );
    });
    return element("tr", {}, element("th", { scope: "row" }, element("bdi", {}, name)), ...tiles);
  });
  table.replaceChildren(element("thead", {}, head), element("tbody", {}, ...rows));
}
