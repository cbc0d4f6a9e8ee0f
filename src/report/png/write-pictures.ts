// The report's charts and sample grids as PNG files, for a paper or a slide.

import path from "node:path";
import { writeWhole } from "../../whole-file.ts";
import type { BuiltPage } from "../build-page.ts";
import type { ReportRun, ReportStore } from "../read-report-runs.ts";
import { runNames } from "../run-names.ts";
import { sampleGrids } from "../sections/samples/model.ts";
import type { DrawChart } from "./draw-chart.ts";
import { drawFigure } from "./draw-figure.ts";
import { drawGrid } from "./draw-grid.ts";

/** Charts of a page that are worth a file each. */
const mostCharts = 12;
const mostFigures = 24;

/**
 * <series>.png for every chart, parallel-coordinates.png and such for other drawings, samples.png (samples-2.png, …) for every grid; returns
 * their paths.
 */
export async function writePictures(
  store: Pick<ReportStore, "picture">,
  runs: readonly ReportRun[],
  { panels, figures }: BuiltPage,
  folder: string,
  drawChart: DrawChart,
): Promise<string[]> {
  const written: string[] = [];
  const write = async (name: string, bytes: Uint8Array) => {
    const file = path.join(folder, name);
    await writeWhole(file, bytes);
    written.push(file);
  };
  for (const panel of panels.slice(0, mostCharts))
    await write(`${fileName(panel.title)}.png`, drawChart(panel));
  const names = new Set<string>();
  for (const { name, svg } of figures.slice(0, mostFigures)) {
    const file = fileName(name);
    const free = names.has(file) ? `${file}-${names.size + 1}` : file;
    names.add(free);
    await write(`${free}.png`, await drawFigure(svg));
  }
  const { epochs, grids } = sampleGrids(runs, runNames(runs));
  for (const [index, grid] of grids.entries()) {
    const drawn = await drawGrid(store, grid, epochs);
    if (drawn) await write(index === 0 ? "samples.png" : `samples-${index + 1}.png`, drawn);
  }
  return written;
}

/** "Scores (0.5 is a fair game)" -> "scores-0-5-is-a-fair-game". */
function fileName(title: string): string {
  return (
    title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "")
      .slice(0, 60) || "chart"
  );
}
