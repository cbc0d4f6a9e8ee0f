// A picture shown to a network, which sees squares: it is scaled into the square as a whole, keeping its shape, and what
// is left of the square is filled with its mirror image, so that nothing is squeezed and no edge is seen that is not there.

import { bytesOf } from "../color/displayed.ts";
import { chromaScale, lumaScale, rgbToLab } from "../color/lab.ts";
import type { Predictor } from "../runner/open-predictor.ts";
import { type Plane, resampled } from "./resample.ts";

export type Predicted = {
  readonly width: number;
  readonly height: number;
  /** a and b in units of Lab, each [height, width]. */
  readonly chroma: readonly [Float32Array, Float32Array];
  /** Of networks that make whole pictures: 8-bit sRGB [height, width, 3]; null for others. */
  readonly rgb: Uint8Array | null;
};

/** `grid` is L. */
export async function predictChroma(predictor: Predictor, grid: Plane): Promise<Predicted> {
  const { size, output } = predictor;
  const area = areaIn(size, grid);
  const found = await predictor.predict((side) => squareOf(grid, side));
  const count = area.width * area.height;
  const chroma = [new Float32Array(count), new Float32Array(count)] as const;
  if (output === "chroma") {
    visit(area, size, (place, at) => {
      chroma[0][at] = found[2 * place]! * chromaScale;
      chroma[1][at] = found[2 * place + 1]! * chromaScale;
    });
    return { ...area, chroma, rgb: null };
  }
  const rgb = new Uint8Array(3 * count);
  visit(area, size, (place, at) => rgb.set(bytesOf(found.subarray(3 * place, 3 * place + 3)), 3 * at));
  const lab = rgbToLab(rgb);
  for (let at = 0; at < count; at++) {
    chroma[0][at] = lab[3 * at + 1]!;
    chroma[1][at] = lab[3 * at + 2]!;
  }
  return { ...area, chroma, rgb };
}

type Area = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

/** Where the picture stands in the square. */
export function areaIn(size: number, { width, height }: Pick<Plane, "width" | "height">): Area {
  const scale = size / Math.max(width, height);
  const [across, down] = [width, height].map((side) => Math.max(1, Math.round(side * scale))) as [
    number,
    number,
  ];
  return { left: (size - across) >> 1, top: (size - down) >> 1, width: across, height: down };
}

/** As networks see luma: L / 50 - 1. */
export function squareOf(grid: Plane, size: number): Float32Array {
  const { left, top, width, height } = areaIn(size, grid);
  const { values } = resampled(grid, width, height);
  const square = new Float32Array(size * size);
  for (let row = 0; row < size; row++) {
    const from = mirrored(row - top, height) * width;
    for (let column = 0; column < size; column++) {
      const l = values[from + mirrored(column - left, width)]!;
      square[row * size + column] = Math.min(100, Math.max(0, l)) / lumaScale - 1;
    }
  }
  return square;
}

/** … 1 0 | 0 1 2 … n-1 | n-1 n-2 … */
function mirrored(place: number, length: number): number {
  const period = 2 * length;
  const at = ((place % period) + period) % period;
  return at < length ? at : period - 1 - at;
}

function visit({ left, top, width, height }: Area, size: number, see: (place: number, at: number) => void) {
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      see((top + row) * size + left + column, row * width + column);
}
