// Convolutions and transposed convolutions, with bias and spectral norm where asked for.

import { add, conv2d, conv2dTranspose, pad, type Tensor1D, type Tensor4D } from "@tensorflow/tfjs-core";
import type { State } from "../../training-step.ts";
import { filled, glorotUniform, type Initializer, initialized } from "./initializers.ts";
import type { MapShape, Part, Pass } from "./part.ts";
import { spectralNorm } from "./spectral-norm.ts";

export type ConvolutionOptions = {
  readonly input: MapShape;
  readonly outputs: number;
  /** Side of the kernel. */
  readonly size: number;
  readonly stride?: 1 | 2;
  /** A number pads all four sides, as PyTorch does; "same" is Keras's, which at stride 2 pads the far sides first. */
  readonly padding?: "same" | number;
  readonly bias?: boolean;
  readonly initializer?: Initializer;
  readonly spectral?: boolean;
};

/** A part that also says what its maps look like. */
export type ConvolutionPart = Part & { readonly output: MapShape };

/** Kernel [size, size, inputs, outputs] and bias [outputs]: [N, H, W, inputs] -> [N, h, w, outputs]. */
export function convolution(name: string, options: ConvolutionOptions): ConvolutionPart {
  const { input, outputs, size, stride = 1, padding = "same", bias = true } = options;
  const [height, width, inputs] = input;
  const length = (side: number) =>
    padding === "same" ? Math.ceil(side / stride) : Math.floor((side + 2 * padding - size) / stride) + 1;
  const output: MapShape = [length(height), length(width), outputs];
  const shape = [size, size, inputs, outputs] as const;
  const same = padding === "same" || [height, width].every((side) => padsAlike(side, size, stride, padding));
  const part = weightsOf(name, options, shape, 3);
  return {
    output,
    rows: [
      {
        name,
        type: `convolution ${size}x${size}${stride === 2 ? " s2" : ""}`,
        output,
        parameters: size * size * inputs * outputs + (bias ? outputs : 0),
        multiplyAdds: output[0] * output[1] * outputs * size * size * inputs,
      },
    ],
    noise: {},
    init: part.init,
    apply(pass, x) {
      const kernel = part.kernel(pass);
      // TensorFlow's own binding refuses explicit padding.
      const y = same
        ? conv2d(x, kernel, stride, "same")
        : conv2d(padded(x, padding), kernel, stride, "valid");
      return part.biased(pass, y);
    },
  };
}

/** Twice as high and wide; 'same' padding, which for size 4 equals PyTorch's padding of 1. Kernel [size, size, outputs, inputs]. */
export function transposedConvolution(
  name: string,
  options: Omit<ConvolutionOptions, "stride" | "padding">,
): ConvolutionPart {
  const { input, outputs, size, bias = true } = options;
  const [height, width, inputs] = input;
  const output: MapShape = [2 * height, 2 * width, outputs];
  const shape = [size, size, outputs, inputs] as const;
  const part = weightsOf(name, options, shape, 2);
  return {
    output,
    rows: [
      {
        name,
        type: `transposed convolution ${size}x${size} s2`,
        output,
        parameters: size * size * inputs * outputs + (bias ? outputs : 0),
        multiplyAdds: height * width * inputs * size * size * outputs,
      },
    ],
    noise: {},
    init: part.init,
    apply(pass, x) {
      const kernel = part.kernel(pass);
      const [count, rows, columns] = x.shape;
      const y = conv2dTranspose(x, kernel, [count, 2 * rows, 2 * columns, outputs], 2, "same");
      return part.biased(pass, y);
    },
  };
}

type Shape4 = readonly [number, number, number, number];

function weightsOf(
  name: string,
  options: Pick<ConvolutionOptions, "bias" | "initializer" | "outputs" | "spectral">,
  shape: Shape4,
  outputAxis: 2 | 3,
) {
  const { outputs, bias = true, initializer = glorotUniform } = options;
  const spectral = options.spectral ? spectralNorm(name, shape, outputAxis) : null;
  const taps = shape[0] * shape[1];
  const fans = { inputs: taps * shape[5 - outputAxis]!, outputs: taps * outputs };
  return {
    init(seed: number) {
      const kernel = initialized(name, shape, seed, initializer, fans);
      const weights: State = {
        [`${name}/kernel`]: kernel,
        ...(bias && { [`${name}/bias`]: filled([outputs], 0) }),
      };
      return { weights, statistics: spectral?.init(seed, kernel) ?? {} };
    },
    kernel(pass: Pass): Tensor4D {
      const kernel = pass.weights[`${name}/kernel`] as Tensor4D;
      return spectral ? spectral.apply(pass, kernel) : kernel;
    },
    biased: (pass: Pass, y: Tensor4D): Tensor4D =>
      bias ? add(y, pass.weights[`${name}/bias`] as Tensor1D) : y,
  };
}

/** Whether 'same' adds `padding` on both sides of a map. */
function padsAlike(side: number, size: number, stride: number, padding: number): boolean {
  return (Math.ceil(side / stride) - 1) * stride + size - side === 2 * padding;
}

function padded(x: Tensor4D, padding: number): Tensor4D {
  if (padding === 0) return x;
  const sides = [padding, padding] as [number, number];
  return pad(x, [[0, 0], sides, sides, [0, 0]]);
}
