// A prepared image as the networks of a router see it.

import { labToLumaChroma, rgbToLab } from "../color/lab.ts";
import type { PreparedDataset } from "../datasets/prepare/prepare.ts";
import type { Predictor } from "../runner/open-predictor.ts";

export type RealPicture = {
  /** uint8 sRGB [size, size, 3]. */
  readonly rgb: Uint8Array;
  /** [size, size], L / 50 - 1. */
  readonly luma: Float32Array;
  /** As a network with this output would give the picture. */
  as(output: Predictor["output"]): Float32Array;
};

export function readPicture({ size, read }: PreparedDataset, index: number): RealPicture {
  const rgb = new Uint8Array(3 * size * size);
  read([index], rgb);
  const { luma, chroma } = labToLumaChroma(rgbToLab(rgb));
  return {
    rgb,
    luma,
    as: (output) => (output === "chroma" ? chroma : Float32Array.from(rgb, (value) => value / 255)),
  };
}
