// What stands in a landscape: trees, houses with red roofs, sailing boats.

import type { RandomStream } from "../../random.ts";
import {
  between,
  blend,
  type Canvas,
  edge,
  hex,
  paint,
  type Rgb,
  shade,
  smoothstep,
  vary,
} from "./canvas.ts";
import type { Noise } from "./noise.ts";

type Light = (color: Rgb) => Rgb;

/** A tree of height `height` that stands at (x, foot): a round crown of leaves or a pointed conifer. */
export function drawTree(
  canvas: Canvas,
  stream: RandomStream,
  noise: Noise,
  x: number,
  foot: number,
  height: number,
  lit: Light,
  inSnow: boolean,
): void {
  const trunk = lit(hex("#4d3626"));
  const width = height * 0.05;
  paint(
    canvas,
    (px, _py, out) => {
      shade(out, trunk, 0.8 + 0.5 * smoothstep(width, -width, px - x));
      return edge(Math.abs(px - x) - width, canvas.pixel);
    },
    { left: x - width, right: x + width, top: foot - height * 0.6, bottom: foot },
  );
  const isConifer = inSnow || stream.uniform() < 0.35;
  const dark = lit(vary(hex(isConifer ? "#14301f" : "#234a1a"), stream, 0.015));
  const bright = lit(vary(hex(isConifer ? "#3f6b48" : "#76a53c"), stream, 0.02));
  const offset = between(stream, 0, 50);
  const radius = height * between(stream, 0.3, 0.38);
  const middle = foot - height * 0.68;
  const box = { left: x - radius * 1.3, right: x + radius * 1.3, top: foot - height * 1.1, bottom: foot };
  paint(
    canvas,
    (px, py, out) => {
      const leaves = noise.fractal(px * 30 + offset, py * 30, 2);
      const side = (x - px) / radius;
      if (isConifer) {
        const t = (py - foot + height) / (height * 0.9);
        if (t < 0 || t > 1) return 0;
        const tier = (t * 4) % 1;
        const snow = inSnow ? smoothstep(0.45, 0.1, tier) : 0;
        blend(out, dark, bright, 0.3 + leaves * 0.6 + side * 0.3);
        if (snow > 0.3) blend(out, [out[0]!, out[1]!, out[2]!], lit(hex("#eef3f8")), snow);
        return edge(Math.abs(px - x) - radius * (t * 0.75 + tier * 0.18), canvas.pixel);
      }
      const distance =
        Math.hypot(px - x, (py - middle) * 0.9) -
        radius * (0.75 + 0.45 * noise.at(px * 14 + offset, py * 14));
      blend(
        out,
        dark,
        bright,
        smoothstep(0.2, 0.8, leaves * 0.7 + 0.25 * side + ((middle - py) / radius) * 0.25 + 0.12),
      );
      return edge(distance, canvas.pixel);
    },
    box,
  );
}

/** A white or cream house with a red tiled roof. */
export function drawHouse(
  canvas: Canvas,
  stream: RandomStream,
  x: number,
  foot: number,
  width: number,
  lit: Light,
): void {
  const wall = lit(vary(hex("#eadfc8"), stream, 0.02));
  const [tile, joint] = [lit(vary(hex("#b2452f"), stream, 0.02)), lit(hex("#6e2a1e"))];
  const glass = lit(hex("#2c3440"));
  const [height, roof] = [width * 0.5, width * 0.42];
  const left = x - width / 2;
  paint(
    canvas,
    (px, py, out) => {
      const [u, v] = [(px - left) / width, (foot - py) / height];
      const isWindow = v > 0.35 && v < 0.75 && ((u > 0.14 && u < 0.32) || (u > 0.68 && u < 0.86));
      const isDoor = v < 0.6 && u > 0.43 && u < 0.57;
      if (isDoor) shade(out, lit(hex("#6b4a2c")), 1);
      else shade(out, isWindow ? glass : wall, isWindow ? 1 : 1 - 0.12 * u);
      return edge(
        Math.max(Math.abs(px - x) - width / 2, Math.abs(py - foot + height / 2) - height / 2),
        canvas.pixel,
      );
    },
    { left, right: left + width, top: foot - height, bottom: foot },
  );
  const eaves = foot - height;
  paint(
    canvas,
    (px, py, out) => {
      const t = (eaves - py) / roof;
      blend(out, tile, joint, ((t * 5) % 1) * 0.55, 1.08 - 0.2 * ((px - left) / width));
      return edge(
        Math.max(-t * roof, (t - 1) * roof, Math.abs(px - x) - width * (0.6 - 0.34 * t)),
        canvas.pixel,
      );
    },
    { left: left - width * 0.15, right: left + width * 1.15, top: eaves - roof, bottom: eaves },
  );
}

/** A boat with white sails and a brown hull. */
export function drawBoat(canvas: Canvas, x: number, water: number, height: number, lit: Light): void {
  const [sail, hull] = [lit(hex("#fbf8f0")), lit(hex("#6b3b22"))];
  const deck = water - height * 0.14;
  const box = { left: x - height * 0.5, right: x + height * 0.5, top: water - height, bottom: water };
  paint(
    canvas,
    (px, py, out) => {
      const t = (deck - py) / (height * 0.84);
      const reach = (1 - t) * height * (px > x ? 0.38 : 0.26);
      const gap = Math.abs(px - x) - height * 0.012;
      shade(out, sail, px > x ? 1 : 0.84);
      return Math.min(
        edge(Math.abs(px - x) - reach, canvas.pixel),
        edge(-t * height, canvas.pixel),
        edge(-gap, canvas.pixel),
      );
    },
    box,
  );
  paint(
    canvas,
    (px, py, out) => {
      const t = (py - deck) / (water - deck);
      shade(out, hull, 1.1 - 0.4 * t);
      return edge(
        Math.max(deck - py, py - water, Math.abs(px - x) - height * (0.42 - 0.14 * t)),
        canvas.pixel,
      );
    },
    box,
  );
}
