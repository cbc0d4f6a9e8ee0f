// A bowl of fruit on a wooden table: apples, oranges with dimples, lemons, plums, limes, grapes and bananas.

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

export function drawFruit(canvas: Canvas, stream: RandomStream): void {
  const noise = createNoise(stream);
  const table = between(stream, 0.56, 0.68);
  drawWall(canvas, stream, noise);
  drawTable(canvas, stream, noise, table);
  const [x, y, rx] = [0.5 + between(stream, -0.05, 0.05), table + 0.05, between(stream, 0.32, 0.4)];
  if (stream.uniform() < 0.7) drawBananas(canvas, stream, x, y - 0.12, rx);
  const radius = rx * between(stream, 0.3, 0.36);
  // The back row first, then the front row that hides its lower half.
  for (const [row, places] of [
    [0, [-0.5, 0.05, 0.52]],
    [1, [-0.72, -0.24, 0.24, 0.72]],
  ] as const) {
    for (const place of places) {
      const at = [
        x + place * rx + between(stream, -0.015, 0.015),
        y - radius * (row === 0 ? 1.25 : 0.45),
      ] as const;
      const draw = pick(stream, [
        drawApple,
        drawApple,
        drawOrange,
        drawOrange,
        drawLemon,
        drawPlum,
        drawLime,
        drawGrapes,
      ]);
      draw(canvas, stream, noise, at[0], at[1], radius * between(stream, 0.88, 1.08));
    }
  }
  drawBowl(canvas, stream, x, y, rx);
}

type Draw = (
  canvas: Canvas,
  stream: RandomStream,
  noise: Noise,
  x: number,
  y: number,
  radius: number,
) => void;

/** A ball lit from the upper left with a highlight; `texture` changes its brightness, `share` its color. */
function drawBall(
  canvas: Canvas,
  [x, y, rx, ry]: readonly [number, number, number, number],
  [color, other]: readonly [Rgb, Rgb],
  texture: (u: number, v: number) => { light: number; share: number },
  gloss: number,
): void {
  paintEllipse(canvas, [x, y, rx, ry], (u, v, out) => {
    const depth = Math.sqrt(Math.max(0, 1 - u * u - v * v));
    const lambert = Math.max(0, -0.45 * u - 0.55 * v + 0.7 * depth);
    const { light, share } = texture(u, v);
    blend(out, color, other, share, (0.42 + 0.62 * lambert) * light);
    const shine = gloss * smoothstep(0.28, 0.05, Math.hypot(u + 0.36, v + 0.42));
    for (let c = 0; c < 3; c++) out[c]! += (1 - out[c]!) * shine;
  });
}

const drawApple: Draw = (canvas, stream, noise, x, y, radius) => {
  const colors = [vary(hex("#c3202c"), stream, 0.02), vary(hex("#d98a3c"), stream, 0.02)] as const;
  const turn = between(stream, 0, 50);
  const streaks = (u: number, v: number) => {
    const streak = noise.at(u * 9 + turn, v * 2);
    return { light: 0.85 + 0.3 * streak, share: smoothstep(0.55, 0.95, streak) * 0.6 };
  };
  drawBall(canvas, [x, y, radius, radius * 0.95], colors, streaks, 0.75);
  const stem = hex("#3a2616");
  paint(
    canvas,
    (px, py, out) => {
      shade(out, stem, 1);
      return edge(Math.abs(px - x - (y - radius * 0.7 - py) * 0.25) - radius * 0.06, canvas.pixel);
    },
    { left: x - radius * 0.2, right: x + radius * 0.3, top: y - radius * 1.25, bottom: y - radius * 0.7 },
  );
};

const drawOrange: Draw = (canvas, stream, noise, x, y, radius) => {
  const orange = vary(hex("#f0861c"), stream, 0.015);
  const dimples = (u: number, v: number) => ({
    light: 0.86 + 0.28 * noise.at(u * 12 + x * 40, v * 12),
    share: 0,
  });
  drawBall(canvas, [x, y, radius, radius], [orange, orange], dimples, 0.25);
};

const drawLemon: Draw = (canvas, stream, _noise, x, y, radius) => {
  const yellow = vary(hex("#f4d935"), stream, 0.015);
  const plain = () => ({ light: 1.06, share: 0 });
  drawBall(canvas, [x + radius * 1.0, y, radius * 0.2, radius * 0.2], [yellow, yellow], plain, 0);
  drawBall(canvas, [x, y, radius * 1.05, radius * 0.74], [yellow, yellow], plain, 0.5);
};

const drawPlum: Draw = (canvas, stream, noise, x, y, radius) => {
  const colors = [vary(hex("#4a2350"), stream, 0.015), hex("#8d7fa8")] as const;
  const bloom = (u: number, v: number) => ({ light: 0.95, share: noise.at(u * 3 + x * 30, v * 3) * 0.6 });
  drawBall(canvas, [x, y, radius * 0.82, radius * 0.9], colors, bloom, 0.2);
};

