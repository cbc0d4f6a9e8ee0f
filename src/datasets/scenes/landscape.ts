// Sky over mountains, hills and a foreground: meadow, lake, beach, wheat, snow or a forest clearing.

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
  smoothstep,
  vary,
} from "./canvas.ts";
import { drawBoat, drawHouse, drawTree } from "./landmarks.ts";
import { createNoise, type Noise } from "./noise.ts";
import { drawSky, type Weather } from "./sky.ts";

type Ground = "meadow" | "lake" | "beach" | "wheat" | "snow" | "forest";

/** The light that falls on the ground: colors are multiplied by it. */
const lights: Readonly<Record<Weather, Rgb>> = {
  day: [1, 1, 1],
  sunset: [0.66, 0.46, 0.42],
  overcast: [0.8, 0.83, 0.86],
};

export function drawLandscape(canvas: Canvas, stream: RandomStream): void {
  const noise = createNoise(stream);
  const chance = stream.uniform();
  const weather: Weather = chance < 0.62 ? "day" : chance < 0.86 ? "sunset" : "overcast";
  const ground = pick<Ground>(stream, ["meadow", "meadow", "lake", "beach", "wheat", "snow", "forest"]);
  const horizon = between(stream, 0.36, 0.6);
  const light = lights[weather];
  const lit = (color: Rgb): Rgb => [color[0] * light[0], color[1] * light[1], color[2] * light[2]];

  const sky = drawSky(canvas, stream, noise, weather, horizon);
  const haze = mix(sky.low, lit(hex("#8fa3b8")), 0.5);
  if (ground !== "beach" && stream.uniform() < 0.6) drawMountains(canvas, stream, noise, horizon, haze, lit);
  if (ground !== "beach") {
    const far = hex(ground === "snow" ? "#dfe8f2" : "#6f9a5a");
    const near = hex(ground === "snow" ? "#eef3f8" : "#4f8a36");
    drawHill(canvas, stream, noise, horizon - 0.01, 0.07, mix(lit(far), haze, 0.45));
    if (stream.uniform() < 0.75) drawForestLine(canvas, stream, noise, horizon + 0.015, lit);
    else drawHill(canvas, stream, noise, horizon + 0.02, 0.05, mix(lit(near), haze, 0.2));
  }
  drawGround(canvas, stream, noise, ground, horizon + 0.02, sky.low, lit, weather);
  addLandmarks(canvas, stream, noise, ground, horizon, lit);
}

function addLandmarks(
  canvas: Canvas,
  stream: RandomStream,
  noise: Noise,
  ground: Ground,
  horizon: number,
  lit: (color: Rgb) => Rgb,
): void {
  if (ground === "lake" || ground === "beach") {
    if (stream.uniform() < 0.6)
      drawBoat(canvas, between(stream, 0.2, 0.8), horizon + 0.06, between(stream, 0.12, 0.22), lit);
    return;
  }
  if (stream.uniform() < 0.45)
    drawHouse(canvas, stream, between(stream, 0.15, 0.85), horizon + 0.1, between(stream, 0.13, 0.24), lit);
  const trees = ground === "forest" ? 4 + stream.below(4) : stream.below(4);
  const places = Array.from({ length: trees }, () => between(stream, 0.06, 0.4)).sort((a, b) => a - b);
  for (const depth of places) {
    drawTree(
      canvas,
      stream,
      noise,
      between(stream, 0, 1),
      horizon + depth,
      0.2 + depth * 0.9,
      lit,
      ground === "snow",
    );
  }
}

function drawMountains(
  canvas: Canvas,
  stream: RandomStream,
  noise: Noise,
  horizon: number,
  haze: Rgb,
  lit: (color: Rgb) => Rgb,
): void {
  const height = between(stream, 0.12, 0.27);
  const offset = between(stream, 0, 50);
  const rock = mix(lit(vary(hex("#6d7484"), stream)), haze, 0.3);
  const snow = lit(hex("#f4f7fb"));
  const snowLine = between(stream, 0.45, 0.8);
  paint(canvas, (x, y, out) => {
    const crest = 1 - Math.abs(2 * noise.fractal(x * 2.5 + offset, 3.3, 4) - 1) * 1.4;
    const top = horizon - height * crest;
    const slope = noise.fractal((x + y * 0.6) * 14 + offset, y * 7, 3);
    const altitude = (horizon - y) / height;
    blend(
      out,
      rock,
      snow,
      smoothstep(snowLine - 0.06, snowLine + 0.06, altitude + (slope - 0.5) * 0.35),
      0.75 + slope * 0.5,
    );
    return edge(top - y, canvas.pixel);
  });
}

function drawHill(
  canvas: Canvas,
  stream: RandomStream,
  noise: Noise,
  base: number,
  height: number,
  color: Rgb,
): void {
  const offset = between(stream, 0, 50);
  const varied = vary(color, stream, 0.03);
  paint(canvas, (x, y, out) => {
    const top = base - height * (noise.fractal(x * 2 + offset, 9.1, 2) - 0.15);
    const texture = noise.fractal(x * 26 + offset, y * 40, 2);
    blend(out, varied, varied, 0, 0.86 + 0.24 * texture);
    return edge(top - y, canvas.pixel);
  });
}

/** A row of dark crowns. */
function drawForestLine(
  canvas: Canvas,
  stream: RandomStream,
  noise: Noise,
  base: number,
  lit: (color: Rgb) => Rgb,
): void {
  const offset = between(stream, 0, 50);
  const [dark, bright] = [lit(vary(hex("#1d3b1c"), stream, 0.02)), lit(vary(hex("#4c7a35"), stream, 0.02))];
  paint(canvas, (x, y, out) => {
    const crowns = noise.at(x * 30 + offset, 1.5) * 0.035 + noise.fractal(x * 4 + offset, 5.5, 2) * 0.06;
    const leaves = noise.fractal(x * 34 + offset, y * 34, 2);
    blend(out, dark, bright, smoothstep(0.3, 0.8, leaves));
    return edge(base - 0.035 - crowns - y, canvas.pixel);
  });
}

