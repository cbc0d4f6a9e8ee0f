// One photograph and the networks that color it: its bytes in, a colored picture for each network out.

import type { Predictor } from "../runner/open-predictor.ts";
import { centreSquare } from "./centre-square.ts";
import { decodePhotograph, type Photograph } from "./decode-photograph.ts";
import { type Colored, joinColors } from "./join-colors.ts";
import { type Look, lightnessGrid, lookAt, mostCells } from "./look.ts";
import { pauseOf } from "./pause.ts";
import { predictChroma } from "./predict-chroma.ts";
import type { Plane } from "./resample.ts";
import { leveled, levelsOf, sameLevels } from "./tone.ts";
import { type Upsampling, upsampleChroma } from "./upsample-chroma.ts";

export type ColorizeOptions = {
  readonly upsampling: Upsampling;
  readonly saturation: number;
  /** Leaves the lightness of faded originals as it is. */
  readonly keepTone: boolean;
  /** The networks' own pictures, at their size. */
  readonly raw: boolean;
  /** More are refused; left out for as many as can be colored at all. */
  readonly mostPixels?: number;
};

export type OpenedPhotograph = {
  readonly format: Photograph["format"];
  readonly exif: Photograph["exif"];
  readonly xmp: Photograph["xmp"];
  readonly kind: Look["kind"];
  /** Whether its lightness was drawn apart, as it had faded. */
  readonly isRestored: boolean;
  /** Of 16 bits. */
  readonly isDeep: boolean;
  /** Luma of its middle, as training pictures are cut (centre-square.ts). */
  centre(side: number): Float32Array;
  /** `isLast`: the photograph is not colored again, and its memory is used. */
  color(
    predictor: Predictor,
    wanted: { readonly isDeep: boolean; readonly isLast: boolean },
  ): Promise<Colored>;
};

/** Throws Refusal, and what `signal` was aborted with. */
export async function openPhotograph(
  bytes: Buffer,
  { upsampling, saturation, keepTone, raw, mostPixels }: ColorizeOptions,
  signal: AbortSignal,
): Promise<OpenedPhotograph> {
  const photograph = await decodePhotograph(bytes, mostPixels);
  signal.throwIfAborted();
  const pause = pauseOf(signal);
  const look = await lookAt(photograph, pause);
  const levels = keepTone ? sameLevels : levelsOf(look);
  // Lightness changes by a line, which carries over to means.
  const inLevels = (plane: Plane): Plane => ({
    ...plane,
    values: plane.values.map((l) => leveled(l, levels)),
  });
  const grid = inLevels(look.grid);
  /** What a network of this size is shown. */
  const seenAt = async (size: number): Promise<Plane> => {
    const isFineEnough = size <= mostCells || Math.max(photograph.width, photograph.height) <= mostCells;
    return isFineEnough ? grid : inLevels(await lightnessGrid(photograph, size, pause));
  };
  const isDeep = photograph.numbers instanceof Uint16Array;
  return {
    format: photograph.format,
    exif: photograph.exif,
    xmp: photograph.xmp,
    kind: look.kind,
    isRestored: levels !== sameLevels,
    isDeep,
    centre: (side) => centreSquare(grid, side),
    async color(predictor, wanted) {
      const predicted = await predictChroma(predictor, await seenAt(predictor.size));
      if (raw && predicted.rgb !== null) {
        const { width, height, rgb } = predicted;
        return { width, height, channels: 3, numbers: rgb };
      }
      return joinColors(photograph, upsampleChroma(grid, predicted, upsampling), {
        levels,
        saturation,
        isDeep: isDeep && wanted.isDeep,
        pause,
        inPlace: wanted.isLast,
      });
    },
  };
}
