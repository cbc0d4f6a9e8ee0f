// Runs the network in evaluation mode over images of the data set: the loss of each, and what it predicts.

import type { PreparedDataset } from "../datasets/prepare/prepare.ts";
import type { CompiledFunction, Engine, EngineState } from "../engine/engine.ts";
import type { ModelOutput } from "../models/model.ts";
import type { Network } from "../models/network.ts";
import { sizeOf, type TensorSpecs } from "../training-step.ts";
import { meanAveragePrecision } from "./average-precision.ts";
import type { BatchSource } from "./batch-source.ts";

export type Evaluated = {
  /** uint8 RGB [size, size, 3], as prepared. */
  readonly rgb: Uint8Array;
  /** What the model declares as its output, of this image. */
  readonly prediction: Float32Array;
  readonly loss: number;
};

export type Evaluator = {
  readonly output: ModelOutput;
  /** Calls `visit` for every image, in order; the arrays are valid until it returns. */
  forEach(
    state: EngineState,
    indices: Uint32Array,
    visit: (image: Evaluated, place: number) => void | Promise<void>,
  ): Promise<void>;
  /** The same network over images of another data set. It closes with the first one. */
  over(source: BatchSource): Evaluator;
  close(): Promise<void>;
};

const largestBatch = 32;

export type EvaluatorParts = {
  readonly engine: Engine;
  readonly network: Network;
  /** What the network's model declares. */
  readonly output: ModelOutput;
};

/**
 * `unseen` is how many images the network's run keeps unseen, 0 where it was trained elsewhere. It alone fixes how many are evaluated at once, on which the
 * last digits hang: not what is drawn, nor which sets are measured when.
 */
export async function createEvaluator(
  { engine, network, output }: EvaluatorParts,
  source: BatchSource,
  stateSpecs: TensorSpecs,
  unseen: number,
): Promise<Evaluator> {
  const batch = Math.min(largestBatch, unseen || largestBatch);
  const weightSpecs = Object.fromEntries(network.evaluated.map((name) => [name, stateSpecs[name]!]));
  const specs: TensorSpecs = Object.fromEntries(
    Object.entries(network.specs.batch).map(([name, { shape, dtype }]) => [
      name,
      { shape: [batch, ...shape.slice(1)], dtype },
    ]),
  );
  const compiled: CompiledFunction = await engine.compile(
    (inputs) => ({ ...network.evaluate(inputs, inputs) }),
    weightSpecs,
    specs,
  );
  const imageBytes = sizeOf(specs.rgb!.shape) / batch;
  const over = (source: BatchSource): Evaluator => ({
    output,
    over,
    async forEach(state, indices, visit) {
      for (let start = 0; start < indices.length; start += batch) {
        const part = indices.subarray(start, start + batch);
        const arrays = source.read(specs, [part], null);
        const { prediction, loss } = await compiled.run(state, arrays);
        const length = prediction!.length / batch;
        for (let place = 0; place < part.length; place++) {
          const image = {
            rgb: (arrays.rgb as Uint8Array).subarray(place * imageBytes, (place + 1) * imageBytes),
            prediction: prediction!.subarray(place * length, (place + 1) * length),
            loss: loss![place]!,
          };
          await visit(image, start + place);
        }
      }
    },
    close: () => compiled.close(),
  });
  return over(source);
}

/**
 * Numbers over a set of images: the mean loss, and for labels how well they are told apart. `visit` sees every image on
 * the way.
 */
export async function evaluateImages(
  evaluator: Evaluator,
  state: EngineState,
  indices: Uint32Array,
  labels: PreparedDataset["labels"],
  visit?: (image: Evaluated, place: number) => void | Promise<void>,
): Promise<{ readonly loss: number; readonly average_precision?: number }> {
  let sum = 0;
  const names = evaluator.output === "labels" ? (labels?.names.length ?? 0) : 0;
  const scores = new Float32Array(indices.length * names);
  await evaluator.forEach(state, indices, (image, place) => {
    sum += image.loss;
    if (names > 0) scores.set(image.prediction, place * names);
    return visit?.(image, place);
  });
  const loss = sum / indices.length;
  if (!labels || names === 0) return { loss };
  const truths = new Float32Array(scores.length);
  labels.read(indices, truths);
  return { loss, average_precision: meanAveragePrecision(scores, truths, names) };
}
