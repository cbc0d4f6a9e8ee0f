// Runs the network in evaluation mode over images of the data set: the loss of each, and their colours.

import type { Tensor4D } from "@tensorflow/tfjs-core";
import type { PreparedDataset } from "../datasets/prepare.ts";
import type { CompiledFunction, Engine, EngineState } from "../engine/engine.ts";
import type { Network } from "../models/model.ts";
import type { TensorSpecs } from "../training-step.ts";

export type Evaluated = {
  /** uint8 RGB [size, size, 3], as prepared. */
  readonly rgb: Uint8Array;
  /** [size, size, 2], 1 standing for 110 units of a or b. */
  readonly chroma: Float32Array;
  readonly loss: number;
};

export type Evaluator = {
  /** Calls `visit` for every image, in order; the arrays are valid until it returns. */
  forEach(
    state: EngineState,
    indices: Uint32Array,
    visit: (image: Evaluated, place: number) => void | Promise<void>,
  ): Promise<void>;
  close(): Promise<void>;
};

const largestBatch = 32;

/** `most` is the largest number of images that will be asked for at once. */
export async function createEvaluator(
  engine: Engine,
  network: Network,
  dataset: PreparedDataset,
  stateSpecs: TensorSpecs,
  most: number,
): Promise<Evaluator> {
  const { size } = dataset;
  const batch = Math.min(largestBatch, most);
  const weightSpecs = Object.fromEntries(network.weights.map((name) => [name, stateSpecs[name]!]));
  const compiled: CompiledFunction = await engine.compile(
    (inputs) => ({ ...network.evaluate(inputs, inputs.rgb as Tensor4D) }),
    weightSpecs,
    { rgb: { shape: [batch, size, size, 3], dtype: "uint8" } },
  );
  const rgb = new Uint8Array(batch * size * size * 3);
  return {
    async forEach(state, indices, visit) {
      for (let start = 0; start < indices.length; start += batch) {
        const part = indices.subarray(start, start + batch);
        // The graph has a fixed batch size: what the last batch lacks keeps whatever it held, and is not looked at.
        dataset.read(part, rgb);
        const { chroma, loss } = await compiled.run(state, { rgb });
        for (let place = 0; place < part.length; place++) {
          const image = {
            rgb: rgb.subarray(place * size * size * 3, (place + 1) * size * size * 3),
            chroma: chroma!.subarray(place * size * size * 2, (place + 1) * size * size * 2),
            loss: loss![place]!,
          };
          await visit(image, start + place);
        }
      }
    },
    close: () => compiled.close(),
  };
}

/** The mean loss over images. */
export async function meanLoss(
  evaluator: Evaluator,
  state: EngineState,
  indices: Uint32Array,
): Promise<number> {
  let sum = 0;
  await evaluator.forEach(state, indices, ({ loss }) => {
    sum += loss;
  });
  return sum / indices.length;
}
