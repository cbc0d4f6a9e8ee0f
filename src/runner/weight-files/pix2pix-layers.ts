// The networks of junyanz/pytorch-CycleGAN-and-pix2pix (UnetGenerator, NLayerDiscriminator) as their state dicts name them,
// beside our own names. Their module is a Sequential inside a Sequential for every halving, so that a name says where in the
// list of operations a layer stands: model.model.1.model.3.model.5 is the way up of the third block.

import type { Norm } from "../../models/layers/normalization.ts";
import { channelsAt } from "../../models/pix2pix/shapes.ts";

/** One convolution, transposed or not. */
export type NamedLayer = {
  readonly ours: string;
  readonly theirs: string;
  /** As PyTorch has it: [out, in, 4, 4], of a transposed one [in, out, 4, 4]. */
  readonly shape: readonly [number, number, 4, 4];
  /** Whether theirs has a bias. */
  readonly bias: boolean;
  /** The name of their normalization behind it; null where none stands there. */
  readonly norm: string | null;
  /** Channels that it gives. */
  readonly outputs: number;
};

export type Widths = { readonly inputs: number; readonly width: number; readonly norm: Norm };

/** Of the U-Net with so many halvings: 8 is their unet_256, 7 their unet_128. The way down, then the way up. */
export function generatorLayers(
  depth: number,
  { inputs, width, outputs, norm }: Widths & { readonly outputs: number },
): NamedLayer[] {
  const useBias = norm === "instance";
  const channels = (block: number) => channelsAt(width, block);
  const blocks = Array.from({ length: depth }, (_, index) => index + 1);
  const downs = blocks.map((block): NamedLayer => {
    const list = listOfBlock(block);
    const isPlain = block === 1 || block === depth;
    const [from, to] = [block === 1 ? inputs : channels(block - 1), channels(block)];
    return {
      ours: `generator/down${block}`,
      theirs: `${list}.${block === 1 ? 0 : 1}`,
      shape: [to, from, 4, 4],
      bias: useBias,
      norm: isPlain ? null : `${list}.2`,
      outputs: to,
    };
  });
  const ups = blocks.map((block): NamedLayer => {
    const list = listOfBlock(block);
    const place = block === 1 || block === depth ? 3 : 5;
    const from = block === depth ? channels(depth) : 2 * channels(block);
    const to = block === 1 ? outputs : channels(block - 1);
    return {
      ours: `generator/up${block}`,
      theirs: `${list}.${place}`,
      shape: [from, to, 4, 4],
      bias: useBias || block === 1,
      norm: block === 1 ? null : `${list}.${place + 1}`,
      outputs: to,
    };
  });
  return [...downs, ...ups.reverse()];
}

/** Of the outermost block, then of those inside it. */
export function listOfBlock(block: number): string {
  if (block === 1) return "model.model";
  return `model.model.1.model${".3.model".repeat(block - 2)}`;
}

/** Of the discriminator of patches with so many convolutions of stride 2; 3 are their `basic`. */
export function discriminatorLayers(strided: number, { inputs, width, norm }: Widths): NamedLayer[] {
  return Array.from({ length: strided + 2 }, (_, index): NamedLayer => {
    const isPlain = index === 0 || index === strided + 1;
    const [from, to] = [
      index === 0 ? inputs : channelsAt(width, index),
      isPlain && index > 0 ? 1 : channelsAt(width, index + 1),
    ];
    const place = index === 0 ? 0 : 3 * index - 1;
    return {
      ours: `discriminator/scale1/conv${index + 1}`,
      theirs: `model.${place}`,
      shape: [to, from, 4, 4],
      bias: isPlain || norm === "instance",
      norm: isPlain ? null : `model.${place + 1}`,
      outputs: to,
    };
  });
}
