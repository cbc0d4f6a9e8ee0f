// Discriminators: PatchGAN (Isola et al. 2017), which judges every patch of the picture by itself, and several of
// them on halved pictures (Wang et al. 2018, pix2pixHD).

import { leakyRelu, type Tensor4D } from "@tensorflow/tfjs-core";
import { type AttentionForm, attention } from "../layers/attention.ts";
import { convolution } from "../layers/convolution.ts";
import { type Norm, normalization } from "../layers/normalization.ts";
import { joined, type MapShape, type Part, sequence } from "../layers/part.ts";
import { halved } from "../layers/resampling.ts";
import { channelsAt, patchMaps, scaledSide } from "./shapes.ts";
import { initializer } from "./unet.ts";

export type DiscriminatorOptions = {
  readonly imageSize: number;
  /** Channels of the condition and the picture together. */
  readonly inputs: number;
  readonly width: number;
  /** Convolutions of stride 2; 3 see patches of 70x70 pixels. */
  readonly layers: number;
  readonly scales: number;
  readonly padding: 1 | 2;
  readonly norm: Norm;
  readonly attention: { readonly at: number; readonly form: AttentionForm } | null;
  readonly spectral: boolean;
};

export type Judgement = {
  /** Maps behind every activation. */
  readonly features: readonly Tensor4D[];
  /** [N, h, w, 1]: above zero where the patch looks real. */
  readonly logits: Tensor4D;
};

/** One judgement per scale, the full size first. */
export function discriminator(options: DiscriminatorOptions): Part<readonly Judgement[]> {
  const scales = Array.from({ length: options.scales }, (_, index) => patchDiscriminator(options, index + 1));
  return {
    ...joined(scales),
    apply(pass, x) {
      let picture = x;
      return scales.map((scale, index) => {
        if (index > 0) picture = halved(picture);
        return scale.apply(pass, picture);
      });
    },
  };
}

function patchDiscriminator(options: DiscriminatorOptions, scale: number): Part<Judgement> {
  const { imageSize, inputs, width, layers, padding, norm, spectral } = options;
  const name = `discriminator/scale${scale}`;
  const side = scaledSide(imageSize, scale);
  const maps = patchMaps(side, layers, padding);
  const stages: Part[] = [];
  let shape: MapShape = [side, side, inputs];
  for (const [index, { stride, nominal }] of maps.entries()) {
    const isLast = index === maps.length - 1;
    const isNormalized = index > 0 && !isLast;
    const layer = convolution(`${name}/conv${index + 1}`, {
      input: shape,
      outputs: isLast ? 1 : channelsAt(width, index + 1),
      size: 4,
      stride,
      padding,
      bias: !isNormalized || norm !== "batch",
      initializer,
      spectral,
    });
    shape = layer.output;
    const stage: Part[] = [layer];
    if (isNormalized)
      stage.push(normalization(norm, `${name}/conv${index + 1}/norm`, shape, { running: false }));
    if (!isLast) stage.push(activation);
    if (options.attention && nominal === options.attention.at) {
      const { form } = options.attention;
      stage.push(attention(`${name}/attention`, { input: shape, form, initializer, spectral }));
    }
    stages.push(sequence(stage));
  }
  return {
    ...joined(stages),
    apply(pass, x) {
      const features: Tensor4D[] = [];
      let map = x;
      for (const stage of stages) {
        map = stage.apply(pass, map);
        features.push(map);
      }
      return { features: features.slice(0, -1), logits: map };
    },
  };
}

const activation: Part = { ...joined([]), apply: (_pass, x) => leakyRelu(x, 0.2) };
