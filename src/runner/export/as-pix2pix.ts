// A generator of ours by the names of junyanz/pytorch-CycleGAN-and-pix2pix, so that their UnetGenerator reads it.

import { UserError } from "../../errors.ts";
import { depthFor } from "../../models/pix2pix/shapes.ts";
import type { RunRow } from "../../store/rows.ts";
import type { State } from "../../training-step.ts";
import { inputOfNetworks, outputOfNetworks } from "../import/import-pix2pix.ts";
import { generatorLayers } from "../weight-files/pix2pix-layers.ts";
import { asPyTorch } from "../weight-files/pytorch-layout.ts";
import type { Metadata } from "./metadata.ts";

/** What an UnetGenerator is made with, and what goes in and comes out. Throws UserError where theirs has no such network. */
export function asPix2pix({ id, experiment }: RunRow, state: State): { tensors: State; meaning: Metadata } {
  const { model, image } = experiment;
  const refuse = (expected: string, got: string) =>
    new UserError(`run ${id}: --names pix2pix: expected ${expected}, got ${got}`);
  if (model.kind !== "pix2pix") throw refuse("a pix2pix", `a ${model.kind}`);
  if (model.spectral_norm.includes("generator"))
    throw refuse("a generator without spectral norm", "one with it");
  if (model.attention?.in.includes("generator")) throw refuse("a generator without attention", "one with it");
  const { color, norm, width } = model;
  const depth = model.depth ?? depthFor(image.size);
  const layers = generatorLayers(depth, { inputs: 1, outputs: color === "lab" ? 2 : 3, width, norm });
  const ours = asPyTorch(state);
  const tensors = Object.fromEntries(
    layers.flatMap(({ ours: name, theirs, bias, norm: behind }) => {
      const layer = name.replaceAll("/", ".");
      if (!bias && ours[`${layer}.bias`]?.data.some((value) => value !== 0))
        throw refuse("norm batch or instance", "none: theirs has no biases then, ours has");
      const parts = bias ? ["weight", "bias"] : ["weight"];
      const ofNorm =
        behind === null || norm !== "batch" ? [] : ["weight", "bias", "running_mean", "running_var"];
      return [
        ...parts.map((part) => [`${theirs}.${part}`, ours[`${layer}.${part}`]!] as const),
        ...ofNorm.map((part) => [`${behind}.${part}`, ours[`${layer}.norm.${part}`]!] as const),
      ];
    }),
  );
  return {
    tensors,
    meaning: {
      input: inputOfNetworks,
      output: outputOfNetworks[color],
      num_downs: String(depth),
      ngf: String(width),
      norm,
      evaluation:
        model.evaluation === "running" ? "net.eval()" : "net.train() without dropout, one picture at a time",
    },
  };
}
