// Emil Wallner's networks are chains of 3x3 convolutions with Keras's 'same' padding and first values.

import { relu, tanh } from "@tensorflow/tfjs-core";
import { convolution } from "../layers/convolution.ts";
import { type MapShape, type Part, sequence } from "../layers/part.ts";
import { upsample } from "../layers/resampling.ts";

export type ChainLayer = {
  readonly name: string;
  readonly outputs: number;
  readonly stride?: 2;
  /** ReLU unless it is given. */
  readonly activation?: "tanh";
  /** Enlarged twice, after the activation. */
  readonly upsample?: true;
};

export function convolutionChain(
  input: MapShape,
  layers: readonly ChainLayer[],
): Part & { readonly output: MapShape } {
  const parts: Part[] = [];
  let shape = input;
  for (const layer of layers) {
    const { name, outputs, stride = 1 } = layer;
    const part = convolution(name, { input: shape, outputs, size: 3, stride });
    const [height, width, channels] = part.output;
    parts.push({
      ...part,
      apply(pass, x) {
        const y = part.apply(pass, x);
        const active = layer.activation === "tanh" ? tanh(y) : relu(y);
        return layer.upsample ? upsample(active) : active;
      },
    });
    shape = layer.upsample ? [2 * height, 2 * width, channels] : part.output;
  }
  return { ...sequence(parts), output: shape };
}
