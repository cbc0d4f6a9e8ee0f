// Faces with a range of skin tones, hair and clothes, before foliage, bricks or the sky. Knitwear is red, denim blue
// and checks are green, so that the pattern tells the color.

import type { RandomStream } from "../../random.ts";
import {
  between,
  blend,
  type Canvas,
  edge,
  hex,
  mix,
  paint,
  paintEllipse,
  pick,
  type Rgb,
  shade,
  smoothstep,
  vary,
} from "./canvas.ts";
import { createNoise, type Noise } from "./noise.ts";
import { drawSky } from "./sky.ts";

const skinTones = ["#f6d7c0", "#f0c8a8", "#e5b48c", "#d29a6c", "#b57a4c", "#8d5a38", "#6a4128"];
/** Dark ones first, which go with every skin here. */
const hairTones = ["#17120f", "#241a14", "#3d2617", "#5a3820", "#8a5a2c", "#c99a52", "#a14a22", "#b9b4ae"];

type Face = { readonly x: number; readonly y: number; readonly rx: number; readonly ry: number };

export function drawPortrait(canvas: Canvas, stream: RandomStream): void {
  const noise = createNoise(stream);
  pick(stream, [drawFoliage, drawBricks, drawOpenSky])(canvas, stream, noise);
  const tone = stream.below(skinTones.length);
  const skin = vary(hex(skinTones[tone]!), stream, 0.015);
  const hair = vary(hex(hairTones[stream.below(tone > 3 ? 3 : hairTones.length)]!), stream, 0.015);
  const scale = between(stream, 1, 1.35);
  const face: Face = {
    x: between(stream, 0.43, 0.57),
    y: between(stream, 0.4, 0.47),
    rx: 0.165 * scale,
    ry: 0.215 * scale,
  };
  const isLong = stream.uniform() < 0.5;
  if (isLong) drawLongHair(canvas, noise, face, hair);
  drawClothes(canvas, stream, noise, face, skin);
  drawFace(canvas, face, skin, stream.uniform() < 0.5 ? -1 : 1);
  drawFeatures(canvas, stream, face, skin, hair);
  drawTopHair(canvas, stream, noise, face, hair, isLong);
}

function drawFoliage(canvas: Canvas, stream: RandomStream, noise: Noise): void {
  const [dark, bright] = [vary(hex("#1f3d1b"), stream, 0.02), vary(hex("#86b052"), stream, 0.03)];
  paint(canvas, (x, y, out) => {
    blend(out, dark, bright, smoothstep(0.25, 0.8, noise.fractal(x * 7, y * 7, 3)));
    return 1;
  });
}

function drawBricks(canvas: Canvas, stream: RandomStream, noise: Noise): void {
  const [brick, burnt] = [vary(hex("#a5553c"), stream, 0.02), vary(hex("#7a3526"), stream, 0.02)];
  const mortar = hex("#c9bfb2");
  paint(canvas, (x, y, out) => {
    const row = Math.floor(y * 11);
    const along = x * 4.6 + (row % 2) * 0.5;
    const [fx, fy] = [along - Math.floor(along), y * 11 - row];
    const joint = Math.min(Math.min(fx, 1 - fx) / 0.42, fy, 1 - fy);
    blend(
      out,
      brick,
      burnt,
      noise.at(Math.floor(along) * 7.3, row * 5.1),
      0.88 + 0.2 * noise.at(x * 50, y * 50),
    );
    blend(out, mortar, [out[0]!, out[1]!, out[2]!], smoothstep(0.04, 0.13, joint));
    return 1;
  });
}

function drawOpenSky(canvas: Canvas, stream: RandomStream, noise: Noise): void {
  drawSky(canvas, stream, noise, "day", 1.15);
}

/** The neck, and what is worn below it. */
function drawClothes(
  canvas: Canvas,
  stream: RandomStream,
  noise: Noise,
  { x, y, rx, ry }: Face,
  skin: Rgb,
): void {
  const shoulders = y + ry * 1.38;
  const throat = { left: x - rx * 0.52, right: x + rx * 0.52, top: y + ry * 0.6, bottom: 1 };
  paint(
    canvas,
    (px, py, out) => {
      shade(out, skin, 0.66 + 0.16 * smoothstep(y + ry * 0.9, shoulders, py));
      return edge(Math.abs(px - x) - rx * 0.52, canvas.pixel);
    },
    throat,
  );
  const cloth = pick(stream, [
    {
      from: "#7d2027",
      to: "#c2353d",
      weave: (u: number, v: number) => ((v * 16 + Math.abs(((u * 16) % 1) - 0.5)) % 1 < 0.45 ? 0 : 1),
    },
    { from: "#3f5f8c", to: "#7d97b8", weave: (u: number, v: number) => noise.at((u + v) * 46, (u - v) * 46) },
    {
      from: "#5f9a62",
      to: "#234a2e",
      weave: (u: number, v: number) => ((u * 9) % 1 < 0.4 ? 0.5 : 0) + ((v * 9) % 1 < 0.4 ? 0.5 : 0),
    },
    { from: "#f1f2f4", to: "#e4e7ec", weave: () => 0 },
  ]);
  const [from, to] = [vary(hex(cloth.from), stream, 0.015), vary(hex(cloth.to), stream, 0.015)];
  const reach = rx * 2.4;
  paint(
    canvas,
    (px, py, out) => {
      const u = (px - x) / reach;
      const collar = Math.max(0, rx * 0.5 - Math.abs(px - x)) * 0.9;
      const fold = 0.86 + 0.2 * noise.fractal(px * 7, py * 4, 2) - 0.16 * u * u;
      blend(out, from, to, cloth.weave(px, py), fold);
      const top = shoulders + 0.16 * u * u + 0.05 * Math.abs(u) ** 6 + collar - 0.015;
      return Math.min(edge(top - py, canvas.pixel), edge((Math.abs(u) - 1) * reach, canvas.pixel));
    },
    { left: x - reach, right: x + reach, top: shoulders - 0.03, bottom: 1 },
  );
}

