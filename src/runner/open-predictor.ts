// The network of a run with one of its checkpoints, to be shown pictures that belong to no data set, one at a time. It may be
// used at another size than it was trained at.

import { greyPicture } from "../color/displayed.ts";
import type { DeviceChoice } from "../engine/choices.ts";
import { type Engine, specsOf } from "../engine/engine.ts";
import { openEngine } from "../engine/engines.ts";
import { UserError } from "../errors.ts";
import type { Experiment } from "../experiment/experiment.ts";
import type { ModelOutput } from "../models/model.ts";
import { isEmbedded, modelOf } from "../models/models.ts";
import type { Network } from "../models/network.ts";
import type { Store } from "../store/open-store.ts";
import type { RunRow } from "../store/rows.ts";
import type { State, TensorSpecs } from "../training-step.ts";
import { buildNetwork } from "./build-network.ts";
import { readCheckpoint } from "./checkpoints.ts";
import { type Asker, askedAtOnce } from "./embedding/asker.ts";
import { openAsker } from "./embedding/open-embedding.ts";
import type { ChosenCheckpoint } from "./evaluation/choose-checkpoint.ts";

export type Predictor = {
  /** Side of the squares that it is shown, pixels. */
  readonly size: number;
  readonly output: Exclude<ModelOutput, "labels">;
  /** `luma(side)` is the picture in a square of that side, L / 50 - 1. Gives what the model declares as its output. */
  predict(luma: (side: number) => Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
};

export type PredictorOptions = {
  readonly store: Store;
  /** null is the run's own. */
  readonly device: DeviceChoice | null;
  /** null is the size that it was trained at. */
  readonly size: number | null;
  readonly threads?: number;
};

/** Throws UserError where the run makes no colors, or not at that size. */
export async function openPredictor(
  run: RunRow,
  { file }: ChosenCheckpoint,
  { store, device, size: wanted, threads }: PredictorOptions,
): Promise<Predictor> {
  const { experiment } = run;
  const output = colorsOf(run);
  const size = wanted ?? experiment.image.size;
  const model = configAt(run, size);
  const { state } = readCheckpoint(file);
  const engine = await openEngine(experiment.engine, { device: device ?? experiment.device, threads });
  const asker = isEmbedded(model)
    ? await openAsker(model.classifier, { store, engine, imageSize: experiment.image.size, threads })
    : null;
  try {
    const isTrainedAlong = isEmbedded(model) && model.fine_tune;
    const network = await buildNetwork(
      { ...experiment, model, image: { ...experiment.image, size } },
      asker === null
        ? {}
        : { embedding: { size: asker.size, trained: isTrainedAlong ? asker.network : null } },
    );
    const weights = weightsOf(run, network, state, size);
    if (isTrainedAlong) await asker?.close();
    const ask = isTrainedAlong ? null : asker;
    return await compiled(engine, network, weights, { size, output, ask, trained: experiment.image.size });
  } catch (error) {
    await asker?.close();
    throw error;
  }
}

/** Throws UserError where the run makes no colors. */
export function colorsOf({ id, experiment: { model } }: RunRow): Predictor["output"] {
  const output = modelOf(model).output(model);
  if (output !== "labels") return output;
  throw new UserError(`run ${id}: expected a network that makes colors, got a ${model.kind}`);
}

/** The model's settings as of another size. */
function configAt({ id, experiment }: RunRow, size: number): Experiment["model"] {
  const { model, image, train } = experiment;
  if (size === image.size) return model;
  const { sizeStep, atSize, problems } = modelOf(model);
  if (size % sizeStep !== 0)
    throw new UserError(
      `run ${id}: --size: expected a multiple of ${sizeStep} for ${model.kind}, got ${size}`,
    );
  const config = atSize(model, { trained: image.size, used: size });
  const around = { imageSize: size, batchSize: train.batch_size, accumulate: train.accumulate };
  const [problem] = problems(config, around);
  if (problem !== undefined)
    throw new UserError(`run ${id}: --size ${size}: ${problem.path.join(".")}: ${problem.text}`);
  return config as typeof model;
}

/** What the network reads of a checkpoint. */
function weightsOf({ id, experiment }: RunRow, network: Network, state: State, size: number): State {
  const expected = network.init(0);
  const fits = (name: string) => {
    const [found, wanted] = [state[name], expected[name]];
    return found !== undefined && (wanted === undefined || String(found.shape) === String(wanted.shape));
  };
  const wrong = network.evaluated.find((name) => !fits(name));
  if (wrong === undefined) return Object.fromEntries(network.evaluated.map((name) => [name, state[name]!]));
  throw new UserError(
    size === experiment.image.size
      ? `run ${id}: its checkpoint has no ${wrong} as this version's ${experiment.model.kind} needs it`
      : `run ${id}: --size: expected ${experiment.image.size}, as its ${experiment.model.kind} has ${wrong} of that size only, got ${size}`,
  );
}

type Use = Pick<Predictor, "size" | "output"> & { readonly ask: Asker | null; readonly trained: number };

async function compiled(
  engine: Engine,
  network: Network,
  weights: State,
  { size, output, ask, trained }: Use,
): Promise<Predictor> {
  const inputs: TensorSpecs = {
    luma: { shape: [1, size, size, 1], dtype: "float32" },
    ...(ask && { embedding: { shape: [1, ask.size], dtype: "float32" as const } }),
  };
  const call = await engine.compile(
    (tensors) => ({ prediction: network.predict(tensors, tensors) }),
    specsOf(weights),
    inputs,
  );
  const state = engine.importState(weights);
  return {
    size,
    output,
    async predict(luma) {
      const told = ask === null ? {} : { embedding: await embeddingOf(ask, luma(trained)) };
      return (await call.run(state, { luma: luma(size), ...told })).prediction!;
    },
    async close() {
      engine.release(state);
      await call.close();
      await ask?.close();
    },
  };
}

async function embeddingOf(asker: Asker, luma: Float32Array): Promise<Float32Array> {
  const grey = greyPicture(luma);
  const batch = new Uint8Array(askedAtOnce * grey.length);
  batch.set(grey);
  return (await asker.ask(batch)).slice(0, asker.size);
}
