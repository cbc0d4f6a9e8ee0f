// All charts of a page and the controls that they share.

import { all, data, one, press, whenNear } from "./dom.js";
import { makePanel } from "./panel.js";
import { isGroupHidden, isolateGroup, onSelection, toggleGroup } from "./selection.js";

export function startCurves() {
  const panels = new Map(
    (data.panels ?? []).map((panel) => [panel.id, { ...panel, mixed: data.mixedPanels }]),
  );
  for (const root of all("[data-curves]")) startGroup(root, panels);
}

/** Charts with controls of their own. */
function startGroup(root, panels) {
  const made = new Map();
  const settings = {
    axis: "epoch",
    scale: "linear",
    smoothing: Number(one("[data-smoothing]", root)?.value ?? 0),
    seeds: data.groups.some(({ runs }) => runs.length > 1),
  };
  const make = (canvas) => {
    if (!made.has(canvas)) made.set(canvas, makePanel(canvas, panels.get(canvas.dataset.panel), settings));
  };
  const update = () => {
    for (const panel of made.values()) panel.update();
  };
  const canvases = all("canvas[data-panel]", root);
  whenNear(canvases, make);

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
    canvases.forEach(make);
    for (const { chart } of made.values()) chart.resize();
  });
  window.addEventListener("afterprint", () => {
    for (const { chart } of made.values()) chart.resize();
  });
}

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
  const buttons = all("[data-group]", root);
  for (const button of buttons)
    button.addEventListener("click", (event) =>
      (event.shiftKey ? isolateGroup : toggleGroup)(Number(button.dataset.group)),
    );
  for (const button of all("[data-only]", root))
    button.addEventListener("click", () => isolateGroup(Number(button.dataset.only)));
  onSelection(() => {
    for (const button of buttons)
      button.setAttribute("aria-pressed", String(!isGroupHidden(Number(button.dataset.group))));
  });
}
