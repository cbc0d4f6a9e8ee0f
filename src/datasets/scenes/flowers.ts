// Flowers close up before grass: sunflowers, daisies, poppies, cornflowers and tulips.

import type { RandomStream } from "../../random.ts";
import {
  between,
  blend,
  type Canvas,
  edge,
  hex,
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

type Bloom = {
  readonly petals: number;
  readonly petal: Rgb;
  readonly shadow: Rgb;
  readonly heart: Rgb;
  /** Radius of the heart, as a share of the flower's. */
  readonly heartShare: number;
  /** How deep the gaps between petals reach, as a share of the radius. */
  readonly gap: number;
};

const blooms: readonly Bloom[] = [
  {
    petals: 17,
    petal: hex("#f7c325"),
    shadow: hex("#c98310"),
    heart: hex("#43280f"),
    heartShare: 0.46,
    gap: 0.36,
  },
  {
    petals: 13,
    petal: hex("#fbfaf6"),
    shadow: hex("#c3c8d2"),
    heart: hex("#f0b91e"),
    heartShare: 0.3,
    gap: 0.5,
  },
  {
    petals: 4,
    petal: hex("#d8281f"),
    shadow: hex("#7d1013"),
    heart: hex("#18100f"),
    heartShare: 0.22,
    gap: 0.12,
  },
  {
    petals: 9,
    petal: hex("#4a63c9"),
    shadow: hex("#28368a"),
    heart: hex("#2b2458"),
    heartShare: 0.2,
    gap: 0.62,
  },
];

export function drawFlowers(canvas: Canvas, stream: RandomStream): void {
  const noise = createNoise(stream);
  const hasSky = stream.uniform() < 0.45;
  const horizon = hasSky ? between(stream, 0.25, 0.45) : -0.1;
  if (hasSky) drawSky(canvas, stream, noise, "day", horizon);
  drawGrass(canvas, stream, noise, horizon);

  const bloom = stream.below(blooms.length + 1);
  const count = 3 + stream.below(6);
  const places = Array.from({ length: count }, (_, place) => ({
    x: (place + between(stream, 0.2, 0.8)) / count,
    y: between(stream, Math.max(0.2, horizon + 0.02), 0.8),
  })).sort((a, b) => a.y - b.y);
  for (const { x, y } of places) {
    const radius = between(stream, 0.55, 0.8) * (0.09 + 0.14 * y);
    drawStem(canvas, stream, x, y, radius);
    const kind = blooms[bloom];
    if (kind === undefined) drawTulip(canvas, stream, x, y, radius);
    else drawBloom(canvas, stream, noise, kind, x, y, radius);
  }
}

function drawBloom(
  canvas: Canvas,
  stream: RandomStream,
  noise: Noise,
  bloom: Bloom,
  x: number,
  y: number,
  radius: number,
): void {
  const turn = between(stream, 0, Math.PI * 2);
  const petal = vary(bloom.petal, stream, 0.015);
  const tilt = between(stream, 0.78, 1);
  const heart = radius * bloom.heartShare;
  paint(
    canvas,
    (px, py, out) => {
      const [dx, dy] = [px - x, (py - y) / tilt];
      const distance = Math.hypot(dx, dy);
      const wave = 0.5 + 0.5 * Math.cos((Math.atan2(dy, dx) + turn) * bloom.petals);
      const reach = radius * (1 - bloom.gap * (1 - Math.sqrt(wave)));
      const depth = smoothstep(heart * 0.8, radius, distance);
      blend(out, bloom.shadow, petal, 0.25 + 0.5 * depth + 0.4 * wave);
      return edge(distance - reach, canvas.pixel);
    },
    { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius },
  );
  paintEllipse(canvas, [x, y, heart, heart * tilt], (u, v, out) => {
    const seeds = noise.at(u * 7 + x * 40, v * 7 + y * 40);
    shade(out, bloom.heart, 0.7 + 0.6 * seeds + 0.15 * (-u - v));
  });
}

/** A closed cup of pink or yellow; the pointed tips tell it from the others. */
function drawTulip(canvas: Canvas, stream: RandomStream, x: number, y: number, radius: number): void {
  const color = vary(hex(pick(stream, ["#e2557f", "#e2557f", "#d93a52"])), stream, 0.015);
  const width = radius * 0.72;
  paint(
    canvas,
    (px, py, out) => {
      const [u, v] = [(px - x) / width, (py - y) / radius];
      const rim = -0.55 - 0.45 * Math.abs(Math.cos(u * Math.PI * 1.5));
      const cup = v > 0 ? (Math.hypot(u, v) - 1) * width : (Math.abs(u) - 1 + 0.12 * v * v) * width;
      const fold = Math.abs(Math.sin(u * Math.PI * 1.5));
      shade(out, color, 0.72 + 0.38 * fold - 0.2 * v);
      return Math.min(edge(cup, canvas.pixel), edge((rim - v) * radius, canvas.pixel));
    },
    { left: x - width, right: x + width, top: y - radius * 1.1, bottom: y + radius },
  );
}

function drawStem(canvas: Canvas, stream: RandomStream, x: number, y: number, radius: number): void {
  const green = vary(hex("#3f6b28"), stream, 0.02);
  const bend = between(stream, -0.1, 0.1);
  const width = radius * 0.09 + canvas.pixel * 0.4;
  const leaf = y + radius * between(stream, 1.5, 2.2);
  const side = stream.uniform() < 0.5 ? -1 : 1;
  paint(
    canvas,
    (px, py, out) => {
      const middle = x + bend * (py - y) ** 2 * 3;
      shade(out, green, px < middle ? 1.15 : 0.85);
      const blade = (px - middle) * side;
      const height = Math.abs(py - leaf + blade * 0.6);
      const isLeaf =
        blade > 0 && blade < radius
          ? edge(height - radius * 0.2 * Math.sin((blade / radius) * Math.PI), canvas.pixel)
          : 0;
      return Math.max(edge(Math.abs(px - middle) - width, canvas.pixel), isLeaf);
    },
    { left: x - 0.25, right: x + 0.25, top: y, bottom: 1 },
  );
}

function drawGrass(canvas: Canvas, stream: RandomStream, noise: Noise, horizon: number): void {
  const [dark, bright] = [vary(hex("#264d1c"), stream, 0.02), vary(hex("#79a944"), stream, 0.03)];
  const offset = between(stream, 0, 50);
  paint(canvas, (x, y, out) => {
    const blades = noise.at(x * 40 + offset, y * 9) * 0.6 + noise.fractal(x * 7, y * 7 + offset, 2) * 0.4;
    blend(out, dark, bright, smoothstep(0.25, 0.8, blades) * (0.55 + 0.45 * smoothstep(0.9, 0.2, y)));
    return edge(horizon + 0.02 * noise.at(x * 20, 1.1) - y, canvas.pixel * 2);
  });
}
