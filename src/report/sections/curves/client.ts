// All charts of a page, and the controls that those of a section share.

import { all, data, need, newcomers, onData, press, whenNear } from "../../client/dom.ts";
import { isGroupHidden, isolateGroup, onSelection, toggleGroup } from "../../client/selection.ts";
import { type Chart, makeChart } from "./client/chart.ts";
import type { Settings } from "./client/line.ts";
import type { PanelData } from "./data.ts";

export function start(): void {
  const unknown = newcomers();
  const begin = () => unknown(all("[data-curves]")).forEach(startGroup);
  begin();
  onData(begin);
}

function panelOf(canvas: HTMLCanvasElement): PanelData | undefined {
  return data.panels.find(({ id }) => id === canvas.dataset.panel);
}

/** Charts with controls of their own. */
function startGroup(root: HTMLElement): void {
  const charts = new Map<HTMLCanvasElement, Chart>();
  const smoothing = need<HTMLInputElement>("[data-smoothing]", root);
  const seeds = need<HTMLInputElement>("[data-seeds]", root);
  const settings: Settings = {
    axis: "epoch",
    scale: "linear",
    smoothing: Number(smoothing.value),
    seeds: seeds.checked,
  };
  const make = (canvas: HTMLCanvasElement) => {
    const panel = panelOf(canvas);
    if (panel && !charts.has(canvas)) charts.set(canvas, makeChart(canvas, panel, settings));
  };
  const update = () => {
    for (const chart of charts.values()) chart.update();
  };
  const change = (changes: Partial<Settings>) => {
    Object.assign(settings, changes);
    update();
  };
  const offerSeeds = () => {
    if (haveSeeds()) need("[data-seeds-field]", root).hidden = false;
  };
  const canvases = () => all<HTMLCanvasElement>("canvas[data-panel]", root);
  const unknown = newcomers();
  whenNear(unknown(canvases()), make);
  offerSeeds();
  onData(() => {
    offerSeeds();
    for (const [canvas, chart] of charts) {
      const panel = panelOf(canvas);
      if (canvas.isConnected && panel) chart.show(panel);
      else {
        chart.destroy();
        charts.delete(canvas);
      }
    }
    whenNear(unknown(canvases()), make);
  });

  switchOf(root, "axis", (axis) => change({ axis: axis as Settings["axis"] }));
  switchOf(root, "scale", (scale) => change({ scale: scale as Settings["scale"] }));
  smoothing.addEventListener("input", () => change({ smoothing: Number(smoothing.value) }));
  seeds.addEventListener("change", () => change({ seeds: seeds.checked }));

  startLegend(root);
  onSelection(update);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const chart of charts.values()) chart.repaint();
  });
  const resize = () => {
    for (const chart of charts.values()) chart.resize();
  };
  window.addEventListener("beforeprint", () => {
    canvases().forEach(make);
    resize();
  });
  window.addEventListener("afterprint", resize);
}

function haveSeeds(): boolean {
  return data.panels.some(({ mixed }) => !mixed) && data.groups.some(({ runs }) => runs.length > 1);
}

function switchOf(root: HTMLElement, name: "axis" | "scale", act: (value: string) => void): void {
  const buttons = all(`[data-${name}]`, root);
  for (const button of buttons)
    button.addEventListener("click", () => {
      press(buttons, button);
      act(button.dataset[name] ?? "");
    });
}

/** A click hides, with Shift or on "only" it isolates. */
function startLegend(root: HTMLElement): void {
  root.addEventListener("click", ({ target, shiftKey }) => {
    const button = target instanceof Element && target.closest<HTMLElement>("[data-group], [data-only]");
    if (!button) return;
    const { group, only } = button.dataset;
    if (only !== undefined) isolateGroup(Number(only));
    else (shiftKey ? isolateGroup : toggleGroup)(Number(group));
  });
  onSelection(() => {
    for (const button of all("[data-group]", root))
      button.setAttribute("aria-pressed", String(!isGroupHidden(Number(button.dataset.group))));
  });
}
