// The report's chart and grid as PNG files, for a paper or a slide.

import path from "node:path";
import { ChartJSNodeCanvas } from "chartjs-node-canvas";
import { chartConfig } from "./chart-config.ts";
import type { ChartModel } from "./chart-model.ts";
import { drawGrid } from "./draw-grid.ts";
import type { ReportStore } from "./read-report-runs.ts";
import type { ReportModel } from "./report-model.ts";
import type { WriteWhole } from "./write-report.ts";

/** <run>-loss.png and <run>-samples.png for every run, comparison-loss.png for several; returns their paths. */
export async function writePictures(
  store: Pick<ReportStore, "blob">,
  model: ReportModel,
  folder: string,
  writeWhole: WriteWhole,
): Promise<string[]> {
  const written: string[] = [];
  const write = async (name: string, bytes: Uint8Array) => {
    const file = path.join(folder, name);
    await writeWhole(file, bytes);
    written.push(file);
  };
  if (model.comparison?.chart) await write("comparison-loss.png", drawChart(model.comparison.chart));
  for (const { runId, loss, grid } of model.runs) {
    if (loss) await write(`${runId}-loss.png`, drawChart(loss));
    const samples = await drawGrid(store, grid);
    if (samples) await write(`${runId}-samples.png`, samples);
  }
  return written;
}

/** At twice the density of a screen. */
function drawChart(chart: ChartModel): Uint8Array {
  const canvas = new ChartJSNodeCanvas({ width: 1000, height: 520, backgroundColour: "#ffffff" });
  const config = chartConfig(chart);
  const fewCurves = chart.curves.length <= 12;
  return canvas.renderToBufferSync(
    {
      ...config,
      options: {
        ...config.options,
        responsive: false,
        devicePixelRatio: 2,
        layout: { padding: 16 },
        plugins: { legend: { display: fewCurves, position: "top", labels: { boxHeight: 1 } } },
      },
    },
    "image/png",
  );
}
