// Enlarging and shrinking maps.

import {
  avgPool,
  conv2d,
  customGrad,
  image,
  mul,
  pad,
  type Tensor,
  type Tensor4D,
  tensor4d,
} from "@tensorflow/tfjs-core";
import { composite } from "../../composites.ts";

/** dy [N, 2H, 2W, C] to the sum over each 2x2 square [N, H, W, C]. */
const upsampleGrad = composite("UpsampleGrad", ([dy]) => [mul(avgPool(dy as Tensor4D, 2, 2, "valid"), 4)]);

/**
 * Twice as high and wide, every pixel repeated: [N, H, W, C] -> [N, 2H, 2W, C]. Its gradient is stated here, as the
 * sum over each 2x2 square: TensorFlow.js's JavaScript backend has a wrong one for small images (4.22).
 */
export function upsample(x: Tensor4D): Tensor4D {
  const enlarge = customGrad((...inputs) => {
    const input = inputs[0] as Tensor4D;
    const [, height, width] = input.shape;
    return {
      value: image.resizeNearestNeighbor(input, [2 * height, 2 * width]),
      gradFunc: (dy: Tensor) => upsampleGrad([dy], {})[0]!,
    };
  });
  return enlarge(x) as Tensor4D;
}

/**
 * Half as high and wide: means over 3x3 squares whose padding is not counted, torch's
 * avg_pool2d(3, 2, 1, count_include_pad=False), as pix2pixHD shrinks what its discriminators see. For the few
 * channels of a picture: a convolution whose kernel sums each channel by itself, divided by the number of pixels met.
 */
export function halved(x: Tensor4D): Tensor4D {
  const [, height, width, channels] = x.shape;
  const kernel = new Float32Array(9 * channels * channels);
  for (let tap = 0; tap < 9; tap++)
    for (let channel = 0; channel < channels; channel++)
      kernel[(tap * channels + channel) * channels + channel] = 1;
  const bordered = pad(x, [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]);
  const sums = conv2d(bordered, tensor4d(kernel, [3, 3, channels, channels]), 2, "valid");
  const [rows, columns] = [counts(height), counts(width)];
  const shares = rows.flatMap((row) => columns.map((column) => 1 / (row * column)));
  return mul(sums, tensor4d(shares, [1, rows.length, columns.length, 1])) as Tensor4D;
}

/** How many pixels of a side each window of three meets, the windows beginning one pixel outside. */
function counts(side: number): number[] {
  const windows = Math.floor((side - 1) / 2) + 1;
  return Array.from({ length: windows }, (_, index) => {
    const first = 2 * index - 1;
    return Math.min(first + 3, side) - Math.max(first, 0);
  });
}

/** Bilinear, by the centers of pixels, as TensorFlow 2 and Keras do it. */
export function resized(pictures: Tensor4D, size: number): Tensor4D {
  const [, height, width] = pictures.shape;
  if (height === size && width === size) return pictures;
  return image.resizeBilinear(pictures, [size, size], false, true);
}
