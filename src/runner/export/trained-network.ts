// The network of a run with the weights of a checkpoint, by itself: what of the state it reads, and what tells it what
// pictures show, if anything does.

import type { Tensor4D } from "@tensorflow/tfjs-core";
import { openEngine } from "../../engine/engines.ts";
import { UserError } from "../../errors.ts";
import type { ModelOutput } from "../../models/model.ts";
import { modelOf } from "../../models/models.ts";
import type { Network } from "../../models/network.ts";
import { unprefixed } from "../../models/prefixed.ts";
import type { Store } from "../../store/open-store.ts";
import type { RunRow } from "../../store/rows.ts";
import type { State, Tensors } from "../../training-step.ts";
import type { Asker } from "../embedding/asker.ts";
import type { ChosenCheckpoint } from "../evaluation/choose-checkpoint.ts";
import { openNetwork, weightsOf } from "../open-network.ts";

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
  checkpoint: ChosenCheckpoint,
  store: Store,
): Promise<TrainedNetwork> {
  const { model, image } = run.experiment;
  const output = modelOf(model).output(model);
  const engine = await openEngine("onnx", { device: "cpu" });
  const opened = await openNetwork(run, checkpoint, output, { store, device: "cpu", size: null, engine });
  const { network, ask, step, epoch } = opened;
  await ask?.close();
  const teller = ask === null ? null : tellerOf(run, ask);
  const told = Object.entries(teller?.weights ?? {}).map(([name, tensor]) => [tellerPrefix + name, tensor]);
  return {
    output,
    state: { ...weightsOf(opened, network.evaluated), ...Object.fromEntries(told) },
    imageSize: image.size,
    sizeStep: network.sizeStep,
    predict: (weights, luma) =>
      network.predict(weights, {
        luma,
        ...(teller && { embedding: teller.embed(unprefixed(tellerPrefix, weights), luma) }),
      }),
    step,
    epoch,
  };
}

/** Throws UserError for what cannot become part of the network. */
function tellerOf({ id, experiment }: RunRow, { network, description }: Asker) {
  if (network !== null) return network;
  throw new UserError(
    `run ${id}: expected a network whose weights are at hand, got ${experiment.model.kind}, told by ${description}: an .onnx file cannot become part of another one`,
  );
}
