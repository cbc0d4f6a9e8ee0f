// How colorful images are, in a few means over all pixels.

import { rgbToLab } from "../../color/lab.ts";
import type { PreparedDataset } from "../prepare/prepare.ts";

export type ColorStatistics = {
  /** How many images were looked at. */
  readonly images: number;
  /** Mean L* (0 to 100), a* and b* of CIE Lab. */
  readonly l: number;
  readonly a: number;
  readonly b: number;
  /** Mean distance from grey, √(a² + b²). */
  readonly chroma: number;
  /** Mean saturation of HSV, 0 to 1; black has none. */
  readonly saturation: number;
};

/** Of the images at `indices`. */
export function colorStatistics(
  dataset: Pick<PreparedDataset, "size" | "read">,
  indices: ArrayLike<number>,
): ColorStatistics {
  const rgb = new Uint8Array(dataset.size ** 2 * 3);
  let [l, a, b, chroma, saturation] = [0, 0, 0, 0, 0];
  for (const index of Array.from(indices)) {
    dataset.read([index], rgb);
    const lab = rgbToLab(rgb);
    for (let at = 0; at < rgb.length; at += 3) {
      l += lab[at]!;
      a += lab[at + 1]!;
      b += lab[at + 2]!;
      chroma += Math.hypot(lab[at + 1]!, lab[at + 2]!);
      const most = Math.max(rgb[at]!, rgb[at + 1]!, rgb[at + 2]!);
      const least = Math.min(rgb[at]!, rgb[at + 1]!, rgb[at + 2]!);
      if (most > 0) saturation += (most - least) / most;
    }
  }
  const images = indices.length;
  const pixels = images * dataset.size ** 2;
  const mean = (sum: number) => (pixels === 0 ? Number.NaN : sum / pixels);
  return { images, l: mean(l), a: mean(a), b: mean(b), chroma: mean(chroma), saturation: mean(saturation) };
}
