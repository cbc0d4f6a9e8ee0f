// TensorFlow.js's Node bundle registers no gradients; a module of its own does, into the registry that all copies of
// TensorFlow.js share. That module is 300 files of ESM that Node cannot import as they are; bundled in memory they
// load in 0.15 s, where a loader's require took 1.8 s.

import { createRequire } from "node:module";
import {
  mul,
  type NamedAttrMap,
  registerGradient,
  square,
  step,
  sub,
  type Tensor,
  unregisterGradient,
} from "@tensorflow/tfjs-core";
import { composite } from "../composites.ts";
import { gradientBundle } from "./gradient-bundle.ts";

/** dy and the activation's output to the gradient of its input. */
const activationGradients = {
  Relu: composite("ReluGrad", ([dy, y]) => [mul(dy!, step(y!))]),
  LeakyRelu: composite<{ readonly alpha: number }>("LeakyReluGrad", ([dy, y], { alpha }) => [
    mul(dy!, step(y!, alpha)),
  ]),
  Tanh: composite("TanhGrad", ([dy, y]) => [mul(sub(1, square(y!)), dy!)]),
};

let registered = false;

export function registerGradients(): void {
  if (registered) return;
  const require = createRequire(import.meta.url);
  new Function("require", "module", "exports", gradientBundle())(require, { exports: {} }, {});
  // TensorFlow.js's own keep what went into an activation; what came out of it, which the next layer keeps anyway, says
  // the same. And its leaky ReLU's selects between two gradients where a factor takes fewer passes over memory.
  for (const [kernelName, gradient] of Object.entries(activationGradients)) {
    unregisterGradient(kernelName);
    registerGradient({
      kernelName,
      outputsToSave: [true],
      gradFunc: (dy, [y], attributes: NamedAttrMap) => ({
        x: () => gradient([dy as Tensor, y!], attributes as never)[0]!,
      }),
    });
  }
  registered = true;
}