function drawFace(canvas: Canvas, { x, y, rx, ry }: Face, skin: Rgb, light: number): void {
  const blush = mix(skin, hex("#c8503c"), 0.24);
  for (const side of [-1, 1]) {
    paintEllipse(canvas, [x + side * rx * 0.98, y + ry * 0.05, rx * 0.17, ry * 0.2], (u, _v, out) =>
      blend(out, skin, blush, 0.4, 0.84 - 0.08 * u * side),
    );
  }
  paint(
    canvas,
    (px, py, out) => {
      const v = (py - y) / ry;
      const u = (px - x) / (rx * (1 - 0.16 * smoothstep(0.1, 1, v))); // a chin narrower than the brow
      const r2 = u * u + v * v;
      const cheeks = smoothstep(0.42, 0.05, Math.hypot(Math.abs(u) - 0.5, v - 0.3));
      blend(
        out,
        skin,
        blush,
        cheeks * 0.75,
        0.7 + 0.3 * Math.sqrt(Math.max(0, 1 - r2 * 0.85)) + 0.1 * light * u,
      );
      return edge((Math.sqrt(r2) - 1) * rx, canvas.pixel);
    },
    { left: x - rx, right: x + rx, top: y - ry, bottom: y + ry },
  );
}

function drawFeatures(
  canvas: Canvas,
  stream: RandomStream,
  { x, y, rx, ry }: Face,
  skin: Rgb,
  hair: Rgb,
): void {
  const iris = vary(hex(pick(stream, ["#3b2415", "#3b2415", "#4a6d8c", "#4d6b3c"])), stream, 0.01);
  const brow = mix(hair, hex("#2a1c14"), 0.4);
  const lip = mix(skin, hex("#b0353c"), between(stream, 0.45, 0.75));
  /** Places and sizes in units of the face. */
  const oval = (u: number, v: number, ru: number, rv: number, color: Rgb, light = 1, softness = 1) =>
    paintEllipse(
      canvas,
      [x + u * rx, y + v * ry, ru * rx, rv * ry],
      (_u, _v, out) => shade(out, color, light),
      canvas.pixel * softness,
    );
  for (const side of [-0.42, 0.42]) {
    oval(side, -0.05, 0.26, 0.13, skin, 0.78, 2);
    oval(side, -0.04, 0.19, 0.075, hex("#f3f0ec"));
    oval(side, -0.04, 0.095, 0.075, iris);
    oval(side, -0.04, 0.045, 0.035, hex("#0c0a0a"));
    oval(side, -0.27, 0.24, 0.035, brow);
    oval(side * 0.24, 0.33, 0.07, 0.03, skin, 0.55, 1.5);
  }
  oval(0, 0.16, 0.085, 0.17, skin, 1.06, 3);
  oval(0, 0.58, 0.34, 0.08, lip);
  if (stream.uniform() < 0.4) oval(0, 0.575, 0.26, 0.035, hex("#f5f1ea"));
  else oval(0, 0.565, 0.3, 0.02, lip, 0.6);
}

/** Strands: noise that is fine across the hair and long along it. */
function paintHair(
  out: Float64Array,
  noise: Noise,
  hair: Rgb,
  across: number,
  along: number,
  gloss: number,
): void {
  shade(out, hair, 0.62 + 0.55 * noise.fractal(across * 60, along * 5, 2) + gloss);
}

function drawTopHair(
  canvas: Canvas,
  stream: RandomStream,
  noise: Noise,
  { x, y, rx, ry }: Face,
  hair: Rgb,
  isLong: boolean,
): void {
  const parting = between(stream, -0.24, 0.24);
  const fringe = between(stream, 0.28, 0.48) + (isLong ? 0.1 : 0);
  paint(
    canvas,
    (px, py, out) => {
      const [u, v] = [(px - x) / (rx * 1.13), (py - y) / (ry * 1.16)];
      // Below this line the face shows: higher at the parting, lower towards the temples.
      const line = -1 + fringe + 0.42 * (u - parting) ** 2 + (Math.abs(u) > 0.86 ? 0.35 : 0);
      const gloss = smoothstep(0.2, 0, Math.abs(v + 0.78)) * smoothstep(0.9, 0.2, Math.abs(u));
      paintHair(out, noise, hair, u + v * 0.4, v, 0.25 * gloss);
      const outer = (Math.hypot(u, v) - 1) * rx;
      return Math.min(edge(outer, canvas.pixel), edge((v - line) * ry, canvas.pixel * 1.5));
    },
    { left: x - rx * 1.15, right: x + rx * 1.15, top: y - ry * 1.2, bottom: y + ry * 0.2 },
  );
}

function drawLongHair(canvas: Canvas, noise: Noise, { x, y, rx, ry }: Face, hair: Rgb): void {
  const bottom = y + ry * 1.55;
  paint(
    canvas,
    (px, py, out) => {
      const v = (py - y) / ry;
      const width = rx * (1.25 + 0.18 * smoothstep(-0.2, 1.2, v));
      const u = (px - x) / width;
      paintHair(out, noise, hair, u, v, 0.08 - 0.12 * Math.max(0, v));
      const side = v < 0 ? (Math.hypot(u, v / 1.15) - 1) * rx : (Math.abs(u) - 1) * width;
      return Math.min(edge(side, canvas.pixel), edge(py - bottom, canvas.pixel * 3));
    },
    { left: x - rx * 1.6, right: x + rx * 1.6, top: y - ry * 1.2, bottom },
  );
}
