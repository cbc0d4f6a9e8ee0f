// Skies: blue days with white clouds, dark-topped orange sunsets, grey overcast.

import type { RandomStream } from "../../random.ts";
import {
  between,
  blend,
  type Canvas,
  hex,
  mix,
  paint,
  paintEllipse,
  type Rgb,
  smoothstep,
  vary,
} from "./canvas.ts";
import type { Noise } from "./noise.ts";

export type Weather = "day" | "sunset" | "overcast";

const palettes: Readonly<
  Record<Weather, { high: string; middle: string; low: string; cloud: string; base: string }>
> = {
  day: { high: "#2f6fc4", middle: "#6aa5e3", low: "#b9daf0", cloud: "#ffffff", base: "#b8c4d3" },
  sunset: { high: "#25305c", middle: "#a04a55", low: "#f39a3e", cloud: "#f7a262", base: "#5d3a56" },
  overcast: { high: "#8f9aa6", middle: "#a9b3bc", low: "#c3cad0", cloud: "#c9ced3", base: "#7d8791" },
};

/** Paints the whole canvas; gives the color at the horizon, for haze and reflections. */
export function drawSky(
  canvas: Canvas,
  stream: RandomStream,
  noise: Noise,
  weather: Weather,
  horizon: number,
): { readonly low: Rgb } {
  const palette = palettes[weather];
  const high = vary(hex(palette.high), stream, 0.025);
  const middle = vary(hex(palette.middle), stream, 0.02);
  const low = vary(hex(palette.low), stream, 0.015);
  paint(canvas, (_x, y, out) => {
    const t = y / horizon;
    if (t < 0.55) blend(out, high, middle, t / 0.55);
    else blend(out, middle, low, (t - 0.55) / 0.45);
    return 1;
  });

  if (weather === "sunset" || (weather === "day" && stream.uniform() < 0.3)) {
    const [x, y] = [
      between(stream, 0.15, 0.85),
      weather === "sunset" ? horizon - between(stream, 0.01, 0.1) : between(stream, 0.08, 0.2),
    ];
    const radius = between(stream, 0.035, 0.055);
    const disc: Rgb = weather === "sunset" ? hex("#ffe9a8") : hex("#fff9dc");
    const reach = weather === "sunset" ? 8 : 4;
    const glow: Rgb = weather === "sunset" ? hex("#ffb84d") : hex("#eaf3f7");
    paint(canvas, (px, py, out) => {
      const distance = Math.hypot(px - x, py - y) / (radius * reach);
      blend(out, glow, glow, 0);
      return distance < 1 ? (1 - distance) ** 2 * 0.85 : 0;
    });
    paintEllipse(
      canvas,
      [x, y, radius, radius],
      (_u, _v, out) => blend(out, disc, disc, 0),
      canvas.pixel * 2,
    );
  }

  const amount = weather === "overcast" ? 0.34 : between(stream, 0.42, 0.68);
  const [cloud, base] = [hex(palette.cloud), mix(hex(palette.base), middle, 0.25)];
  const drift = between(stream, 0, 50);
  const stretch = between(stream, 2, 3.5);
  paint(
    canvas,
    (x, y, out) => {
      const far = 1 + y / horizon;
      const body = noise.fractal(x * stretch * far + drift, y * 7 * far, 4);
      const above = noise.fractal(x * stretch * far + drift, (y - 0.03) * 7 * far, 4);
      blend(out, base, cloud, 0.62 + (body - above) * 4);
      return smoothstep(amount, amount + 0.18, body) * 0.94 * smoothstep(1.02, 0.85, y / horizon);
    },
    { left: 0, right: 1, top: 0, bottom: horizon },
  );
  return { low };
}
