// The network of a run with the weights of a checkpoint, by itself: what of the state it reads, and what tells it what
// pictures show, if anything does.

import type { Tensor4D } from "@tensorflow/tfjs-core";
import { openEngine } from "../../engine/engines.ts";
import { UserError } from "../../errors.ts";
import type { ModelOutput } from "../../models/model.ts";
import { isEmbedded, modelOf } from "../../models/models.ts";
import type { Network } from "../../models/network.ts";
import type { Store } from "../../store/open-store.ts";
import type { RunRow } from "../../store/rows.ts";
import type { State, Tensors } from "../../training-step.ts";
import { buildNetwork, type NetworkExtras } from "../build-network.ts";
import { readCheckpoint } from "../checkpoints.ts";
import { openAsker } from "../embedding/open-embedding.ts";
import type { ChosenCheckpoint } from "../evaluation/choose-checkpoint.ts";

export type TrainedNetwork = {
  readonly output: ModelOutput;
  /** What `predict` reads, and nothing else. */
  readonly state: State;
  /** Side of the pictures that it was trained on. */
  readonly imageSize: number;
  /** Height and width of pictures are multiples of this. */
  readonly sizeStep: number;
  /** Luma [N, H, W, 1] in [-1, 1] to what the model declares as its output. */
  predict(weights: Tensors, luma: Tensor4D): ReturnType<Network["predict"]>;
  readonly step: number;
  readonly epoch: number;
};

const tellerPrefix = "teller/";

/** Throws UserError where the checkpoint is damaged, or what told the network is not there as it was. */
export async function openTrainedNetwork(
  run: RunRow,
  { file }: ChosenCheckpoint,
  store: Store,
): Promise<TrainedNetwork> {
  const { experiment } = run;
  const { model, image } = experiment;
  const { state, step, epoch } = readCheckpoint(file);
  const output = modelOf(model).output(model);
  const extras: NetworkExtras = {};
  let teller: State = {};
  let embed: ((weights: Tensors, luma: Tensor4D) => Tensors) | null = null;
  if (isEmbedded(model)) {
    const asker = await openTeller(run, store);
    const { size, network } = asker;
    Object.assign(extras, { embedding: { size, trained: model.fine_tune ? network : null } });
    if (!model.fine_tune) {
      teller = Object.fromEntries(
        Object.entries(network.weights).map(([name, tensor]) => [tellerPrefix + name, tensor]),
      );
      embed = (weights, luma) => ({ embedding: network.embed(withoutPrefix(weights), luma) });
    }
  }
  if (output === "labels") Object.assign(extras, { labels: state["labels/bias"]?.shape[0] });
  const network = await buildNetwork(experiment, extras);
  const missing = network.evaluated.find((name) => !(name in state));
  if (missing !== undefined) throw new UserError(`${file}: expected a tensor ${missing}, which it lacks`);
  const own = Object.fromEntries(network.evaluated.map((name) => [name, state[name]!]));
  const broken = Object.entries(own).find(([, { data }]) => !data.every(Number.isFinite));
  if (broken)
    throw new UserError(`${file}: expected numbers, got others in ${broken[0]}: its training failed`);
  return {
    output,
    state: { ...own, ...teller },
    imageSize: image.size,
    sizeStep: network.sizeStep,
    predict: (weights, luma) => network.predict(weights, { luma, ...embed?.(weights, luma) }),
    step,
    epoch,
  };
}

/** The network that told the run, with its weights as they were. */
async function openTeller(run: RunRow, store: Store) {
  const { model, image, engine: choice } = run.experiment;
  if (!isEmbedded(model)) throw new Error(`run ${run.id} is told nothing`);
  const engine = await openEngine(choice, { device: "cpu" });
  const asker = await openAsker(model.classifier, {
    store,
    engine,
    imageSize: image.size,
    threads: undefined,
  });
  await asker.close();
  const { network, size } = asker;
  if (network === null)
    throw new UserError(
      `run ${run.id}: expected a network whose weights are at hand, got ${model.kind}, told by ${asker.description}: an .onnx file cannot become part of another one`,
    );
  const was = run.teller?.fingerprint;
  if (was !== undefined && was !== asker.fingerprint)
    throw new UserError(
      `run ${run.id}: expected ${run.teller!.description}, which told it what pictures show, got ${asker.description}: its weights are other ones now`,
    );
  return { network, size };
}

function withoutPrefix(weights: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(weights)
      .filter(([name]) => name.startsWith(tellerPrefix))
      .map(([name, tensor]) => [name.slice(tellerPrefix.length), tensor]),
  );
}
