// A small software rasterizer: layers are painted by shaders over [0, 1] x [0, 1] (y downwards), with coverage
// from signed distances for smooth edges. Pure arithmetic, so that a scene is the same on every machine.

import type { RandomStream } from "../../random.ts";

/** Red, green and blue in sRGB, each in [0, 1]. */
export type Rgb = readonly [number, number, number];

/** Gives the color at a point through `out` and returns its coverage in [0, 1]. */
export type Shader = (x: number, y: number, out: Float64Array) => number;

export type Canvas = {
  readonly size: number;
  /** Width of a pixel in scene units. */
  readonly pixel: number;
  readonly rgb: Float32Array;
};

export type Box = {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
};

export function createCanvas(size: number): Canvas {
  return { size, pixel: 1 / size, rgb: new Float32Array(size * size * 3) };
}

/** Paints one layer; `box` bounds where its coverage is not zero. */
export function paint({ size, rgb }: Canvas, shader: Shader, box?: Box): void {
  const out = new Float64Array(3);
  const clip = (edge: number) => Math.min(size, Math.max(0, edge));
  const [left, right] = box
    ? [clip(Math.floor(box.left * size) - 1), clip(Math.ceil(box.right * size) + 1)]
    : [0, size];
  const [top, bottom] = box
    ? [clip(Math.floor(box.top * size) - 1), clip(Math.ceil(box.bottom * size) + 1)]
    : [0, size];
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const alpha = shader((column + 0.5) / size, (row + 0.5) / size, out);
      if (alpha <= 0) continue;
      const at = (row * size + column) * 3;
      const cover = Math.min(1, alpha);
      for (let c = 0; c < 3; c++) rgb[at + c]! += (out[c]! - rgb[at + c]!) * cover;
    }
  }
}

/** Paints inside an ellipse, seen from its centre: u and v run from -1 to 1. */
export function paintEllipse(
  canvas: Canvas,
  [x, y, rx, ry]: readonly [number, number, number, number],
  shader: (u: number, v: number, out: Float64Array) => void,
  softness = canvas.pixel,
): void {
  const inner = Math.min(rx, ry);
  paint(
    canvas,
    (px, py, out) => {
      const u = (px - x) / rx;
      const v = (py - y) / ry;
      const cover = edge((Math.sqrt(u * u + v * v) - 1) * inner, softness);
      if (cover > 0) shader(u, v, out);
      return cover;
    },
    { left: x - rx - softness, right: x + rx + softness, top: y - ry - softness, bottom: y + ry + softness },
  );
}

/** Coverage from a signed distance (negative inside) over an edge `softness` wide. */
export function edge(distance: number, softness: number): number {
  return Math.min(1, Math.max(0, 0.5 - distance / softness));
}

/** out = a color of one brightness: `color` times `light`. */
export function shade(out: Float64Array, color: Rgb, light: number): void {
  for (let c = 0; c < 3; c++) out[c] = color[c]! * light;
}

/** out = the mixture of two colors, times `light`. */
export function blend(out: Float64Array, a: Rgb, b: Rgb, share: number, light = 1): void {
  const t = Math.min(1, Math.max(0, share));
  for (let c = 0; c < 3; c++) out[c] = (a[c]! + (b[c]! - a[c]!) * t) * light;
}

export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

export function smoothstep(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}

/** "#rrggbb" as a color. */
export function hex(text: string): Rgb {
  const part = (at: number) => Number.parseInt(text.slice(at, at + 2), 16) / 255;
  return [part(1), part(3), part(5)];
}

/** The color, moved a little at random: no two meadows are the same green. */
export function vary(color: Rgb, stream: RandomStream, amount = 0.04): Rgb {
  const light = 1 + (stream.uniform() - 0.5) * 4 * amount;
  const move = () => (stream.uniform() - 0.5) * 2 * amount;
  return [color[0] * light + move(), color[1] * light + move(), color[2] * light + move()];
}

export function between(stream: RandomStream, from: number, to: number): number {
  return from + stream.uniform() * (to - from);
}

export function pick<Item>(stream: RandomStream, items: readonly Item[]): Item {
  return items[stream.below(items.length)]!;
}

/** uint8 RGB [size, size, 3] with a slight vignette and the grain of a photograph. */
export function develop({ size, rgb }: Canvas, stream: RandomStream, grain = 0.012): Uint8Array {
  const pixels = new Uint8Array(rgb.length);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const [u, v] = [(column + 0.5) / size - 0.5, (row + 0.5) / size - 0.5];
      const vignette = 1 - 0.18 * (u * u + v * v);
      // Sum of three uniforms: close to normal, and the same on every machine.
      const noise = (stream.uniform() + stream.uniform() + stream.uniform() - 1.5) * 2 * grain;
      const at = (row * size + column) * 3;
      for (let c = 0; c < 3; c++) {
        pixels[at + c] = Math.round(Math.min(1, Math.max(0, rgb[at + c]! * vignette + noise)) * 255);
      }
    }
  }
  return pixels;
}
