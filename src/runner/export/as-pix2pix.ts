// Networks of ours by the names of junyanz/pytorch-CycleGAN-and-pix2pix, so that their UnetGenerator and NLayerDiscriminator
// read them.

import { UserError } from "../../errors.ts";
import type { ModelConfig } from "../../experiment/experiment.ts";
import { depthFor, usualPadding } from "../../models/pix2pix/shapes.ts";
import type { RunRow } from "../../store/rows.ts";
import type { State, StateTensor } from "../../training-step.ts";
import { inputOfNetworks, outputOfNetworks } from "../import/import-pix2pix.ts";
import { discriminatorLayers, generatorLayers, type NamedLayer } from "../weight-files/pix2pix-layers.ts";
import { asPyTorch } from "../weight-files/pytorch-layout.ts";
import type { Metadata } from "./metadata.ts";

/** Tensors by their names; what a network of theirs is made with, and what goes in and comes out. */
export type Pix2pixTensors = { readonly tensors: State; readonly meaning: Metadata };

type Pix2pix = Extract<ModelConfig, { kind: "pix2pix" }>;

const channels = { lab: 2, rgb: 3 } as const;

/** `state` holds the generator's tensors. Throws UserError where theirs has no such network. */
export function generatorAsPix2pix(run: RunRow, state: State): Pix2pixTensors {
  const model = pix2pixOf(run, "generator");
  const { color, norm, width, evaluation } = model;
  const depth = model.depth ?? depthFor(run.experiment.image.size);
  const layers = generatorLayers(depth, { inputs: 1, outputs: channels[color], width, norm });
  return {
    tensors: named(run, layers, model, state),
    meaning: {
      input: inputOfNetworks,
      output: outputOfNetworks[color],
      num_downs: String(depth),
      ngf: String(width),
      norm,
      evaluation:
        evaluation === "running" ? "net.eval()" : "net.train() without dropout, one picture at a time",
    },
  };
}

/** `state` holds the discriminator's tensors. Throws UserError where theirs has no such network. */
export function discriminatorAsPix2pix(run: RunRow, state: State): Pix2pixTensors {
  const model = pix2pixOf(run, "discriminator");
  const { color, norm, discriminator } = model;
  const { n_layers: strided, scales, padding } = discriminator;
  if (scales > 1) throw refusal(run, "a discriminator of one scale", `one of ${scales}`);
  if ((padding ?? usualPadding(scales)) !== 1) throw refusal(run, "a discriminator with padding 1", "2");
  if (!("discriminator/scale1/conv1/kernel" in state))
    throw refusal(run, "a discriminator", "none, as it was imported without one");
  const width = discriminator.width ?? model.width;
  const layers = discriminatorLayers(strided, { inputs: 1 + channels[color], width, norm });
  return {
    tensors: named(run, layers, model, state),
    meaning: {
      input: `[N, ${1 + channels[color]}, H, W]: what the generator sees, then its picture: ${inputOfNetworks}; ${outputOfNetworks[color]}`,
      output: "[N, 1, h, w]: logits, above zero where a patch looks real",
      n_layers: String(strided),
      ndf: String(width),
      norm,
      evaluation:
        "net.train(): it normalizes by the statistics of what it sees; running statistics are PyTorch's first values",
    },
  };
}

function refusal({ id }: RunRow, expected: string, got: string): UserError {
  return new UserError(`run ${id}: --names pix2pix: expected ${expected}, got ${got}`);
}

function pix2pixOf(run: RunRow, network: "generator" | "discriminator"): Pix2pix {
  const { model } = run.experiment;
  if (model.kind !== "pix2pix") throw refusal(run, "a pix2pix", `a ${model.kind}`);
  if (model.spectral_norm.includes(network))
    throw refusal(run, `a ${network} without spectral norm`, "one with it");
  if (model.attention?.in.includes(network))
    throw refusal(run, `a ${network} without attention`, "one with it");
  return model;
}

function named(run: RunRow, layers: readonly NamedLayer[], { norm }: Pix2pix, state: State): State {
  const ours = asPyTorch(state);
  const tensors: Record<string, StateTensor> = {};
  for (const { ours: name, theirs, bias, norm: behind, outputs } of layers) {
    const layer = name.replaceAll("/", ".");
    tensors[`${theirs}.weight`] = ours[`${layer}.weight`]!;
    if (bias) tensors[`${theirs}.bias`] = ours[`${layer}.bias`]!;
    else if (ours[`${layer}.bias`]?.data.some((value) => value !== 0))
      throw refusal(run, "norm batch or instance", "none: theirs has no biases then, ours has");
    if (behind === null || norm !== "batch") continue;
    for (const word of ["weight", "bias", "running_mean", "running_var"])
      tensors[`${behind}.${word}`] = ours[`${layer}.norm.${word}`] ?? firstStatistic(word, outputs);
  }
  return tensors;
}

/** Our discriminators keep no running statistics, as nothing reads them; their modules want some. */
function firstStatistic(word: string, channels: number): StateTensor {
  return { shape: [channels], data: new Float32Array(channels).fill(word === "running_var" ? 1 : 0) };
}