const drawLime: Draw = (canvas, stream, noise, x, y, radius) => {
  const green = vary(hex("#6f9f2e"), stream, 0.02);
  const speckles = (u: number, v: number) => ({
    light: noise.at(u * 8 + x * 50, v * 8) > 0.68 ? 1.28 : 0.92,
    share: 0,
  });
  drawBall(canvas, [x, y, radius * 0.85, radius * 0.85], [green, green], speckles, 0.45);
};

const drawGrapes: Draw = (canvas, stream, _noise, x, y, radius) => {
  const purple = vary(hex("#5d2b66"), stream, 0.02);
  for (const [row, width] of [4, 3, 3, 2, 1].entries()) {
    for (let place = 0; place < width; place++) {
      const at = [
        x + (place - (width - 1) / 2) * radius * 0.52,
        y - radius * 0.75 + row * radius * 0.4,
      ] as const;
      drawBall(
        canvas,
        [at[0], at[1], radius * 0.32, radius * 0.32],
        [purple, purple],
        () => ({ light: 1, share: 0 }),
        0.7,
      );
    }
  }
};

function drawBananas(canvas: Canvas, stream: RandomStream, x: number, y: number, rx: number): void {
  const [peel, tip] = [vary(hex("#f2cf3a"), stream, 0.015), hex("#5d4320")];
  const lean = stream.uniform() < 0.5 ? -1 : 1;
  for (let banana = 0; banana < 3; banana++) {
    const [cx, cy] = [x + lean * (0.1 + banana * 0.05), y - 0.26 + banana * 0.05];
    const radius = rx * 0.78;
    paint(canvas, (px, py, out) => {
      const [dx, dy] = [(px - cx) * lean, py - cy];
      const angle = Math.atan2(dy, dx);
      const along = (angle - 0.2) / 2.1;
      if (along < 0 || along > 1) return 0;
      const thickness = rx * 0.15 * Math.sqrt(Math.sin(Math.PI * Math.min(0.97, Math.max(0.03, along))));
      const across = (Math.hypot(dx, dy) - radius) / thickness;
      blend(
        out,
        peel,
        tip,
        smoothstep(0.07, 0.02, Math.min(along, 1 - along)),
        1.05 - 0.28 * smoothstep(-0.2, 1, across),
      );
      return edge((Math.abs(across) - 1) * thickness, canvas.pixel);
    });
  }
}

function drawBowl(canvas: Canvas, stream: RandomStream, x: number, y: number, rx: number): void {
  const isWood = stream.uniform() < 0.4;
  const [body, band] = isWood ? [hex("#8a5a32"), hex("#6f4424")] : [hex("#eef1f4"), hex("#3f66a8")];
  const depth = rx * 0.62;
  paint(
    canvas,
    (px, py, out) => {
      const u = (px - x) / (rx * 1.05);
      const v = (py - y) / depth;
      const isBand = isWood ? (v * 7 + u * u * 2) % 1 < 0.5 : (v > 0.14 && v < 0.26) || (v > 0.34 && v < 0.4);
      shade(out, isBand ? band : body, 1.02 - 0.42 * smoothstep(-0.5, 1, u) - 0.2 * v);
      const inside = (Math.hypot(u, Math.max(0, v)) - 1) * depth;
      return Math.min(edge(inside, canvas.pixel), edge(y + 0.03 * (1 - u * u) - 0.03 - py, canvas.pixel));
    },
    { left: x - rx * 1.1, right: x + rx * 1.1, top: y - 0.02, bottom: y + depth },
  );
}

function drawTable(canvas: Canvas, stream: RandomStream, noise: Noise, top: number): void {
  const [dark, bright] = [vary(hex("#6b3f1f"), stream, 0.02), vary(hex("#b27c48"), stream, 0.02)];
  const offset = between(stream, 0, 50);
  paint(canvas, (x, y, out) => {
    const grain = noise.fractal(x * 3 + offset, y * 44 + 2 * noise.at(x * 4, y * 6), 2);
    const plank = Math.abs(((y * 6 + offset) % 1) - 0.5) > 0.46 ? 0.62 : 1;
    blend(out, dark, bright, smoothstep(0.2, 0.8, grain), plank);
    return edge(top - y, canvas.pixel);
  });
  paintEllipse(
    canvas,
    [0.52, top + 0.27, 0.36, 0.05],
    (_u, _v, out) => shade(out, dark, 0.55),
    canvas.pixel * 5,
  );
}

/** Either smooth cream plaster or pale blue tiles. */
function drawWall(canvas: Canvas, stream: RandomStream, noise: Noise): void {
  const isTiled = stream.uniform() < 0.5;
  const color = vary(hex(isTiled ? "#9fc0cf" : "#e2d3b4"), stream, 0.02);
  paint(canvas, (x, y, out) => {
    const line = Math.min((x * 6) % 1, (y * 6) % 1);
    const light = isTiled ? (line < 0.1 ? 1.2 : 1) : 0.95 + 0.08 * noise.fractal(x * 9, y * 9, 2);
    shade(out, color, light * (1.02 - 0.25 * x));
    return 1;
  });
}