function drawGround(
  canvas: Canvas,
  stream: RandomStream,
  noise: Noise,
  ground: Ground,
  horizon: number,
  skyLow: Rgb,
  lit: (color: Rgb) => Rgb,
  weather: Weather,
): void {
  const paintBelow = (
    top: (x: number) => number,
    shader: (x: number, y: number, out: Float64Array) => void,
  ) =>
    paint(canvas, (x, y, out) => {
      const cover = edge(top(x) - y, canvas.pixel * 1.5);
      if (cover > 0) shader(x, y, out);
      return cover;
    });
  const wave = between(stream, 0, 50);
  const level = () => horizon;
  const rolling = (x: number) => horizon + 0.03 * noise.at(x * 3 + wave, 2.2);

  if (ground === "lake" || ground === "beach") {
    const deep = mix(lit(vary(hex("#1f5f86"), stream, 0.03)), skyLow, weather === "sunset" ? 0.42 : 0.12);
    const bright = mix(skyLow, lit(hex("#7fb6d0")), 0.5);
    paintBelow(level, (x, y, out) => {
      const depth = 1 / (y - horizon + 0.06);
      const ripple = noise.fractal(x * 4 * Math.sqrt(depth) + wave, depth * 14, 3);
      blend(out, deep, bright, smoothstep(0.42, 0.72, ripple) * 0.8 + smoothstep(0.12, 0, y - horizon) * 0.5);
    });
  }
  if (ground === "beach") {
    const shore = between(stream, 0.2, 0.32);
    const [sand, wet] = [lit(vary(hex("#e3c78f"), stream, 0.02)), lit(hex("#a88a5c"))];
    const line = (x: number) =>
      horizon + shore + 0.05 * noise.fractal(x * 2 + wave, 7.7, 2) - 0.08 * (x - 0.5);
    paintBelow(
      (x) => line(x) - 0.02,
      (_x, _y, out) => blend(out, lit(hex("#f2f6f6")), skyLow, 0.1),
    );
    paintBelow(line, (x, y, out) => {
      const grain = noise.at(x * 64, y * 64);
      const dune = noise.fractal(x * 5 + wave, y * 16, 2);
      blend(out, wet, sand, smoothstep(0, 0.07, y - line(x)) * 0.9 + 0.1, 0.84 + 0.14 * grain + 0.14 * dune);
    });
  } else if (ground === "snow") {
    // Snow in the evening takes the blue of the sky above rather than the red of the sun.
    const evening = weather === "sunset";
    const [shadow, bright] = evening
      ? ([hex("#4d5680"), hex("#b39aa8")] as const)
      : ([lit(hex("#b4c6de")), lit(hex("#fbfcfe"))] as const);
    paintBelow(rolling, (x, y, out) => {
      blend(out, shadow, bright, smoothstep(0.25, 0.7, noise.fractal(x * 4 + wave, y * 9, 3)));
    });
  } else if (ground === "wheat") {
    const [stalk, ear] = [lit(vary(hex("#8a6a24"), stream, 0.02)), lit(vary(hex("#ecc75e"), stream, 0.02))];
    paintBelow(rolling, (x, y, out) => {
      const depth = y - horizon;
      const blades = noise.at(x * 58, y * 11 + wave) * 0.65 + noise.fractal(x * 6, y * 24 + wave, 2) * 0.35;
      blend(out, stalk, ear, smoothstep(0.2, 0.75, blades + 0.15 - depth * 0.35));
    });
  } else if (ground !== "lake") {
    const isForest = ground === "forest";
    const dark = lit(vary(hex(isForest ? "#27471f" : "#356b22"), stream, 0.02));
    const bright = lit(vary(hex(isForest ? "#5c8a3a" : "#86b84a"), stream, 0.03));
    paintBelow(rolling, (x, y, out) => {
      const blades = noise.at(x * 50, y * 24 + wave) * 0.6 + noise.fractal(x * 5 + wave, y * 12, 3) * 0.5;
      blend(out, dark, bright, smoothstep(0.25, 0.85, blades));
    });
    if (!isForest && stream.uniform() < 0.5) drawPath(canvas, stream, noise, horizon, lit);
  } else {
    const bank = between(stream, 0.3, 0.45);
    const [dark, bright] = [lit(hex("#2f5f20")), lit(hex("#7fae46"))];
    const line = (x: number) => horizon + bank + 0.08 * noise.fractal(x * 3 + wave, 4.4, 2) + 0.1 * (x - 0.5);
    paintBelow(line, (x, y, out) => blend(out, dark, bright, noise.at(x * 50, y * 24 + wave)));
  }
}

/** A sandy path that narrows towards the horizon. */
function drawPath(
  canvas: Canvas,
  stream: RandomStream,
  noise: Noise,
  horizon: number,
  lit: (color: Rgb) => Rgb,
): void {
  const [start, end] = [between(stream, 0.2, 0.8), between(stream, 0.3, 0.7)];
  const [dark, bright] = [lit(hex("#9c7d55")), lit(hex("#cfb486"))];
  paint(canvas, (x, y, out) => {
    const near = (y - horizon - 0.03) / (1 - horizon);
    if (near <= 0) return 0;
    const middle = end + (start - end) * near * near + 0.06 * Math.sin(near * 7);
    blend(out, dark, bright, noise.at(x * 40, y * 40));
    return edge(Math.abs(x - middle) - 0.012 - 0.12 * near * near, canvas.pixel * 1.5);
  });
}
