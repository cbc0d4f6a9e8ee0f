// A bowl of fruit on a wooden table: streaked apples, dimpled oranges, smooth lemons, speckled limes, plums with bloom.

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

type Fruit = {
  readonly color: string;
  /** What `marks` mixes in: at most 0.6 of it, and at most 0.3 of brightness. */
  readonly other: string;
  readonly width: number;
  readonly height: number;
  readonly gloss: number;
  /** From 0 to 1, u and v from -1 to 1 across the fruit. */
  marks(noise: Noise, u: number, v: number): number;
};

const fruits: readonly Fruit[] = [
  {
    color: "#c3202c",
    other: "#d98a3c",
    width: 1,
    height: 0.95,
    gloss: 0.75,
    marks: (noise, u, v) => smoothstep(0.55, 0.95, noise.at(u * 9, v * 2)),
  },
  {
    color: "#f0861c",
    other: "#d06a10",
    width: 1,
    height: 1,
    gloss: 0.25,
    marks: (noise, u, v) => noise.at(u * 12, v * 12),
  },
  { color: "#f4d935", other: "#f4d935", width: 1.1, height: 0.74, gloss: 0.5, marks: () => 0 },
  {
    color: "#6f9f2e",
    other: "#a5cf5a",
    width: 0.85,
    height: 0.85,
    gloss: 0.45,
    marks: (noise, u, v) => (noise.at(u * 8, v * 8) > 0.68 ? 1 : 0),
  },
  {
    color: "#4a2350",
    other: "#8d7fa8",
    width: 0.82,
    height: 0.9,
    gloss: 0.2,
    marks: (noise, u, v) => noise.at(u * 3, v * 3),
  },
];

export function drawFruit(canvas: Canvas, stream: RandomStream): void {
  const noise = createNoise(stream);
  const table = between(stream, 0.56, 0.68);
  drawWall(canvas, stream, noise);
  drawGround(canvas, stream, noise, "wood", () => table);
  const [x, y, width] = [between(stream, 0.45, 0.55), table + 0.05, between(stream, 0.32, 0.4)];
  const radius = width * between(stream, 0.3, 0.36);
  // Rows from the back to the front, which hides the lower half of the one behind.
  for (const [lift, places] of [
    [1.9, [0]],
    [1.25, [-0.45, 0.05, 0.5]],
    [0.45, [-0.72, -0.24, 0.24, 0.72]],
  ] as const) {
    for (const place of places) {
      const at = { x: x + place * width + between(stream, -0.015, 0.015), y: y - radius * lift };
      drawBall(canvas, stream, noise, pick(stream, fruits), {
        ...at,
        radius: radius * between(stream, 0.9, 1.08),
      });
    }
  }
  drawBowl(canvas, x, y, width);
}

/** Lit from the upper left, with a highlight. */
function drawBall(
  canvas: Canvas,
  stream: RandomStream,
  noise: Noise,
  fruit: Fruit,
  { x, y, radius }: { readonly x: number; readonly y: number; readonly radius: number },
): void {
  const [color, other] = [vary(hex(fruit.color), stream, 0.018), hex(fruit.other)];
  paintEllipse(canvas, [x, y, radius * fruit.width, radius * fruit.height], (u, v, out) => {
    const depth = Math.sqrt(Math.max(0, 1 - u * u - v * v));
    const lambert = Math.max(0, -0.45 * u - 0.55 * v + 0.7 * depth);
    const mark = fruit.marks(noise, u + 40 * x, v + 40 * y);
    blend(out, color, other, 0.6 * mark, (0.42 + 0.62 * lambert) * (0.9 + 0.3 * mark));
    const shine = fruit.gloss * smoothstep(0.28, 0.05, Math.hypot(u + 0.36, v + 0.42));
    for (let c = 0; c < 3; c++) out[c]! += (1 - out[c]!) * shine;
  });
}

/** White china with a blue band. */
function drawBowl(canvas: Canvas, x: number, y: number, width: number): void {
  const [china, band] = [hex("#eef1f4"), hex("#3f66a8")];
  const depth = width * 0.62;
  paint(
    canvas,
    (px, py, out) => {
      const [u, v] = [(px - x) / (width * 1.05), (py - y) / depth];
      shade(out, v > 0.16 && v < 0.36 ? band : china, 1.02 - 0.42 * smoothstep(-0.5, 1, u) - 0.2 * v);
      const inside = (Math.hypot(u, Math.max(0, v)) - 1) * depth;
      return Math.min(edge(inside, canvas.pixel), edge(y - 0.03 * u * u - py, canvas.pixel));
    },
    { left: x - width * 1.1, right: x + width * 1.1, top: y - 0.05, bottom: y + depth },
  );
}

/** Smooth cream plaster or pale blue tiles. */
function drawWall(canvas: Canvas, stream: RandomStream, noise: Noise): void {
  const isTiled = stream.uniform() < 0.5;
  const color = vary(hex(isTiled ? "#9fc0cf" : "#e2d3b4"), stream, 0.02);
  paint(canvas, (x, y, out) => {
    const joint = Math.min((x * 6) % 1, (y * 6) % 1) < 0.1 ? 1.2 : 1;
    const light = isTiled ? joint : 0.95 + 0.08 * noise.fractal(x * 9, y * 9, 2);
    shade(out, color, light * (1.02 - 0.25 * x));
    return 1;
  });
}
