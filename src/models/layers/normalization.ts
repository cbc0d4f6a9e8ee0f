// Batch and instance normalization. The gradient is stated, because the one that would be derived from the formula
// takes several times as many passes over the maps.

import {
  add,
  clone,
  customGrad,
  type GradSaveFunc,
  keep,
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
import { composite } from "../../composites.ts";
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
    apply: (_pass, x) => normalizedImages(x, null),
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
      if (pass.mode === "batch_stats") return normalizedImages(x, { scale, offset });
      if (!running) return normalizedBatch(x, scale, offset, null).normalized;
      const old = { mean: statistic(pass, key("mean")), variance: statistic(pass, key("variance")) };
      const { normalized, next } = normalizedBatch(x, scale, offset, old);
      pass.updates.set(key("mean"), next!.mean);
      pass.updates.set(key("variance"), next!.variance);
      return normalized;
    },
  };
}

type Numbers = { readonly epsilon: number; readonly momentum: number };
const numbers: Numbers = { epsilon, momentum };

type Running = { readonly mean: Tensor; readonly variance: Tensor };

/**
 * x [N, H, W, C], scale and offset [C] and, where they are kept, running mean and variance [C] to: x normalized; mean
 * and 1 / sqrt(variance + epsilon) of the batch [1, 1, 1, C]; the new running mean and variance.
 */
const batchNormForward = composite<Numbers>("BatchNorm", (inputs, { epsilon, momentum }) => {
  const [x, scale, offset, ...running] = inputs as [Tensor4D, Tensor, Tensor, ...Tensor[]];
  const { center, centered, variance } = momentsOf(x, overBatch);
  const inverse = rsqrt(add(variance, epsilon));
  const normalized = add(mul(centered, mul(inverse, scale)), offset);
  const count = x.size / center.size;
  const values = [center, mul(variance, count / (count - 1))];
  const next = running.map((old, index) =>
    add(old, mul(sub(reshape(values[index]!, old.shape), old), momentum)),
  );
  return [normalized, center, inverse, ...next];
});

/** dy, x and scale, and mean and inverse from the forward pass, to the gradients of x, scale and offset. */
const batchNormBackward = composite<Numbers>("BatchNormGrad", (inputs) => {
  const [dy, x, scale, center, inverse] = inputs as [Tensor4D, Tensor4D, Tensor, Tensor, Tensor];
  const { dx, scaleGradient, offsetGradient } = backward(
    dy,
    x,
    center,
    inverse,
    mul(inverse, scale),
    overBatch,
  );
  return [dx, scaleGradient, offsetGradient];
});

/** x [N, H, W, C] to: every map of every image normalized; mean and 1 / sqrt(variance + epsilon) [N, 1, 1, C]. */
const instanceNormForward = composite<Numbers>("InstanceNorm", ([x], { epsilon }) => {
  const { center, centered, variance } = momentsOf(x as Tensor4D, overImage);
  const inverse = rsqrt(add(variance, epsilon));
  return [mul(centered, inverse), center, inverse];
});

/** dy and x, and mean and inverse from the forward pass, to the gradient of x. */
const instanceNormBackward = composite<Numbers>("InstanceNormGrad", (inputs) => {
  const [dy, x, center, inverse] = inputs as [Tensor4D, Tensor4D, Tensor, Tensor];
  return [backward(dy, x, center, inverse, inverse, overImage).dx];
});

function momentsOf(x: Tensor4D, axes: readonly number[]) {
  const center = mean(x, [...axes], true);
  const centered = sub(x, center);
  return { center, centered, variance: mean(square(centered), [...axes], true) };
}

/** `factor` is what the centered input was multiplied with. */
function backward(
  dy: Tensor4D,
  x: Tensor4D,
  center: Tensor,
  inverse: Tensor,
  factor: Tensor,
  axes: readonly number[],
) {
  const centered = sub(x, center);
  const average = mean(dy, [...axes], true);
  const along = mean(mul(dy, centered), [...axes], true);
  const slope = mul(along, square(inverse));
  const count = x.size / average.size;
  const total = (means: Tensor) => sum(mul(means, count), [0, 1, 2]);
  return {
    dx: mul(sub(sub(dy, average), mul(centered, slope)), factor),
    scaleGradient: total(mul(along, inverse)),
    offsetGradient: total(average),
  };
}

/** (x - mean) / sqrt(variance + epsilon) times scale plus offset, over the batch; and the new running statistics. */
function normalizedBatch(
  x: Tensor4D,
  scale: Tensor1D,
  offset: Tensor1D,
  old: Running | null,
): { readonly normalized: Tensor4D; readonly next: Running | null } {
  let kept: Tensor[] = [];
  const normalize = customGrad((...inputs) => {
    const save = inputs.at(-1) as GradSaveFunc;
    const [x, scale, offset] = inputs as unknown as [Tensor4D, Tensor1D, Tensor1D];
    const running = old ? [old.mean, old.variance] : [];
    const [value, center, inverse, ...next] = batchNormForward([x, scale, offset, ...running], numbers);
    save([x, scale, center!, inverse!]);
    // TensorFlow.js frees whatever a differentiated function makes but its value.
    kept = next.map((statistic) => keep(clone(statistic)));
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => batchNormBackward([dy, ...saved], numbers);
    return { value: value!, gradFunc };
  });
  const normalized = normalize(x, scale, offset) as Tensor4D;
  const [mean, variance] = kept.map((statistic) => {
    const given = clone(statistic);
    statistic.dispose();
    return given;
  });
  return { normalized, next: mean && variance ? { mean, variance } : null };
}

/** (x - mean) / sqrt(variance + epsilon) over every image; with `affine` times its scale [C] plus its offset [C]. */
function normalizedImages(
  x: Tensor4D,
  affine: { readonly scale: Tensor1D; readonly offset: Tensor1D } | null,
): Tensor4D {
  const normalize = customGrad((...inputs) => {
    const save = inputs.at(-1) as GradSaveFunc;
    const [value, center, inverse] = instanceNormForward([inputs[0] as Tensor], numbers);
    save([inputs[0] as Tensor, center!, inverse!]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor =>
      instanceNormBackward([dy, ...saved], numbers)[0]!;
    return { value: value!, gradFunc };
  });
  const normalized = normalize(x) as Tensor4D;
  return affine ? (add(mul(normalized, affine.scale), affine.offset) as Tensor4D) : normalized;
}
