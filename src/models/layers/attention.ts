// Self-attention as in SAGAN (Zhang et al. 2019): every place of a map looks at every other. The output is
// gamma * attended + x with gamma 0 at first, so that training begins as without it.
// Forms: `full` as in heykeetae/Self-Attention-GAN; `pooled` as in Google's own code, a quarter of the keys.

import {
  add,
  greaterEqual,
  matMul,
  mul,
  reshape,
  slice,
  softmax,
  squeeze,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  where,
} from "@tensorflow/tfjs-core";
import { convolution } from "./convolution.ts";
import { filled, type Initializer } from "./initializers.ts";
import { joined, type MapShape, type Part } from "./part.ts";

export type AttentionForm = "full" | "pooled";

export type AttentionOptions = {
  readonly input: MapShape;
  readonly form: AttentionForm;
  readonly initializer: Initializer;
  readonly spectral: boolean;
};

/** [N, H, W, C] -> the same shape; C must be a multiple of 8, H and W even for `pooled`. */
export function attention(name: string, { input, form, initializer, spectral }: AttentionOptions): Part {
  const [height, width, channels] = input;
  const pooled = form === "pooled";
  const places = height * width;
  const keys = pooled ? places / 4 : places;
  const inner = channels / 8;
  const values = pooled ? channels / 2 : channels;
  const pointwise = (part: string, outputs: number, from = input) =>
    convolution(`${name}/${part}`, {
      input: from,
      outputs,
      size: 1,
      bias: !pooled,
      initializer,
      spectral,
    });
  const query = pointwise("query", inner);
  const key = pointwise("key", inner);
  const value = pointwise("value", values);
  const output = pooled ? pointwise("output", channels, [height, width, values]) : null;
  const parts = joined([query, key, value, ...(output ? [output] : [])]);
  const row = {
    name,
    type: `self-attention, ${form}`,
    output: input,
    parameters: 1,
    multiplyAdds: places * keys * (inner + values),
  };
  return {
    ...parts,
    rows: [...parts.rows, row],
    init(seed) {
      const { weights, statistics } = parts.init(seed);
      return { weights: { ...weights, [`${name}/gamma`]: filled([1], 0) }, statistics };
    },
    apply(pass, x) {
      const [count, high, wide] = x.shape;
      const places = high * wide;
      const keys = pooled ? places / 4 : places;
      const rows = (map: Tensor4D, count: number) =>
        reshape(map, [map.shape[0], count, map.shape[3]]) as Tensor3D;
      const reduced = (map: Tensor4D) => rows(pooled ? maxPool2x2(map) : map, keys);
      const queries = rows(query.apply(pass, x), places);
      const weights = softmax(matMul(queries, reduced(key.apply(pass, x)), false, true));
      const attended = matMul(weights, reduced(value.apply(pass, x)));
      const map = reshape(attended, [count, high, wide, values]) as Tensor4D;
      return add(mul(output ? output.apply(pass, map) : map, pass.weights[`${name}/gamma`]!), x) as Tensor4D;
    },
  };
}

/** The largest of every 2x2 square. Where several are equal the gradient goes to the first, as in PyTorch. */
function maxPool2x2(x: Tensor4D): Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const squares = reshape(x, [batch * (height / 2), 2, width / 2, 2 * channels]);
  const row = (index: number) =>
    squeeze(slice(squares, [0, index, 0, 0], [-1, 1, -1, -1]), [1]) as unknown as Tensor;
  const larger = (a: Tensor, b: Tensor) => where(greaterEqual(a, b), a, b);
  const half = (rowTensor: Tensor, side: number) =>
    slice(rowTensor, [0, 0, side * channels], [-1, -1, channels]);
  const [top, bottom] = [row(0), row(1)];
  const largest = larger(larger(half(top, 0), half(top, 1)), larger(half(bottom, 0), half(bottom, 1)));
  return reshape(largest, [batch, height / 2, width / 2, channels]) as Tensor4D;
}
