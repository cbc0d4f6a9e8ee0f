// Faces with a range of skin tones, hair and clothes, before foliage, a brick wall, the sky or a plain wall.

import type { RandomStream } from "../../random.ts";
import { drawBackdrop } from "./backdrop.ts";
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
import { drawClothes } from "./clothes.ts";
import { createNoise, type Noise } from "./noise.ts";

const skinTones = ["#f6d7c0", "#f0c8a8", "#e5b48c", "#d29a6c", "#b57a4c", "#8d5a38", "#6a4128"].map(hex);
const hairTones = [
  "#17120f",
  "#241a14",
  "#3d2617",
  "#5a3820",
  "#8a5a2c",
  "#c99a52",
  "#a14a22",
  "#b9b4ae",
].map(hex);

type Face = { readonly x: number; readonly y: number; readonly rx: number; readonly ry: number };

export function drawPortrait(canvas: Canvas, stream: RandomStream): void {
  const noise = createNoise(stream);
  drawBackdrop(canvas, stream, noise);
  const tone = stream.below(skinTones.length);
  const skin = vary(skinTones[tone]!, stream, 0.015);
  // Dark skin goes with dark hair here; fair hair needs a fair face.
  const hair = vary(hairTones[tone > 3 ? stream.below(3) : stream.below(hairTones.length)]!, stream, 0.015);
  const scale = between(stream, 1, 1.35);
  const face: Face = {
    x: 0.5 + between(stream, -0.07, 0.07),
    y: 0.44 + between(stream, -0.04, 0.03),
    rx: 0.165 * scale,
    ry: 0.215 * scale,
  };
  const light = stream.uniform() < 0.5 ? -1 : 1;
  const length = pick(stream, ["short", "short", "short", "long", "long", "long", "bald"] as const);
  if (length === "long") drawLongHair(canvas, noise, face, hair);
  const shoulders = face.y + face.ry * 1.38;
  drawNeck(canvas, face, skin, shoulders);
  drawClothes(canvas, stream, noise, face.x, shoulders, face.rx);
  drawFace(canvas, noise, face, skin, light);
  drawFeatures(canvas, stream, face, skin, hair);
  if (length !== "bald") drawTopHair(canvas, stream, noise, face, hair, length === "long");
}

function drawNeck(canvas: Canvas, { x, y, rx, ry }: Face, skin: Rgb, shoulders: number): void {
  const width = rx * 0.52;
  paint(
    canvas,
    (px, py, out) => {
      shade(out, skin, 0.66 + 0.16 * smoothstep(y + ry * 0.9, shoulders, py));
      return edge(Math.abs(px - x) - width, canvas.pixel);
    },
    { left: x - width, right: x + width, top: y + ry * 0.6, bottom: shoulders + rx * 0.5 },
  );
}

