// Nearest-neighbour enlargement by whole factors and bilinear resizing.

import type { KernelConfig } from "@tensorflow/tfjs-core";
import { nchw } from "../trace-backend.ts";
import { kernel, shapeIn } from "./kernel.ts";

export const resizeKernels: readonly KernelConfig[] = [
  kernel("ResizeNearestNeighbor", ({ backend, inputs, attrs }) => {
    const images = inputs.images!;
    const [height, width] = attrs.size as [number, number];
    const [rows, columns] = factors(images.shape, [height, width]);
    const shape = [images.shape[0]!, height, width, images.shape[3]!];
    const value = backend.graph.node(
      "Resize",
      [
        backend.valueIn(backend.traced(images), nchw),
        null,
        backend.graph.constant(Float32Array.of(1, 1, rows, columns)),
      ],
      shapeIn(nchw, shape),
      { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" },
    );
    return backend.make({ value, order: nchw }, shape, images.dtype);
  }),
  kernel("ResizeBilinear", ({ backend, inputs, attrs }) => {
    const images = inputs.images!;
    const [height, width] = attrs.size as [number, number];
    if (attrs.alignCorners || !attrs.halfPixelCenters) {
      throw new Error("only tf.image.resizeBilinear with half-pixel centers can be traced");
    }
    const shape = [images.shape[0]!, height, width, images.shape[3]!];
    const sizes = backend.graph.int64(...shapeIn(nchw, shape));
    const value = backend.graph.node(
      "Resize",
      [backend.valueIn(backend.traced(images), nchw), null, null, sizes],
      shapeIn(nchw, shape),
      { mode: "linear", coordinate_transformation_mode: "half_pixel" },
    );
    return backend.make({ value, order: nchw }, shape, images.dtype);
  }),
];

function factors(from: readonly number[], to: readonly [number, number]): [number, number] {
  const [rows, columns] = [to[0] / from[1]!, to[1] / from[2]!];
  if (!Number.isInteger(rows) || !Number.isInteger(columns)) {
    throw new Error(`only enlarging by whole factors can be traced, not ${from.slice(1, 3)} to ${to}`);
  }
  return [rows, columns];
}
