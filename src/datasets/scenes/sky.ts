// Skies: blue days with white clouds, dark-topped orange sunsets, grey overcast; and the light that they give.

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
  shade,
  smoothstep,
  vary,
} from "./canvas.ts";
import type { Noise } from "./noise.ts";

export type Weather = "day" | "sunset" | "overcast";

/** From the zenith to the horizon, clouds and their shadow, and what colors on the ground are multiplied by. */
const palettes: Readonly<Record<Weather, { colors: readonly string[]; light: Rgb; cloudsFrom: number }>> = {
  day: {
    colors: ["#2f6fc4", "#6aa5e3", "#b9daf0", "#ffffff", "#b8c4d3"],
    light: [1, 1, 1],
    cloudsFrom: 0.55,
  },
  sunset: {
    colors: ["#25305c", "#a04a55", "#f39a3e", "#f7a262", "#5d3a56"],
    light: [0.66, 0.46, 0.42],
    cloudsFrom: 0.5,
  },
  overcast: {
    colors: ["#8f9aa6", "#a9b3bc", "#c3cad0", "#c9ced3", "#7d8791"],
    light: [0.8, 0.83, 0.86],
    cloudsFrom: 0.34,
  },
};

/** Changes a color as the weather's light does. */
export type Light = (color: Rgb) => Rgb;

export function lightOf(weather: Weather): Light {
  const { light } = palettes[weather];
  return (color) => [color[0] * light[0], color[1] * light[1], color[2] * light[2]];
}

/** Paints the whole canvas; gives the color at the horizon, for haze and reflections. */
export function drawSky(
  canvas: Canvas,
  stream: RandomStream,
  noise: Noise,
  weather: Weather,
  horizon: number,
): Rgb {
  const { colors, cloudsFrom } = palettes[weather];
  const [high, middle, low, cloud, base] = colors.map((color) => vary(hex(color), stream, 0.02)) as [
    Rgb,
    Rgb,
    Rgb,
    Rgb,
    Rgb,
  ];
  paint(canvas, (_x, y, out) => {
    const t = y / horizon;
    if (t < 0.55) blend(out, high, middle, t / 0.55);
    else blend(out, middle, low, (t - 0.55) / 0.45);
    return 1;
  });
  if (weather === "sunset") {
    const [x, y] = [between(stream, 0.15, 0.85), horizon - between(stream, 0.01, 0.1)];
    const glow = hex("#ffb84d");
    paint(canvas, (px, py, out) => {
      shade(out, glow, 1);
      return 0.85 * Math.max(0, 1 - Math.hypot(px - x, py - y) / 0.36) ** 2;
    });
    const disc = hex("#ffe9a8");
    paintEllipse(canvas, [x, y, 0.045, 0.045], (_u, _v, out) => shade(out, disc, 1), canvas.pixel * 2);
  }
  const shadow = mix(base, middle, 0.25);
  const from = cloudsFrom + between(stream, -0.1, 0.12);
  const stretch = between(stream, 2, 3.5);
  paint(
    canvas,
    (x, y, out) => {
      const far = 1 + y / horizon;
      const body = noise.fractal(x * stretch * far, y * 7 * far, 4);
      const above = noise.fractal(x * stretch * far, (y - 0.03) * 7 * far, 4);
      blend(out, shadow, cloud, 0.62 + (body - above) * 4);
      return smoothstep(from, from + 0.18, body) * 0.94 * smoothstep(1.02, 0.85, y / horizon);
    },
    { left: 0, right: 1, top: 0, bottom: horizon },
  );
  return low;
}
