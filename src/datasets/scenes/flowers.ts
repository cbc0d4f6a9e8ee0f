// Flowers close up before grass: sunflowers, daisies, poppies and cornflowers, told apart by their petals.

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
  shade,
  smoothstep,
  vary,
} from "./canvas.ts";
import { drawGround } from "./ground.ts";
import { createNoise, type Noise } from "./noise.ts";
import { drawSky } from "./sky.ts";

/** `heartShare` and `gap`, how deep the petals are parted, are shares of the radius. */
const blooms = [
  { petals: 17, petal: "#f7c325", shadow: "#c98310", heart: "#43280f", heartShare: 0.46, gap: 0.36 },
  { petals: 13, petal: "#fbfaf6", shadow: "#c3c8d2", heart: "#f0b91e", heartShare: 0.3, gap: 0.5 },
  { petals: 4, petal: "#d8281f", shadow: "#7d1013", heart: "#18100f", heartShare: 0.22, gap: 0.12 },
  { petals: 9, petal: "#4a63c9", shadow: "#28368a", heart: "#2b2458", heartShare: 0.2, gap: 0.62 },
] as const;

type Bloom = (typeof blooms)[number];
type Place = { readonly x: number; readonly y: number; readonly radius: number };

export function drawFlowers(canvas: Canvas, stream: RandomStream): void {
  const noise = createNoise(stream);
  const horizon = stream.uniform() < 0.45 ? between(stream, 0.25, 0.45) : -0.1;
  if (horizon > 0) drawSky(canvas, stream, noise, "day", horizon);
  drawGround(canvas, stream, noise, "meadow", (x) => horizon + 0.02 * noise.at(x * 20, 1.1));
  const bloom = pick(stream, blooms);
  const count = 3 + stream.below(6);
  const places = Array.from({ length: count }, (_, place): Place => {
    const y = between(stream, Math.max(0.2, horizon + 0.02), 0.8);
    const radius = between(stream, 0.55, 0.8) * (0.09 + 0.14 * y);
    return { x: (place + between(stream, 0.2, 0.8)) / count, y, radius };
  });
  for (const place of places.sort((a, b) => a.y - b.y)) {
    drawStem(canvas, stream, place);
    drawBloom(canvas, stream, noise, bloom, place);
  }
}

function drawBloom(
  canvas: Canvas,
  stream: RandomStream,
  noise: Noise,
  bloom: Bloom,
  { x, y, radius }: Place,
): void {
  const turn = between(stream, 0, Math.PI * 2);
  const tilt = between(stream, 0.78, 1);
  const [petal, shadow] = [vary(hex(bloom.petal), stream, 0.015), hex(bloom.shadow)];
  const heart = radius * bloom.heartShare;
  paint(
    canvas,
    (px, py, out) => {
      const [dx, dy] = [px - x, (py - y) / tilt];
      const distance = Math.hypot(dx, dy);
      const wave = 0.5 + 0.5 * Math.cos((Math.atan2(dy, dx) + turn) * bloom.petals);
      blend(out, shadow, petal, 0.25 + 0.5 * smoothstep(heart * 0.8, radius, distance) + 0.4 * wave);
      return edge(distance - radius * (1 - bloom.gap * (1 - Math.sqrt(wave))), canvas.pixel);
    },
    { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius },
  );
  const seed = hex(bloom.heart);
  paintEllipse(canvas, [x, y, heart, heart * tilt], (u, v, out) =>
    shade(out, seed, 0.7 + 0.6 * noise.at(u * 7 + x * 40, v * 7 + y * 40) - 0.15 * (u + v)),
  );
}

function drawStem(canvas: Canvas, stream: RandomStream, { x, y, radius }: Place): void {
  const green = vary(hex("#3f6b28"), stream, 0.02);
  const bend = between(stream, -0.3, 0.3);
  paint(
    canvas,
    (px, py, out) => {
      const across = px - x - bend * (py - y) ** 2;
      shade(out, green, across < 0 ? 1.15 : 0.85);
      return edge(Math.abs(across) - radius * 0.09, canvas.pixel);
    },
    { left: x - 0.25, right: x + 0.25, top: y, bottom: 1 },
  );
}
