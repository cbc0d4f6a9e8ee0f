// Nearest-neighbour enlargement by whole factors and bilinear resizing.

import type { KernelConfig } from "@tensorflow/tfjs-core";
import { kernel } from "./kernel.ts";

export const resizeKernels: readonly KernelConfig[] = [
  kernel("ResizeNearestNeighbor", ({ recorder, inputs, attrs }) => {
    const images = inputs.images!;
    const [height, width] = attrs.size as [number, number];
    const factors = [height / images.shape[1]!, width / images.shape[2]!];
    if (!factors.every(Number.isInteger)) {
      throw new Error(
        `only enlarging by whole factors can be traced, not ${images.shape.slice(1, 3)} to ${[height, width]}`,
      );
    }
    const shape = [images.shape[0]!, height, width, images.shape[3]!];
    return recorder.node("ResizeNearestNeighbor", [images], { shape, dtype: images.dtype }, { factors });
  }),
  kernel("ResizeBilinear", ({ recorder, inputs, attrs }) => {
    const images = inputs.images!;
    if (attrs.alignCorners || !attrs.halfPixelCenters) {
      throw new Error("only tf.image.resizeBilinear with half-pixel centers can be traced");
    }
    const [height, width] = attrs.size as [number, number];
    const shape = [images.shape[0]!, height, width, images.shape[3]!];
    return recorder.node("ResizeBilinear", [images], { shape, dtype: images.dtype });
  }),
];
