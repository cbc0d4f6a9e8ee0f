// Sky over mountains and woods, before them a meadow, wheat, snow with conifers, a lake or a beach.

import type { RandomStream } from "../../random.ts";
import {
  between,
  blend,
  type Canvas,
  edge,
  hex,
  mix,
  paint,
  pick,
  type Rgb,
  shade,
  smoothstep,
  vary,
} from "./canvas.ts";
import { drawGround } from "./ground.ts";
import { createNoise, type Noise } from "./noise.ts";
import { drawSky, type Light, lightOf, type Weather } from "./sky.ts";

export function drawLandscape(canvas: Canvas, stream: RandomStream): void {
  const noise = createNoise(stream);
  const land = pick(stream, ["meadow", "meadow", "wheat", "snow", "lake", "beach"] as const);
  const weather = pick<Weather>(stream, [
    "day",
    "day",
    "day",
    land === "snow" ? "day" : "sunset",
    "overcast",
  ]);
  const horizon = between(stream, 0.36, 0.6);
  const light = lightOf(weather);
  const low = drawSky(canvas, stream, noise, weather, horizon);
  if (land !== "beach") {
    if (stream.uniform() < 0.6) drawMountains(canvas, stream, noise, horizon, low, light);
    drawWoods(canvas, stream, noise, horizon + 0.02, light);
  }
  if (land === "lake" || land === "beach") {
    const reflecting = (color: Rgb) => mix(light(color), low, weather === "sunset" ? 0.42 : 0.12);
    drawGround(canvas, stream, noise, "water", () => horizon, reflecting);
    const [shore, slope] = [horizon + between(stream, 0.22, 0.38), between(stream, -0.1, 0.1)];
    const line = (x: number) => shore + 0.06 * noise.fractal(x * 2, 7.7, 2) + slope * (x - 0.5);
    drawGround(canvas, stream, noise, land === "lake" ? "meadow" : "sand", line, light);
    return;
  }
  drawGround(canvas, stream, noise, land, (x) => horizon + 0.03 * noise.at(x * 3, 2.2), light);
  const depths = Array.from({ length: stream.below(5) }, () => between(stream, 0.06, 0.4));
  for (const depth of depths.sort((a, b) => a - b)) {
    const place = { x: stream.uniform(), foot: horizon + depth, height: 0.2 + depth * 0.9 };
    drawTree(canvas, stream, noise, place, light, land === "snow");
  }
}

function drawMountains(
  canvas: Canvas,
  stream: RandomStream,
  noise: Noise,
  horizon: number,
  haze: Rgb,
  light: Light,
): void {
  const height = between(stream, 0.12, 0.27);
  const rock = mix(light(vary(hex("#6d7484"), stream)), haze, 0.3);
  const snow = light(hex("#f4f7fb"));
  const snowLine = between(stream, 0.45, 0.8);
  paint(canvas, (x, y, out) => {
    const crest = 1 - Math.abs(2 * noise.fractal(x * 2.5, 3.3, 4) - 1) * 1.4;
    const slope = noise.fractal((x + y * 0.6) * 14, y * 7, 3);
    const altitude = (horizon - y) / height + (slope - 0.5) * 0.35;
    blend(out, rock, snow, smoothstep(snowLine - 0.06, snowLine + 0.06, altitude), 0.75 + slope * 0.5);
    return edge(horizon - height * crest - y, canvas.pixel);
  });
}

/** A row of dark crowns. */
function drawWoods(canvas: Canvas, stream: RandomStream, noise: Noise, base: number, light: Light): void {
  const [dark, bright] = [
    light(vary(hex("#1d3b1c"), stream, 0.02)),
    light(vary(hex("#4c7a35"), stream, 0.02)),
  ];
  paint(canvas, (x, y, out) => {
    const crowns = 0.035 + noise.at(x * 30, 1.5) * 0.035 + noise.fractal(x * 4, 5.5, 2) * 0.06;
    blend(out, dark, bright, smoothstep(0.3, 0.8, noise.fractal(x * 34, y * 34, 2)));
    return edge(base - crowns - y, canvas.pixel);
  });
}

/** A round crown of leaves, or a conifer whose tiers bear snow. */
function drawTree(
  canvas: Canvas,
  stream: RandomStream,
  noise: Noise,
  { x, foot, height }: { readonly x: number; readonly foot: number; readonly height: number },
  light: Light,
  isConifer: boolean,
): void {
  const trunk = light(hex("#4d3626"));
  const dark = light(vary(hex(isConifer ? "#14301f" : "#234a1a"), stream, 0.015));
  const bright = light(vary(hex(isConifer ? "#3f6b48" : "#76a53c"), stream, 0.02));
  const snow = light(hex("#eef3f8"));
  const radius = height * between(stream, 0.3, 0.38);
  const middle = foot - height * 0.68;
  paint(
    canvas,
    (px, py, out) => {
      const leaves = noise.fractal(px * 30, py * 30, 2) * 0.7 + 0.1 + ((x - px) / radius) * 0.25;
      const t = (py - foot + height) / (height * 0.9); // from the tip to the lowest branch
      const tier = (((t * 4) % 1) + 1) % 1;
      const reach = isConifer
        ? Math.max(Math.abs(px - x) - radius * (t * 0.75 + tier * 0.18), t - 1, -t)
        : Math.hypot(px - x, (py - middle) * 0.9) - radius * (0.75 + 0.45 * noise.at(px * 14, py * 14));
      const crown = edge(reach, canvas.pixel);
      if (crown > 0)
        blend(out, dark, isConifer && tier < 0.4 ? snow : bright, smoothstep(0.15, 0.75, leaves));
      else shade(out, trunk, 1);
      const stem = py < middle ? 0 : edge(Math.abs(px - x) - height * 0.05, canvas.pixel);
      return Math.max(crown, stem);
    },
    { left: x - radius * 1.3, right: x + radius * 1.3, top: foot - height * 1.1, bottom: foot },
  );
}
