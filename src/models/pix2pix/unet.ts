// pix2pix's generator (Isola et al. 2017; junyanz/pytorch-CycleGAN-and-pix2pix, UnetGenerator): halve `depth` times,
// double as often, every map of the way down handed across to the way up.

import { concat, leakyRelu, relu, type Tensor4D, tanh } from "@tensorflow/tfjs-core";
import type { AttentionForm } from "../layers/attention.ts";
import { attention } from "../layers/attention.ts";
import { convolution, transposedConvolution } from "../layers/convolution.ts";
import { dropout } from "../layers/dropout.ts";
import { normal } from "../layers/initializers.ts";
import { type Norm, normalization } from "../layers/normalization.ts";
import { joined, type MapShape, type Part, sequence } from "../layers/part.ts";
import { channelsAt } from "./shapes.ts";

/** `reference`: between the innermost block and the four-times-width one; `paper`: the first three blocks up. */
export type Dropout = "reference" | "paper" | "none";

export type UnetOptions = {
  readonly imageSize: number;
  readonly depth: number;
  readonly width: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly norm: Norm;
  readonly dropout: Dropout;
  readonly attention: { readonly at: number; readonly form: AttentionForm } | null;
  readonly spectral: boolean;
};

export const initializer = normal(0, 0.02);

/** [N, H, W, inputs] -> [N, H, W, outputs] in [-1, 1]. */
export function unet(options: UnetOptions): Part {
  const { imageSize, depth, width, inputs, outputs, norm, spectral } = options;
  const common = { initializer, spectral, size: 4 };
  const bias = norm !== "batch";
  const inner = (i: number) => channelsAt(width, i);

  const downs: Part[] = [];
  let shape: MapShape = [imageSize, imageSize, inputs];
  for (let i = 1; i <= depth; i++) {
    const name = `generator/down${i}`;
    const layer = convolution(name, {
      ...common,
      input: shape,
      outputs: inner(i),
      stride: 2,
      padding: 1,
      bias,
    });
    const isPlain = i === 1 || i === depth;
    downs.push(isPlain ? layer : sequence([layer, normalization(norm, `${name}/norm`, layer.output)]));
    shape = layer.output;
  }

  const ups: Part[] = [];
  for (let i = depth; i >= 1; i--) {
    const name = `generator/up${i}`;
    const channels = i === 1 ? outputs : inner(i - 1);
    const layer = transposedConvolution(name, {
      ...common,
      input: shape,
      outputs: channels,
      bias: bias || i === 1,
    });
    const parts: Part[] = [layer];
    if (i > 1) parts.push(normalization(norm, `${name}/norm`, layer.output));
    if (dropsOut(options.dropout, i, depth)) parts.push(dropout(`${name}/dropout`, layer.output));
    if (i > 1 && options.attention?.at === layer.output[0]) {
      const { form } = options.attention;
      parts.push(attention("generator/attention", { input: layer.output, form, initializer, spectral }));
    }
    ups.push(sequence(parts));
    const [height, wide] = layer.output;
    shape = [height, wide, 2 * channels];
  }

  return {
    ...joined([...downs, ...ups]),
    apply(pass, x) {
      const maps: Tensor4D[] = [];
      let map = x;
      for (const [index, down] of downs.entries()) {
        map = down.apply(pass, index === 0 ? map : leakyRelu(map, 0.2));
        maps.push(map);
      }
      for (const [index, up] of ups.entries()) {
        const across = index === 0 ? map : concat([maps[depth - 1 - index]!, map], 3);
        map = up.apply(pass, relu(across));
      }
      return tanh(map);
    },
  };
}

function dropsOut(kind: Dropout, i: number, depth: number): boolean {
  if (kind === "reference") return i < depth && i >= 5;
  return kind === "paper" && i > 1 && i > depth - 3;
}
