// Clothes whose pattern tells their color: white shirt, denim, red knitwear, navy suit, sailor's stripes, green checks.

import type { RandomStream } from "../../random.ts";
import { blend, type Canvas, edge, hex, paint, pick, type Rgb, shade, vary } from "./canvas.ts";
import type { Noise } from "./noise.ts";

/** Colors the cloth at a point, u from -1 to 1 across the shoulders, y downwards in scene units. */
type Cloth = (u: number, x: number, y: number, out: Float64Array) => void;

export function drawClothes(
  canvas: Canvas,
  stream: RandomStream,
  noise: Noise,
  x: number,
  top: number,
  width: number,
): void {
  const cloth = pick(stream, [whiteShirt, denim, knitwear, knitwear, navySuit, stripes, checks])(
    stream,
    noise,
  );
  const reach = width * 2.4;
  paint(
    canvas,
    (px, py, out) => {
      const u = (px - x) / reach;
      const collar = Math.abs(px - x) < width * 0.5 ? (width * 0.5 - Math.abs(px - x)) * 0.9 : 0;
      const slope = 0.16 * u * u + 0.05 * Math.abs(u) ** 6;
      cloth(u, px, py, out);
      const fold = 0.86 + 0.2 * noise.fractal(px * 7, py * 4, 2) - 0.16 * u * u;
      for (let c = 0; c < 3; c++) out[c]! *= fold;
      return Math.min(
        edge(top + slope + collar - 0.015 - py, canvas.pixel),
        edge((Math.abs(u) - 1) * reach, canvas.pixel),
      );
    },
    { left: x - reach, right: x + reach, top: top - 0.03, bottom: 1 },
  );
}

const whiteShirt = (stream: RandomStream): Cloth => {
  const white = vary(hex("#f1f2f4"), stream, 0.01);
  return (u, _x, _y, out) => shade(out, white, Math.abs(u) < 0.015 ? 0.75 : 1);
};

const denim = (stream: RandomStream, noise: Noise): Cloth => {
  const [warp, weft] = [vary(hex("#3f5f8c"), stream, 0.02), hex("#7d97b8")];
  return (_u, x, y, out) => blend(out, warp, weft, noise.at((x + y) * 46, (x - y) * 46));
};

const knitwear = (stream: RandomStream): Cloth => {
  const wool = vary(hex("#b8323a"), stream, 0.02);
  return (_u, x, y, out) => {
    const column = Math.abs(((x * 16) % 1) - 0.5);
    shade(out, wool, (y * 16 + column) % 1 < 0.45 ? 0.68 : 1.06);
  };
};

const navySuit = (stream: RandomStream): Cloth => {
  const [navy, tie] = [vary(hex("#1d2742"), stream, 0.01), hex("#7a1f2b")];
  return (u, _x, _y, out) => {
    if (Math.abs(u) < 0.045) shade(out, tie, 1);
    else shade(out, Math.abs(u) < 0.14 ? hex("#eef0f2") : navy, 1);
  };
};

const stripes = (stream: RandomStream): Cloth => {
  const blue = vary(hex("#1f3f7d"), stream, 0.02);
  const white: Rgb = hex("#f2f3f4");
  return (_u, _x, y, out) => shade(out, (y * 13) % 1 < 0.45 ? blue : white, 1);
};

const checks = (stream: RandomStream): Cloth => {
  const [light, dark] = [vary(hex("#5f9a62"), stream, 0.02), vary(hex("#234a2e"), stream, 0.02)];
  return (_u, x, y, out) => {
    const lines = ((x * 9) % 1 < 0.4 ? 0.5 : 0) + ((y * 9) % 1 < 0.4 ? 0.5 : 0);
    blend(out, light, dark, lines);
  };
};
