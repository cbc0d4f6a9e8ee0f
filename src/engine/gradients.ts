// TensorFlow.js's Node bundle registers no gradients; a module of its own does, into the registry that all copies of
// TensorFlow.js share. That module is 300 files of ESM that Node cannot import as they are; bundled in memory they
// load in 0.15 s, where tsx's require took 1.8 s.

import { createRequire } from "node:module";
import {
  LeakyRelu,
  type LeakyReluAttrs,
  mul,
  type NamedAttrMap,
  registerGradient,
  step,
  type Tensor,
  unregisterGradient,
} from "@tensorflow/tfjs-core";
import { gradientBundle } from "./gradient-bundle.ts";

let registered = false;

export function registerGradients(): void {
  if (registered) return;
  const require = createRequire(import.meta.url);
  new Function("require", "module", "exports", gradientBundle())(require, { exports: {} }, {});
  // TensorFlow.js's own selects between two gradients; a factor takes fewer passes over memory.
  unregisterGradient(LeakyRelu);
  registerGradient({
    kernelName: LeakyRelu,
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attributes: NamedAttrMap) => {
      const { alpha } = attributes as unknown as LeakyReluAttrs;
      return { x: () => mul(dy as Tensor, step(x!, alpha)) };
    },
  });
  registered = true;
}
