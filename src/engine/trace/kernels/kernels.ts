import type { KernelConfig } from "@tensorflow/tfjs-core";
import { convolutionKernels } from "./convolution.ts";
import { elementwiseKernels } from "./elementwise.ts";
import { reductionKernels } from "./reduction.ts";
import { resizeKernels } from "./resize.ts";
import { shapeKernels } from "./shape.ts";

/** Every TensorFlow.js kernel that a traced function may use. */
export const kernels: readonly KernelConfig[] = [
  ...convolutionKernels,
  ...elementwiseKernels,
  ...reductionKernels,
  ...resizeKernels,
  ...shapeKernels,
];
