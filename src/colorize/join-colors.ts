// A photograph's own lightness and the chroma of its lines, joined to sRGB row by row. What sRGB cannot show loses chroma,
// never lightness (src/color/gamut.ts).

import { displayableShare } from "../color/gamut.ts";
import { byteOfLinear, wordOfLinear } from "../color/srgb.ts";
import type { Photograph } from "./decode-photograph.ts";
import { lightnessOfRow } from "./look.ts";
import type { Pause } from "./pause.ts";
import { type Levels, leveled } from "./tone.ts";
import type { ChromaLines } from "./upsample-chroma.ts";

export type Numbers = Uint8Array | Uint16Array;

export type Colored = {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  /** [height, width, channels]; of 16 bits where the photograph is and `isDeep` asks for them. */
  readonly numbers: Numbers;
};

export type JoinOptions = {
  readonly levels: Levels;
  readonly saturation: number;
  readonly isDeep: boolean;
  readonly pause: Pause;
  /** Writes over the photograph's numbers where they have the room. */
  readonly inPlace: boolean;
};

export async function joinColors(
  photograph: Photograph,
  lines: ChromaLines,
  { levels, saturation, isDeep, pause, inPlace }: JoinOptions,
): Promise<Colored> {
  const { width, height, channels, hasAlpha, most } = photograph;
  const colors = hasAlpha ? 4 : 3;
  const isSame = channels === colors && photograph.numbers instanceof Uint16Array === isDeep;
  const length = width * height * colors;
  const numbers =
    inPlace && isSame ? photograph.numbers : isDeep ? new Uint16Array(length) : new Uint8Array(length);
  const encode = isDeep ? wordOfLinear : byteOfLinear;
  const opaque = (isDeep ? 65535 : 255) / most;
  const columns = placesOf(width, lines.width);
  const rows = placesOf(height, lines.height);
  const lightness = new Float32Array(width);
  const field = lines.axes.flatMap(({ a, b }) => [a, b]);
  const across = field.map(() => new Float32Array(lines.width));
  const [a1, a0, b1, b0] = across as [Float32Array, Float32Array, Float32Array, Float32Array];
  const linear = new Float64Array(3);
  const { low: lows, share: shares } = columns;
  for (let row = 0; row < height; row++) {
    lightnessOfRow(photograph, row, lightness);
    const upper = rows.low[row]! * lines.width;
    const lower = Math.min(lines.height - 1, rows.low[row]! + 1) * lines.width;
    for (const [index, plane] of field.entries()) {
      const into = across[index]!;
      for (let cell = 0; cell < into.length; cell++)
        into[cell] = plane[upper + cell]! + rows.share[row]! * (plane[lower + cell]! - plane[upper + cell]!);
    }
    for (let column = 0; column < width; column++) {
      const l = lightness[column]!;
      const shown = leveled(l, levels);
      const low = lows[column]!;
      const high = low + 1 < lines.width ? low + 1 : low;
      const share = shares[column]!;
      const a =
        (a1[low]! + share * (a1[high]! - a1[low]!)) * shown + a0[low]! + share * (a0[high]! - a0[low]!);
      const b =
        (b1[low]! + share * (b1[high]! - b1[low]!)) * shown + b0[low]! + share * (b0[high]! - b0[low]!);
      displayableShare(shown, saturation * a, saturation * b, linear);
      const pixel = row * width + column;
      const to = pixel * colors;
      // Before the colors are written, as they may lie in the same place.
      if (hasAlpha)
        numbers[to + 3] = Math.round(opaque * photograph.numbers[pixel * channels + channels - 1]!);
      numbers[to] = encode(linear[0]!);
      numbers[to + 1] = encode(linear[1]!);
      numbers[to + 2] = encode(linear[2]!);
    }
    await pause(row, width);
  }
  return { width, height, channels: colors, numbers };
}

/** Between which two cells each place lies, and how far from the first. */
function placesOf(length: number, cells: number) {
  const low = new Uint32Array(length);
  const share = new Float32Array(length);
  for (let place = 0; place < length; place++) {
    const at = Math.min(cells - 1, Math.max(0, ((place + 0.5) * cells) / length - 0.5));
    low[place] = Math.floor(at);
    share[place] = at - low[place]!;
  }
  return { low, share };
}
