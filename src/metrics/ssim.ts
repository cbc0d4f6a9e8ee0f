// Structural similarity of the displayed 8-bit pictures, the mean over the three channels and over every place of a
// window that lies within the picture (Wang, Bovik, Sheikh, Simoncelli 2004). The window decides much and therefore
// names the metric. `ssim` is the paper's: Gaussian, sigma 1.5, 11x11, as scikit-image's structural_similarity(
// gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255, channel_axis=2). `ssim_uniform` is
// scikit-image's own default: 7x7, all alike, sample covariance. NaN for pictures smaller than the window.
// By hand, as no library gives both windows with the reference's borders and covariances.

import type { ImagePair } from "./image-pair.ts";
import { imageMetric } from "./metric.ts";

type Window = {
  /** Weights along one axis; their sum is 1. */
  readonly weights: Float64Array;
  /** What variances are multiplied by: n / (n - 1) where they are those of a sample. */
  readonly correction: number;
};

const gaussian: Window = { weights: gaussianWeights(5, 1.5), correction: 1 };
const uniform: Window = { weights: new Float64Array(7).fill(1 / 7), correction: 49 / 48 };

export const ssim = imageMetric(
  {
    name: "ssim",
    description: "structural similarity of sRGB, 11x11 Gaussian window of sigma 1.5",
    source: "Wang et al. 2004; scikit-image structural_similarity",
    better: "higher",
    unit: "",
    usual: true,
  },
  ({ size }) => similarity(size, gaussian),
);

export const ssimUniform = imageMetric(
  {
    name: "ssim_uniform",
    description: "structural similarity of sRGB, 7x7 uniform window: scikit-image's default",
    source: "scikit-image structural_similarity, default window",
    better: "higher",
    unit: "",
    usual: false,
  },
  ({ size }) => similarity(size, uniform),
);

function gaussianWeights(radius: number, sigma: number): Float64Array {
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, index) =>
    Math.exp(-((index - radius) ** 2) / (2 * sigma * sigma)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/**
 * Both axes one after the other: rows are weighted into maps (the means of x, y, x² + y² and xy), then columns. A row of
 * a map has a number for every place of the window along it and every channel.
 */
function similarity(size: number, { weights, correction }: Window): (pair: ImagePair) => number {
  const taps = weights.length;
  const places = size - taps + 1;
  if (places < 1) return () => Number.NaN;
  const width = places * 3;
  const [mapX, mapY, mapSquares, mapProducts] = Array.from(
    { length: 4 },
    () => new Float64Array(size * width),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const c1 = (0.01 * 255) ** 2;
  const c2 = (0.03 * 255) ** 2;

  return ({ real, shown }) => {
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < width; column++) {
        let from = row * size * 3 + column;
        let [sumX, sumY, squares, products] = [0, 0, 0, 0];
        for (let tap = 0; tap < taps; tap++, from += 3) {
          const weight = weights[tap]!;
          const x = real[from]!;
          const y = shown[from]!;
          sumX += weight * x;
          sumY += weight * y;
          squares += weight * (x * x + y * y);
          products += weight * x * y;
        }
        const to = row * width + column;
        mapX[to] = sumX;
        mapY[to] = sumY;
        mapSquares[to] = squares;
        mapProducts[to] = products;
      }
    }
    let total = 0;
    for (let at = 0; at < places * width; at++) {
      let [x, y, squares, products] = [0, 0, 0, 0];
      for (let tap = 0, from = at; tap < taps; tap++, from += width) {
        const weight = weights[tap]!;
        x += weight * mapX[from]!;
        y += weight * mapY[from]!;
        squares += weight * mapSquares[from]!;
        products += weight * mapProducts[from]!;
      }
      const both = x * x + y * y;
      const covariance = correction * (products - x * y);
      const variances = correction * (squares - both);
      total += ((2 * x * y + c1) * (2 * covariance + c2)) / ((both + c1) * (variances + c2));
    }
    return total / (places * width);
  };
}
