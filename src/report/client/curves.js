// All charts of a page and the controls that they share.

import { all, data, newcomers, onData, one, press, whenNear } from "./dom.js";
import { makePanel } from "./panel.js";
import { isGroupHidden, isolateGroup, onSelection, toggleGroup } from "./selection.js";

export function startCurves() {
  const unknown = newcomers();
  const start = () => unknown(all("[data-curves]")).forEach(startGroup);
  start();
  onData(start);
}

const panelOf = (canvas) => ({
  ...data.panels.find(({ id }) => id === canvas.dataset.panel),
  mixed: data.mixedPanels,
});

/** Charts with controls of their own. */
function startGroup(root) {
  const made = new Map();
  const settings = {
    axis: "epoch",
    scale: "linear",
    smoothing: Number(one("[data-smoothing]", root)?.value ?? 0),
    seeds: haveSeeds(),
  };
  const make = (canvas) => {
    if (!made.has(canvas)) made.set(canvas, makePanel(canvas, panelOf(canvas), settings));
  };
  const update = () => {
    for (const panel of made.values()) panel.update();
  };
  const canvases = () => all("canvas[data-panel]", root);
  const unknown = newcomers();
  whenNear(unknown(canvases()), make);
  onData(() => {
    if (haveSeeds()) one("[data-seeds-field]", root).hidden = false;
    for (const [canvas, panel] of made) {
      if (canvas.isConnected) panel.show(panelOf(canvas));
      else {
        panel.chart.destroy();
        made.delete(canvas);
      }
    }
    whenNear(unknown(canvases()), make);
  });

  switchOf(root, "axis", (axis) => {
    settings.axis = axis;
    update();
  });
  switchOf(root, "scale", (scale) => {
    settings.scale = scale;
    update();
  });
  one("[data-smoothing]", root).addEventListener("input", ({ target }) => {
    settings.smoothing = Number(target.value);
    update();
  });
  if (settings.seeds) one("[data-seeds-field]", root).hidden = false;
  one("[data-seeds]", root).addEventListener("change", ({ target }) => {
    settings.seeds = target.checked;
    update();
  });

  startLegend(root);
  onSelection(update);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const panel of made.values()) panel.repaint();
  });
  window.addEventListener("beforeprint", () => {
    canvases().forEach(make);
    for (const { chart } of made.values()) chart.resize();
  });
  window.addEventListener("afterprint", () => {
    for (const { chart } of made.values()) chart.resize();
  });
}

const haveSeeds = () => data.groups.some(({ runs }) => runs.length > 1);

function switchOf(root, name, act) {
  const buttons = all(`[data-${name}]`, root);
  for (const button of buttons)
    button.addEventListener("click", () => {
      press(buttons, button);
      act(button.dataset[name]);
    });
}

/** A click hides, with Shift or on "only" it isolates. */
function startLegend(root) {
  root.addEventListener("click", (event) => {
    const { group, only } = event.target.closest("[data-group], [data-only]")?.dataset ?? {};
    if (only !== undefined) isolateGroup(Number(only));
    else if (group !== undefined) (event.shiftKey ? isolateGroup : toggleGroup)(Number(group));
  });
  onSelection(() => {
    for (const button of all("[data-group]", root))
      button.setAttribute("aria-pressed", String(!isGroupHidden(Number(button.dataset.group))));
  });
}