function drawFace(canvas: Canvas, noise: Noise, { x, y, rx, ry }: Face, skin: Rgb, light: number): void {
  const blush = mix(skin, hex("#c8503c"), 0.24);
  const paintEar = (side: number) =>
    paintEllipse(canvas, [x + side * rx * 0.98, y + ry * 0.05, rx * 0.17, ry * 0.2], (u, _v, out) =>
      blend(out, skin, blush, 0.4, 0.84 - 0.08 * u * side),
    );
  paintEar(-1);
  paintEar(1);
  // A chin narrower than the brow: the ellipse shrinks towards the bottom.
  paint(
    canvas,
    (px, py, out) => {
      const v = (py - y) / ry;
      const u = (px - x) / (rx * (1 - 0.16 * smoothstep(0.1, 1, v)));
      const r2 = u * u + v * v;
      const facing = Math.sqrt(Math.max(0, 1 - r2 * 0.85));
      const cheeks = smoothstep(0.42, 0.05, Math.hypot(Math.abs(u) - 0.5, v - 0.3));
      const texture = 0.98 + 0.04 * noise.at(px * 40, py * 40);
      blend(out, skin, blush, cheeks * 0.75, (0.7 + 0.3 * facing + 0.1 * light * u) * texture);
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
  const eyeY = y - ry * 0.04;
  const plain =
    (color: Rgb, light = 1) =>
    (_u: number, _v: number, out: Float64Array) =>
      shade(out, color, light);
  const browColor = mix(hair, hex("#2a1c14"), 0.4);
  for (const side of [-1, 1]) {
    const eyeX = x + side * rx * 0.42;
    paintEllipse(canvas, [eyeX, eyeY - ry * 0.01, rx * 0.26, ry * 0.13], plain(skin, 0.78), canvas.pixel * 2);
    paintEllipse(canvas, [eyeX, eyeY, rx * 0.19, ry * 0.075], plain(hex("#f3f0ec")));
    paintEllipse(canvas, [eyeX, eyeY, rx * 0.095, ry * 0.075], plain(iris));
    paintEllipse(canvas, [eyeX, eyeY, rx * 0.045, ry * 0.035], plain(hex("#0c0a0a")));
    const brow = { x: eyeX, y: eyeY - ry * 0.24, half: rx * 0.24, thick: ry * 0.03, sag: -ry * 0.07 };
    paintArc(canvas, brow, (_v, out) => shade(out, browColor, 1));
    paintEllipse(
      canvas,
      [x + side * rx * 0.1, y + ry * 0.33, rx * 0.07, ry * 0.03],
      plain(skin, 0.55),
      canvas.pixel * 1.5,
    );
  }
  paintEllipse(canvas, [x, y + ry * 0.16, rx * 0.085, ry * 0.17], plain(skin, 1.06), canvas.pixel * 3);
  const lip = mix(skin, hex("#b0353c"), between(stream, 0.45, 0.75));
  const sag = ry * between(stream, 0.03, 0.11);
  const mouth = { x, y: y + ry * 0.58, half: rx * 0.38, thick: ry * 0.065, sag };
  if (stream.uniform() < 0.4) {
    const teeth = hex("#f5f1ea");
    paintArc(canvas, { ...mouth, thick: ry * 0.09 }, (v, out) =>
      shade(out, Math.abs(v) < 0.5 ? teeth : lip, 0.96),
    );
  } else {
    paintArc(canvas, mouth, (v, out) => shade(out, lip, v < -0.05 ? 0.76 : 1));
  }
}

type Arc = {
  readonly x: number;
  readonly y: number;
  readonly half: number;
  readonly thick: number;
  /** How far the middle hangs below the ends: a smile; negative for a brow. */
  readonly sag: number;
};

/** A bow that thins towards its ends; v runs from -1 at its upper edge to 1 at its lower one. */
function paintArc(
  canvas: Canvas,
  { x, y, half, thick, sag }: Arc,
  shader: (v: number, out: Float64Array) => void,
): void {
  const reach = Math.abs(sag) + thick;
  paint(
    canvas,
    (px, py, out) => {
      const u = (px - x) / half;
      if (Math.abs(u) > 1) return 0;
      const thickness = thick * (1 - 0.85 * u * u);
      const v = (py - y - sag * (0.5 - u * u)) / thickness;
      shader(v, out);
      return edge((Math.abs(v) - 1) * thickness, canvas.pixel * 1.2);
    },
    { left: x - half, right: x + half, top: y - reach, bottom: y + reach },
  );
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
  const strand = noise.fractal(across * 60, along * 5, 2);
  shade(out, hair, 0.62 + 0.55 * strand + 0.5 * gloss);
}

function drawTopHair(
  canvas: Canvas,
  stream: RandomStream,
  noise: Noise,
  face: Face,
  hair: Rgb,
  isLong: boolean,
): void {
  const { x, y, rx, ry } = face;
  const parting = between(stream, -0.6, 0.6);
  const fringe = between(stream, 0.28, 0.48);
  paint(
    canvas,
    (px, py, out) => {
      const u = (px - x) / (rx * 1.13);
      const v = (py - y) / (ry * 1.16);
      const outer = (Math.hypot(u, v) - 1) * rx;
      // Below this line the face shows: higher at the parting, lower towards the temples.
      const line = -1 + fringe + 0.42 * (u - parting * 0.4) * (u - parting * 0.4) + (isLong ? 0.1 : 0);
      const gloss = smoothstep(0.2, 0, Math.abs(v + 0.78)) * smoothstep(0.9, 0.2, Math.abs(u));
      const temple = Math.abs(u) > 0.86 ? 0.35 : 0;
      paintHair(out, noise, hair, u + v * 0.4, v, gloss * 0.5);
      return Math.min(edge(outer, canvas.pixel), edge((v - line - temple) * ry, canvas.pixel * 1.5));
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
      const crown = v < 0 ? (Math.hypot(u, v / 1.15) - 1) * rx : (Math.abs(u) - 1) * width;
      paintHair(out, noise, hair, u, v, 0.15 - 0.25 * Math.max(0, v));
      return Math.min(edge(crown, canvas.pixel), edge(py - bottom + 0.03 * Math.abs(u), canvas.pixel * 3));
    },
    { left: x - rx * 1.6, right: x + rx * 1.6, top: y - ry * 1.2, bottom },
  );
}
