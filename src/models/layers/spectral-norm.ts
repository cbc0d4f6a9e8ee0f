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
import type { State, StateTensor } from "../../training-step.ts";
import { initialized, normal } from "./initializers.ts";
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
  const columns = shape.reduce((product, length) => product * length, 1) / outputs;
  return {
    init(seed: number): State {
      return Object.fromEntries(
        [
          [`${name}/spectral/u`, outputs],
          [`${name}/spectral/v`, columns],
        ].map(([key, length]) => [key, unitVector(String(key), Number(length), seed)]),
      );
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

function unitVector(key: string, length: number, seed: number): StateTensor {
  const { data, shape } = initialized(key, [length], seed, normal(0, 1));
  const size = Math.hypot(...data);
  return { shape, data: data.map((value) => value / size) };
}
