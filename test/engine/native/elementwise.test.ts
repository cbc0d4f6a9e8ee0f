// Batch norm and gradients of activations, each form against loops in double precision.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type Activation,
  activationGradient,
  batchNorm,
  batchNormGradient,
} from "../../../src/engine/native/operators.ts";
import { assertAllClose } from "../../allclose.ts";
import { compute, forms, numbers, skip } from "./native-for-tests.ts";

const shapes: readonly (readonly [images: number, channels: number, height: number, width: number])[] = [
  [1, 1, 1, 2],
  [3, 5, 1, 1],
  [2, 70, 2, 2],
  [2, 3, 5, 7],
  [4, 9, 16, 17],
  [1, 2, 64, 65],
];
const activations: readonly Activation[] = ["none", "relu", { alpha: 0.2 }];
const epsilon = 1e-5;
const slopeOf = (activation: Activation) => (typeof activation === "object" ? activation.alpha : 0);

type Moments = { readonly mean: number; readonly variance: number };

/** Calls each(place) for every number of a channel. */
function eachOf(shape: readonly number[], channel: number, each: (place: number) => void): void {
  const [images, channels, height, width] = shape as [number, number, number, number];
  for (let n = 0; n < images; n++)
    for (let i = 0; i < height * width; i++) each((n * channels + channel) * height * width + i);
}

function momentsOf(shape: readonly number[], x: Float32Array, channel: number): Moments {
  let [count, sum, squares] = [0, 0, 0];
  eachOf(shape, channel, (place) => {
    count++;
    sum += x[place]!;
  });
  const mean = sum / count;
  eachOf(shape, channel, (place) => {
    squares += (x[place]! - mean) ** 2;
  });
  return { mean, variance: squares / count };
}

function reference(
  shape: readonly number[],
  x: Float32Array,
  scale: Float32Array,
  offset: Float32Array,
  dy: Float32Array,
  activation: Activation,
) {
  const [y, dx] = [new Float64Array(x.length), new Float64Array(x.length)];
  const [dScale, dOffset] = [new Float64Array(scale.length), new Float64Array(scale.length)];
  for (let c = 0; c < scale.length; c++) {
    const { mean, variance } = momentsOf(shape, x, c);
    const inverse = 1 / Math.sqrt(variance + epsilon);
    const g = new Map<number, number>();
    let [count, along] = [0, 0];
    eachOf(shape, c, (place) => {
      const value = (x[place]! - mean) * inverse * scale[c]! + offset[c]!;
      const passes = activation === "none" || value > 0;
      y[place] = passes ? value : value * slopeOf(activation);
      g.set(place, passes ? dy[place]! : dy[place]! * slopeOf(activation));
      dOffset[c]! += g.get(place)!;
      along += g.get(place)! * (x[place]! - mean) * inverse;
      count++;
    });
    dScale[c] = along;
    for (const [place, gradient] of g) {
      const normed = (x[place]! - mean) * inverse;
      dx[place] = scale[c]! * inverse * (gradient - dOffset[c]! / count - (normed * along) / count);
    }
  }
  return { y, dx, dScale, dOffset };
}

for (const kernels of forms.length > 0 ? forms : ["none"]) {
  describe(`passes by channel, ${kernels}`, { skip }, () => {
    for (const shape of shapes)
      for (const activation of activations)
        it(`batch norm ${shape.join("x")}, ${JSON.stringify(activation)}`, async () => {
          const [, channels] = shape;
          const size = shape.reduce((a, b) => a * b, 1);
          const [x, dy] = [numbers(size, "x").map((value) => value * 3 + 2), numbers(size, "dy")];
          const [scale, offset] = [numbers(channels, "scale"), numbers(channels, "offset")];
          const given = {
            x: [shape, x],
            dy: [shape, dy],
            scale: [[channels], scale],
            offset: [[channels], offset],
          } as const;
          const run = (threads: number) =>
            compute(
              given,
              (graph, { x, dy, scale, offset }) => {
                const forward = batchNorm(graph, x!, scale!, offset!, epsilon, activation);
                const { mean, inverse } = forward;
                const backward = batchNormGradient(
                  graph,
                  dy!,
                  x!,
                  scale!,
                  offset!,
                  mean,
                  inverse,
                  activation,
                );
                return { ...forward, ...backward };
              },
              { threads, kernels },
            );
          const actual = await run(1);
          const expected = reference(shape, x, scale, offset, dy, activation);
          assertAllClose(actual.y!, expected.y, { relative: 1e-5 }, "y");
          // A channel of two numbers has a gradient of almost nothing, by differences of what is large.
          assertAllClose(actual.dx!, expected.dx, { relative: 2e-4, scale: 1 }, "dx");
          assertAllClose(actual.scaleGradient!, expected.dScale, { relative: 1e-4, scale: 1 }, "scale");
          assertAllClose(actual.offsetGradient!, expected.dOffset, { relative: 1e-4, scale: 1 }, "offset");
          const moments = Array.from({ length: channels }, (_, c) => momentsOf(shape, x, c));
          assertAllClose(
            actual.mean!,
            moments.map(({ mean }) => mean),
            { relative: 1e-5 },
            "mean",
          );
          assertAllClose(
            actual.variance!,
            moments.map(({ variance }) => variance),
            { relative: 1e-5 },
            "variance",
          );
          assert.deepEqual(await run(3), actual, "depends on threads");
        });

    for (const shape of shapes)
      it(`activation gradient ${shape.join("x")}`, async () => {
        const size = shape.reduce((a, b) => a * b, 1);
        const [dy, y] = [numbers(size, "dy"), numbers(size, "y")];
        y[0] = 0;
        for (const alpha of [0, 0.2]) {
          const run = (threads: number) =>
            compute(
              { dy: [shape, dy], y: [shape, y] },
              (graph, { dy, y }) => activationGradient(graph, dy!, y!, alpha),
              { threads, kernels },
            );
          const actual = await run(1);
          const dx = dy.map((value, index) => (y[index]! > 0 ? value : value * alpha));
          const sums = Array.from({ length: shape[1] }, (_, c) => {
            let sum = 0;
            eachOf(shape, c, (place) => {
              sum += dx[place]!;
            });
            return sum;
          });
          assertAllClose(actual.dx!, dx, { relative: 1e-6 }, "dx");
          assertAllClose(actual.sums!, sums, { relative: 1e-5, scale: 1 }, "sums");
          assert.deepEqual(await run(3), actual, "depends on threads");
        }
      });
  });
}
