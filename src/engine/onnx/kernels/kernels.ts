import type { KernelConfig } from "@tensorflow/tfjs-core";
import { convolutionKernels } from "./convolution.ts";
import { depthwiseKernels } from "./depthwise.ts";
import { elementwiseKernels } from "./elementwise.ts";
import { poolingKernels } from "./pooling.ts";
import { reductionKernels } from "./reduction.ts";
import { resizeKernels } from "./resize.ts";
import { shapeKernels } from "./shape.ts";

/** Every TensorFlow.js kernel that a traced function may use. */
export const kernels: readonly KernelConfig[] = [
  ...convolutionKernels,
  ...depthwiseKernels,
  ...elementwiseKernels,
  ...poolingKernels,
  ...reductionKernels,
  ...resizeKernels,
  ...shapeKernels,
];
