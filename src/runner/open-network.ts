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

type Luma = (side: number) => Float32Array;

/** A network that is shown single pictures. */
export type Shown<Output extends ModelOutput> = {
  /** Side of the squares that it is shown, pixels. */
  readonly size: number;
  readonly output: Output;
  /**
   * `luma(side)` is the picture in a square of that side, L / 50 - 1. Gives what the model declares as its output. What
   * tells the network what pictures show looks at `whole`, where `luma` is a part of it.
   */
  predict(luma: Luma, whole?: Luma): Promise<Float32Array>;
  close(): Promise<void>;
};

export type ShownOptions = {
  readonly store: Store;
  /** null is the run's own. */
  readonly device: DeviceChoice | null;
  /** null is the size that it was trained at. */
  readonly size: number | null;
  /** The option that asks for that size, for messages; left out for --size. */
  readonly sizeOption?: string;
  readonly threads?: number;
  /** Left out for the run's own. */
  readonly engine?: Engine;
};

/** A network and where it runs, before what is asked of it is compiled. */
export type OpenedNetwork<Output extends ModelOutput> = {
  readonly run: RunRow;
  readonly engine: Engine;
  readonly network: Network;
  /** All that the checkpoint holds. */
  readonly state: State;
  /** Side of the pictures, pixels. */
  readonly size: number;
  readonly sizeOption: string;
  /** Of the checkpoint. */
  readonly step: number;
  readonly epoch: number;
  readonly output: Output;
  /** null where nothing tells it what pictures show, or what does is part of it. */
  readonly ask: Asker | null;
};

/**
 * `output` is the model's own. Throws UserError where the network cannot be used at that size, and where what told it what
 * pictures show has other weights now.
 */
export async function openNetwork<Output extends ModelOutput>(
  run: RunRow,
  { file }: ChosenCheckpoint,
  output: Output,
  { store, device, size: wanted, sizeOption = "--size", threads, engine: given }: ShownOptions,
): Promise<OpenedNetwork<Output>> {
  const { experiment } = run;
  const size = wanted ?? experiment.image.size;
  const model = configAt(run, size, sizeOption);
  const { state, step, epoch } = readCheckpoint(file);
  const engine =
    given ?? (await openEngine(experiment.engine, { device: device ?? experiment.device, threads }));
  const asker = isEmbedded(model)
    ? await openAsker(model.classifier, { store, engine, imageSize: experiment.image.size, threads })
    : null;
  try {
    const isTrainedAlong = isEmbedded(model) && model.fine_tune;
    if (asker !== null && !isTrainedAlong) requireSameTeller(run, asker);
    const network = await buildNetwork(
      { ...experiment, model, image: { ...experiment.image, size } },
      {
        ...(asker && { embedding: { size: asker.size, trained: isTrainedAlong ? asker.network : null } }),
        ...(output === "labels" && { labels: state["labels/bias"]?.shape[0] ?? 1 }),
      },
    );
    if (isTrainedAlong) await asker?.close();
    const ask = isTrainedAlong ? null : asker;
    return { run, engine, network, state, step, epoch, size, sizeOption, output, ask };
  } catch (error) {
    await asker?.close();
    throw error;
  }
}

function requireSameTeller({ id, teller }: RunRow, { fingerprint, description }: Asker): void {
  if (teller && teller.fingerprint !== fingerprint)
    throw new UserError(
      `run ${id}: expected ${teller.description}, which told it what pictures show, got ${description}: its weights are other ones now`,
    );
}

/** The model's settings as of another size. */
function configAt({ id, experiment }: RunRow, size: number, option: string): Experiment["model"] {
  const { model, image, train } = experiment;
  if (size === image.size) return model;
  const { sizeStep, atSize, problems } = modelOf(model);
  if (size % sizeStep !== 0)
    throw new UserError(
      `run ${id}: ${option}: expected a multiple of ${sizeStep} for ${model.kind}, got ${size}`,
    );
  const config = atSize(model, { trained: image.size, used: size });
  const around = { imageSize: size, batchSize: train.batch_size, accumulate: train.accumulate };
  const [problem] = problems(config, around);
  if (problem !== undefined)
    throw new UserError(`run ${id}: ${option} ${size}: ${problem.path.join(".")}: ${problem.text}`);
  return config as typeof model;
}

/** Those of the checkpoint's tensors that `names` are. Throws UserError where one is not as the network has it, or no number. */
export function weightsOf(
  { run: { id, experiment }, network, state, size, sizeOption }: OpenedNetwork<ModelOutput>,
  names: readonly string[],
): State {
  const expected = network.init(0);
  const fits = (name: string) => {
    const [found, wanted] = [state[name], expected[name]];
    return found !== undefined && (wanted === undefined || String(found.shape) === String(wanted.shape));
  };
  const wrong = names.find((name) => !fits(name));
  if (wrong === undefined) {
    const broken = names.find((name) => !state[name]!.data.every(Number.isFinite));
    if (broken === undefined) return Object.fromEntries(names.map((name) => [name, state[name]!]));
    throw new UserError(
      `run ${id}: expected numbers in its checkpoint, got others in ${broken}: its training failed; take another one`,
    );
  }
  throw new UserError(
    size === experiment.image.size
      ? `run ${id}: its checkpoint has no ${wrong} as this version's ${experiment.model.kind} needs it`
      : `run ${id}: ${sizeOption}: expected ${experiment.image.size}, as its ${experiment.model.kind} has ${wrong} of that size only, got ${size}`,
  );
}

/** Its predictions. Closes what tells it where it cannot be compiled. */
export async function shown<Output extends ModelOutput>(
  opened: OpenedNetwork<Output>,
): Promise<Shown<Output>> {
  const { run, engine, network, size, output, ask } = opened;
  try {
    const weights = weightsOf(opened, network.evaluated);
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
    const trained = run.experiment.image.size;
    return {
      size,
      output,
      async predict(luma, whole = luma) {
        const told = ask === null ? {} : { embedding: await embeddingOf(ask, whole(trained)) };
        return (await call.run(state, { luma: luma(size), ...told })).prediction!;
      },
      async close() {
        engine.release(state);
        await call.close();
        await ask?.close();
      },
    };
  } catch (error) {
    await ask?.close();
    throw error;
  }
}

async function embeddingOf(asker: Asker, luma: Float32Array): Promise<Float32Array> {
  const grey = greyPicture(luma);
  const batch = new Uint8Array(askedAtOnce * grey.length);
  batch.set(grey);
  return (await asker.ask(batch)).slice(0, asker.size);
}
