// What stands behind a portrait: foliage out of focus, a brick wall, a summer sky or a plain warm wall.

import type { RandomStream } from "../../random.ts";
import {
  between,
  blend,
  type Canvas,
  hex,
  paint,
  paintEllipse,
  pick,
  shade,
  smoothstep,
  vary,
} from "./canvas.ts";
import type { Noise } from "./noise.ts";
import { drawSky } from "./sky.ts";

export function drawBackdrop(canvas: Canvas, stream: RandomStream, noise: Noise): void {
  pick(stream, [drawFoliage, drawFoliage, drawBricks, drawOpenSky, drawPlainWall])(canvas, stream, noise);
}

function drawFoliage(canvas: Canvas, stream: RandomStream, noise: Noise): void {
  const [dark, bright] = [vary(hex("#1f3d1b"), stream, 0.02), vary(hex("#5f8c3c"), stream, 0.03)];
  const offset = between(stream, 0, 50);
  paint(canvas, (x, y, out) => {
    blend(out, dark, bright, smoothstep(0.25, 0.75, noise.fractal(x * 6 + offset, y * 6, 3)));
    return 1;
  });
  for (let spot = 0; spot < 22; spot++) {
    const radius = between(stream, 0.02, 0.06);
    const color = vary(hex(pick(stream, ["#9cc25c", "#b9d67c", "#6f9c44", "#d8e6a0"])), stream);
    const strength = between(stream, 0.15, 0.5);
    const [x, y] = [stream.uniform(), stream.uniform()];
    paint(
      canvas,
      (px, py, out) => {
        shade(out, color, 1);
        return Math.hypot(px - x, py - y) < radius ? strength : 0;
      },
      { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius },
    );
  }
}

function drawBricks(canvas: Canvas, stream: RandomStream, noise: Noise): void {
  const [brick, burnt] = [vary(hex("#a5553c"), stream, 0.02), vary(hex("#7a3526"), stream, 0.02)];
  const mortar = hex("#c9bfb2");
  const rows = 11;
  const offset = between(stream, 0, 1);
  paint(canvas, (x, y, out) => {
    const row = Math.floor(y * rows + offset);
    const along = x * rows * 0.42 + (row % 2) * 0.5 + offset;
    const [fx, fy] = [along - Math.floor(along), y * rows + offset - row];
    const joint = Math.min(Math.min(fx, 1 - fx) / 0.42, Math.min(fy, 1 - fy));
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

/** Plaster in lamplight, brighter on one side. */
function drawPlainWall(canvas: Canvas, stream: RandomStream, noise: Noise): void {
  const [near, far] = [vary(hex("#d9c3a0"), stream, 0.03), vary(hex("#8a6d50"), stream, 0.03)];
  const lamp = between(stream, 0, 1);
  paint(canvas, (x, y, out) => {
    blend(
      out,
      near,
      far,
      Math.hypot(x - lamp, y - 0.2) * 0.95,
      0.97 + 0.06 * noise.fractal(x * 20, y * 20, 2),
    );
    return 1;
  });
  if (stream.uniform() < 0.35) {
    const [x, y, radius] = [
      between(stream, 0.08, 0.2),
      between(stream, 0.12, 0.3),
      between(stream, 0.06, 0.09),
    ];
    paintEllipse(
      canvas,
      [x, y, radius, radius],
      (_u, _v, out) => shade(out, hex("#fff1c9"), 1),
      canvas.pixel * 4,
    );
  }
}
