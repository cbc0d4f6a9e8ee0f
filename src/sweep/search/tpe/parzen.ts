// A Parzen estimator: a mixture of one kernel per observation and one prior, each a product over the axes. Weights,
// bandwidths and magic clip are those of Optuna 5's TPESampler with its defaults (prior_weight 1, consider_magic_clip,
// no endpoints), whose univariate form is one axis at a time.
// https://github.com/optuna/optuna/blob/v5.0.0/optuna/samplers/_tpe/parzen_estimator.py

import type { RandomStream } from "../../../random.ts";
import { logMassBetween, logNormalDensity, truncatedQuantile } from "../normal-distribution.ts";
import { indexBelow } from "../random.ts";
import type { Axis, CategoricalAxis, NumericAxis } from "./axis.ts";

/** One number for each axis. */
export type Point = readonly number[];

export type Parzen = {
  sample(stream: RandomStream): Point;
  logDensity(point: Point): number;
};

/** The kernels of one axis: kernel k belongs to observation k, the last one is the prior. */
type Kernels = {
  sample(kernel: number, stream: RandomStream): number;
  logDensity(kernel: number, value: number): number;
};

export function parzen(shapes: readonly Axis["shape"][], observations: readonly Point[]): Parzen {
  const weights = mixtureWeights(observations.length);
  const kernels = shapes.map((shape, axis) => {
    const values = observations.map((point) => point[axis]!);
    return shape.kind === "numeric" ? numericKernels(shape, values) : categoricalKernels(shape, values);
  });
  return {
    sample(stream) {
      const kernel = indexBelow(weights, stream.uniform());
      return kernels.map((axis) => axis.sample(kernel, stream));
    },
    logDensity(point) {
      const logs = weights.map((weight, kernel) =>
        kernels.reduce((sum, axis, index) => sum + axis.logDensity(kernel, point[index]!), Math.log(weight)),
      );
      const most = Math.max(...logs);
      if (most === Number.NEGATIVE_INFINITY) return most;
      return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0));
    },
  };
}

/** Of `count` observations, oldest first, and the prior: the newest 25 count fully, older ones less and less. */
function mixtureWeights(count: number): number[] {
  const ramp = Math.max(0, count - 25);
  const weights = Array.from({ length: count }, (_, index) => {
    if (index >= ramp) return 1;
    return ramp === 1 ? 1 / count : 1 / count + (index / (ramp - 1)) * (1 - 1 / count);
  });
  weights.push(1);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function categoricalKernels({ prior }: CategoricalAxis, observations: readonly number[]): Kernels {
  const count = observations.length + 1;
  // The prior's share is spread over all kernels, so that no choice is ever ruled out.
  const share = prior.length / count;
  const rows = observations.map((observed) => {
    const row = prior.map((belief, choice) => belief * share + (choice === observed ? 1 : 0));
    return row.map((weight) => weight / (share + 1));
  });
  rows.push([...prior]);
  return {
    sample: (kernel, stream) => indexBelow(rows[kernel]!, stream.uniform()),
    logDensity: (kernel, value) => Math.log(rows[kernel]![value]!),
  };
}

function numericKernels({ low, high, step, log }: NumericAxis, observations: readonly number[]): Kernels {
  const half = step === null ? 0 : step / 2;
  const scaled = log ? Math.log : (value: number) => value;
  // q of a logarithmic axis is its least value, so that half a step below it is still positive.
  const [from, to] = [scaled(low - half), scaled(high + half)];
  const centres = [...observations.map(scaled), (from + to) / 2];
  const widths = [...bandwidths(centres.slice(0, -1), from, to), to - from];
  const masses = centres.map((centre, kernel) =>
    logMassBetween((from - centre) / widths[kernel]!, (to - centre) / widths[kernel]!),
  );
  return {
    sample(kernel, stream) {
      const [centre, width] = [centres[kernel]!, widths[kernel]!];
      const share = (stream.uniform() * 2 ** 32 + 0.5) / 2 ** 32;
      const drawn = centre + width * truncatedQuantile(share, (from - centre) / width, (to - centre) / width);
      const value = log ? Math.exp(drawn) : drawn;
      const onStep = step === null ? value : low + Math.round((value - low) / step) * step;
      return Math.min(high, Math.max(low, onStep));
    },
    logDensity(kernel, value) {
      const [centre, width] = [centres[kernel]!, widths[kernel]!];
      const place = (edge: number) => (scaled(edge) - centre) / width;
      if (step === null) return logNormalDensity(place(value)) - masses[kernel]! - Math.log(width);
      return logMassBetween(place(value - half), place(value + half)) - masses[kernel]!;
    },
  };
}

/** The greater distance to a neighbour, between a least width that shrinks with their number and the whole range. */
function bandwidths(centres: readonly number[], from: number, to: number): number[] {
  const order = centres.map((_, index) => index).sort((a, b) => centres[a]! - centres[b]!);
  const sorted = [from, ...order.map((index) => centres[index]!), to];
  const least = (to - from) / Math.min(100, centres.length + 2);
  const widths: number[] = [];
  order.forEach((index, rank) => {
    const [left, centre, right] = [sorted[rank]!, sorted[rank + 1]!, sorted[rank + 2]!];
    const [toLeft, toRight] = [centre - left, right - centre];
    let width = Math.max(toLeft, toRight);
    // The ends of the range are no neighbours, unless there is no other.
    if (centres.length > 1 && rank === 0) width = toRight;
    if (centres.length > 1 && rank === order.length - 1) width = toLeft;
    widths[index] = Math.min(to - from, Math.max(least, width));
  });
  return widths;
}
