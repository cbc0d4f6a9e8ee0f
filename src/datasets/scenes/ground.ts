// What lies in front: each ground has two colors and a texture that tells it from the others in grey.

import type { RandomStream } from "../../random.ts";
import { blend, type Canvas, edge, hex, paint, smoothstep, vary } from "./canvas.ts";
import type { Noise } from "./noise.ts";
import type { Light } from "./sky.ts";

/** The share of the bright color at a point, `depth` below the edge of the ground. */
type Texture = (noise: Noise, x: number, y: number, depth: number) => number;

type Ground = { readonly dark: string; readonly bright: string; readonly texture: Texture };

const grounds = {
  /** Blades of grass. */
  meadow: {
    dark: "#2f6320",
    bright: "#86b84a",
    texture: (noise, x, y) =>
      smoothstep(0.25, 0.85, noise.at(x * 50, y * 20) * 0.6 + noise.fractal(x * 5, y * 12, 3) * 0.5),
  },
  /** Stalks and ears. */
  wheat: {
    dark: "#8a6a24",
    bright: "#ecc75e",
    texture: (noise, x, y, depth) =>
      smoothstep(
        0.2,
        0.75,
        noise.at(x * 58, y * 9) * 0.65 + noise.fractal(x * 6, y * 24, 2) * 0.35 + 0.15 - depth * 0.35,
      ),
  },
  /** Smooth drifts. */
  snow: {
    dark: "#b4c6de",
    bright: "#fbfcfe",
    texture: (noise, x, y) => smoothstep(0.25, 0.7, noise.fractal(x * 4, y * 9, 3)),
  },
  /** Ripples that draw together towards the horizon. */
  water: {
    dark: "#1f5f86",
    bright: "#9cc8dc",
    texture(noise, x, _y, depth) {
      const near = 1 / (depth + 0.06);
      const ripples = noise.fractal(x * 4 * Math.sqrt(near), near * 14, 3);
      return smoothstep(0.42, 0.72, ripples) * 0.8 + smoothstep(0.12, 0, depth) * 0.5;
    },
  },
  /** Grains and dunes. */
  sand: {
    dark: "#a88a5c",
    bright: "#efd7a2",
    texture: (noise, x, y, depth) =>
      smoothstep(0, 0.07, depth) *
      (0.45 + 0.25 * noise.at(x * 64, y * 64) + 0.3 * noise.fractal(x * 5, y * 16, 2)),
  },
  /** Planks with grain along them. */
  wood: {
    dark: "#6b3f1f",
    bright: "#b27c48",
    texture: (noise, x, y) =>
      smoothstep(0.2, 0.8, noise.fractal(x * 3, y * 44 + 2 * noise.at(x * 4, y * 6), 2)) -
      (Math.abs(((y * 6) % 1) - 0.5) > 0.46 ? 0.5 : 0),
  },
} satisfies Readonly<Record<string, Ground>>;

export type GroundName = keyof typeof grounds;

/** Paints everything below the line `top`. */
export function drawGround(
  canvas: Canvas,
  stream: RandomStream,
  noise: Noise,
  name: GroundName,
  top: (x: number) => number,
  lit: Light = (color) => color,
): void {
  const { dark, bright, texture }: Ground = grounds[name];
  const [from, to] = [lit(vary(hex(dark), stream, 0.02)), lit(vary(hex(bright), stream, 0.025))];
  paint(canvas, (x, y, out) => {
    const depth = y - top(x);
    const cover = edge(-depth, canvas.pixel * 1.5);
    if (cover > 0) blend(out, from, to, texture(noise, x, y, Math.max(0, depth)));
    return cover;
  });
}
