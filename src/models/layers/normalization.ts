// Batch and instance normalization. The gradient is stated, because the one that would be derived from the formula
// takes several times as many passes over the maps.

import {
  add,
  customGrad,
  type GradSaveFunc,
  mean,
  mul,
  reshape,
  rsqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import { filled, initialized, normal } from "./initializers.ts";
import { joined, type MapShape, type Part, statistic } from "./part.ts";

export type Norm = "batch" | "instance" | "none";

/** PyTorch's and pix2pix's. */
const epsilon = 1e-5;
const momentum = 0.1;

const overBatch = [0, 1, 2];
const overImage = [1, 2];

export type NormOptions = {
  /** Whether running statistics are kept; a network that only ever trains needs none. */
  readonly running?: boolean;
};

/** The kind of normalization that a network uses behind its convolutions. */
export function normalization(kind: Norm, name: string, shape: MapShape, options: NormOptions = {}): Part {
  if (kind === "batch") return batchNorm(name, shape, options);
  if (kind === "none") return { ...joined([]), apply: (_pass, x) => x };
  return {
    rows: [{ name, type: "instance norm", output: shape, parameters: 0, multiplyAdds: 0 }],
    noise: {},
    init: () => ({ weights: {}, statistics: {} }),
    apply: (_pass, x) => standardized(x, overImage, null),
  };
}

/**
 * Ioffe, Szegedy 2015, with torch.nn.BatchNorm2d's definitions: the variance that normalizes is biased, the running
 * one is not. First values are pix2pix's: scale N(1, 0.02), offset 0.
 */
function batchNorm(name: string, output: MapShape, { running = true }: NormOptions): Part {
  const channels = output[2];
  const key = (part: "scale" | "offset" | "mean" | "variance") => `${name}/${part}`;
  return {
    rows: [{ name, type: "batch norm", output, parameters: 2 * channels, multiplyAdds: 0 }],
    noise: {},
    init: (seed) => ({
      weights: {
        [key("scale")]: initialized(key("scale"), [channels], seed, normal(1, 0.02)),
        [key("offset")]: filled([channels], 0),
      },
      statistics: running
        ? { [key("mean")]: filled([channels], 0), [key("variance")]: filled([channels], 1) }
        : {},
    }),
    apply(pass, x) {
      const scale = pass.weights[key("scale")] as Tensor1D;
      const offset = pass.weights[key("offset")] as Tensor1D;
      if (pass.mode === "running") {
        const mean = pass.weights[key("mean")]!;
        const factor = mul(scale, rsqrt(add(pass.weights[key("variance")]!, epsilon)));
        return add(mul(x, factor), sub(offset, mul(mean, factor))) as Tensor4D;
      }
      const axes = pass.mode === "train" ? overBatch : overImage;
      if (pass.mode === "train" && running) {
        const count = x.size / channels;
        const { center, variance } = momentsOf(x, axes);
        const follow = (part: "mean" | "variance", value: Tensor) => {
          const old = statistic(pass, key(part));
          pass.updates.set(key(part), add(old, mul(sub(reshape(value, [channels]), old), momentum)));
        };
        follow("mean", center);
        follow("variance", mul(variance, count / (count - 1)));
      }
      return standardized(x, axes, { scale, offset });
    },
  };
}

function momentsOf(x: Tensor4D, axes: readonly number[]) {
  const center = mean(x, [...axes], true);
  const centered = sub(x, center);
  return { center, centered, variance: mean(square(centered), [...axes], true) };
}

/** (x - mean) / sqrt(variance + epsilon) over `axes`; with `affine` times its scale [C] plus its offset [C]. */
function standardized(
  x: Tensor4D,
  axes: readonly number[],
  affine: { readonly scale: Tensor1D; readonly offset: Tensor1D } | null,
): Tensor4D {
  const normalize = customGrad((...inputs) => {
    const save = inputs.at(-1) as GradSaveFunc;
    const [x, scale, offset] = inputs as unknown as [Tensor4D, Tensor1D, Tensor1D];
    const { centered, variance } = momentsOf(x, axes);
    const inverse = rsqrt(add(variance, epsilon));
    const factor = affine ? mul(inverse, scale) : inverse;
    const scaled = mul(centered, factor);
    save([centered, inverse, factor]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const [centered, inverse, factor] = saved as [Tensor, Tensor, Tensor];
      const average = mean(dy, [...axes], true);
      const along = mean(mul(dy, centered), [...axes], true);
      const slope = mul(along, square(inverse));
      const dx = mul(sub(sub(dy, average), mul(centered, slope)), factor);
      const count = x.size / average.size;
      const total = (means: Tensor) => sum(mul(means, count), [0, 1, 2]);
      return affine ? [dx, total(mul(along, inverse)), total(average)] : [dx];
    };
    return { value: affine ? add(scaled, offset) : scaled, gradFunc };
  });
  return normalize(...(affine ? [x, affine.scale, affine.offset] : [x])) as Tensor4D;
}
