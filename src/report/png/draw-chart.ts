// A chart as a PNG file, at twice the density of a screen: by chartjs-node-canvas where it is installed, else by Chart.js
// on @napi-rs/canvas, whose binary npm has for every usual platform. The first stands on node-canvas, which is compiled
// against cairo where no binary can be fetched, so it is no dependency of the package (docs/decisions/0011-packaging.md).

import { UserError } from "../../errors.ts";
import type { Panel } from "../sections/curves/panels.ts";
import { chartConfig } from "./chart-config.ts";

export type DrawChart = (panel: Panel) => Uint8Array;

const size = { width: 1000, height: 520 };
const background = "#ffffff";

/** Throws a UserError where nothing that draws is installed. */
export async function chartDrawer(): Promise<DrawChart> {
  for (const open of [nodeCanvasDrawer, napiCanvasDrawer]) {
    const drawer = await open().catch(() => null);
    if (drawer !== null) return drawer;
  }
  throw new UserError(
    "--png: @napi-rs/canvas, which draws charts, is not installed: npm install @napi-rs/canvas",
  );
}

export async function nodeCanvasDrawer(): Promise<DrawChart> {
  const { ChartJSNodeCanvas } = await import("chartjs-node-canvas");
  return (panel) => {
    const canvas = new ChartJSNodeCanvas({ ...size, backgroundColour: background });
    return canvas.renderToBufferSync(chartConfig(panel), "image/png");
  };
}

export async function napiCanvasDrawer(): Promise<DrawChart> {
  const { createCanvas } = await import("@napi-rs/canvas");
  const { Chart } = await import("chart.js/auto");
  const backgroundPlugin = {
    id: "background",
    beforeDraw({ ctx }: { readonly ctx: CanvasFill }) {
      ctx.save();
      ctx.globalCompositeOperation = "destination-over";
      ctx.fillStyle = background;
      ctx.fillRect(0, 0, size.width, size.height);
      ctx.restore();
    },
  };
  return (panel) => {
    const canvas = Object.assign(createCanvas(size.width, size.height), { style: {} });
    const chart = new Chart(canvas as never, { ...chartConfig(panel), plugins: [backgroundPlugin] });
    try {
      return canvas.toBuffer("image/png");
    } finally {
      chart.destroy();
    }
  };
}

/** What is used of the browser's CanvasRenderingContext2D, whose types Node lacks. */
type CanvasFill = {
  globalCompositeOperation: string;
  fillStyle: string;
  save(): void;
  restore(): void;
  fillRect(x: number, y: number, width: number, height: number): void;
};
