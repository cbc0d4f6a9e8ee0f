// Spectral normalization (Miyato et al. 2018), as torch.nn.utils.spectral_norm does it: the kernel divided by an
// estimate of its largest singular value. A pass in training improves the estimate by one power iteration; u and v
// are constants for the gradient.

import {
  customGrad,
  div,
  dot,
  maximum,
  norm,
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  transpose,
  zerosLike,
} from "@tensorflow/tfjs-core";
import { randomStream } from "../../random.ts";
import { type State, type StateTensor, sizeOf } from "../../training-step.ts";

import { type Pass, statistic } from "./part.ts";

const epsilon = 1e-12;

/**
 * State: u [outputs] and v [inputs * h * w], of length 1. `outputAxis` is where the kernel has its outputs: 3 for
 * convolutions, 2 for transposed ones. The matrix is [outputs, inputs * h * w], as in PyTorch.
 */
export function spectralNorm(
  name: string,
  shape: readonly [number, number, number, number],
  outputAxis: 2 | 3,
) {
  const outputs = shape[outputAxis];
  const perm = outputAxis === 3 ? [3, 2, 0, 1] : [2, 3, 0, 1];
  const columns = sizeOf(shape) / outputs;
  return {
    init(seed: number, kernel: StateTensor): State {
      let vectors: ReturnType<typeof singularVectors> | null = null;
      const drawn = () => {
        vectors ??= singularVectors(kernel.data, shape, outputAxis, seed, name);
        return vectors;
      };
      return {
        [`${name}/spectral/u`]: {
          shape: [outputs],
          get data() {
            return drawn().u;
          },
        },
        [`${name}/spectral/v`]: {
          shape: [columns],
          get data() {
            return drawn().v;
          },
        },
      };
    },
    apply(pass: Pass, kernel: Tensor4D): Tensor4D {
      const matrix = reshape(transpose(kernel, perm), [outputs, columns]) as Tensor2D;
      let u = statistic(pass, `${name}/spectral/u`) as Tensor1D;
      let v = statistic(pass, `${name}/spectral/v`) as Tensor1D;
      if (pass.mode === "train") {
        const constant = detached(matrix) as Tensor2D;
        v = normalized(dot(u, constant) as Tensor1D);
        u = normalized(dot(constant, v) as Tensor1D);
        pass.updates.set(`${name}/spectral/u`, u);
        pass.updates.set(`${name}/spectral/v`, v);
      }
      return div(kernel, dot(u, dot(matrix, v) as Tensor1D)) as Tensor4D;
    },
  };
}

/** The same numbers, through which no gradient flows. */
function detached(x: Tensor): Tensor {
  return customGrad((...inputs) => ({
    value: (inputs[0] as Tensor).clone(),
    gradFunc: () => zerosLike(x),
  }))(x);
}

function normalized(x: Tensor1D): Tensor1D {
  return div(x, maximum(norm(x), epsilon)) as Tensor1D;
}

const firstIterations = 2;

/** Iterations before training, as torch.nn.utils.parametrizations does: random vectors would make sigma a number near 0. */
function singularVectors(
  kernel: Float32Array,
  [height, width, third, fourth]: readonly [number, number, number, number],
  outputAxis: 2 | 3,
  seed: number,
  name: string,
) {
  const [outputs, inputs] = outputAxis === 3 ? [fourth, third] : [third, fourth];
  const { normal } = randomStream(seed, "weights", `${name}/spectral`);
  const u = Float32Array.from({ length: outputs }, normal);
  const v = new Float32Array(inputs * height * width);
  const taps = height * width;
  // A weight lies at [tap, i, j]; one of i and j is its row, the other its input.
  const isRowI = outputAxis === 2;
  const multiply = (byRows: boolean) => {
    const [from, into] = byRows ? [v, u] : [u, v];
    into.fill(0);
    for (let tap = 0, at = 0; tap < taps; tap++)
      for (let i = 0; i < third; i++)
        for (let j = 0; j < fourth; j++, at++) {
          const row = isRowI ? i : j;
          const column = (isRowI ? j : i) * taps + tap;
          if (byRows) into[row]! += kernel[at]! * from[column]!;
          else into[column]! += kernel[at]! * from[row]!;
        }
    toLengthOne(into);
  };
  for (let iteration = 0; iteration < firstIterations; iteration++) {
    multiply(false);
    multiply(true);
  }
  return { u, v };
}

function toLengthOne(vector: Float32Array): void {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const length = Math.sqrt(sum) || 1;
  for (let i = 0; i < vector.length; i++) vector[i]! /= length;
}
