// A real image beside what the network made of it, as a screen shows it. All metrics share the conversions to Lab, which
// are made when the first one asks.

import { bytesOf, displayed } from "../color/displayed.ts";
import { labToLumaChroma, rgbToLab } from "../color/lab.ts";

/** The arrays are valid until the next pair is made. */
export type ImagePair = {
  /** Width and height, pixels. */
  readonly size: number;
  /** uint8 sRGB [size, size, 3]. */
  readonly real: Uint8Array;
  readonly shown: Uint8Array;
  /** CIE Lab [size, size, 3]. */
  readonly realLab: () => Float32Array;
  readonly shownLab: () => Float32Array;
  /** Share of the pixels whose color no screen could show; see color/gamut.ts. */
  readonly clippedShare: number;
};

/** `real` uint8 [size, size, 3]; `prediction` of this image, as networks give chroma or rgb. */
export function imagePair(output: "chroma" | "rgb", real: Uint8Array, prediction: Float32Array): ImagePair {
  const realLab = once(() => rgbToLab(real));
  const { rgb: shown, clippedShare } =
    output === "rgb"
      ? { rgb: bytesOf(prediction), clippedShare: 0 }
      : displayed(labToLumaChroma(realLab()).luma, prediction);
  return {
    size: Math.sqrt(real.length / 3),
    real,
    shown,
    realLab,
    shownLab: once(() => rgbToLab(shown)),
    clippedShare,
  };
}

function once<T>(make: () => T): () => T {
  let made: T | null = null;
  return () => {
    made ??= make();
    return made;
  };
}
