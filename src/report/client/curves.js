// All charts of a page and the controls that they share.

import { all, data, one, press, whenNear } from "./dom.js";
import { makePanel } from "./panel.js";
import { isGroupHidden, isolateGroup, onSelection, toggleGroup } from "./selection.js";
import { dashOf, strokeOf } from "../palette.ts";

export function startCurves() {
  const root = one("[data-curves]");
  if (!root) return;
  const panels = new Map(data.panels.map((panel) => [panel.id, panel]));
  for (const panel of panels.values()) panel.mixed = data.mixedPanels;
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
  const canvases = all("canvas[data-panel]");
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

  paintLegend(root);
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
function paintLegend(root) {
  for (const line of all("[data-swatch]", root)) {
    const { color } = data.groups[Number(line.dataset.swatch)];
    line.setAttribute("stroke", strokeOf(color));
    line.setAttribute("stroke-dasharray", dashOf(color).join(" "));
  }
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
