// Convolutions and their gradients, each form against loops that follow the definition.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type Activation,
  convolution,
  convolutionFilterGradient,
  convolutionInputGradient,
  type Window,
} from "../../../src/engine/native/operators.ts";
import { assertAllClose } from "../../allclose.ts";
import { compute, forms, numbers, skip } from "./native-for-tests.ts";

type Example = Window & {
  readonly images: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly from: readonly [height: number, width: number];
  readonly to: readonly [height: number, width: number];
  readonly kernel: readonly [height: number, width: number];
};

const plain = { strides: [1, 1], dilations: [1, 1], top: 0, left: 0 } as const;

/** As TensorFlow.js pads: the same size divided by the stride, more at the far side. */
function same(
  images: number,
  inputs: number,
  outputs: number,
  size: number,
  kernel: number,
  stride = 1,
): Example {
  const to = Math.ceil(size / stride);
  const before = Math.max(0, (to - 1) * stride + kernel - size) >> 1;
  return {
    images,
    inputs,
    outputs,
    from: [size, size],
    to: [to, to],
    kernel: [kernel, kernel],
    strides: [stride, stride],
    dilations: [1, 1],
    top: before,
    left: before,
  };
}

const examples: readonly Example[] = [
  same(1, 1, 1, 1, 1),
  same(2, 3, 5, 1, 3),
  same(1, 17, 33, 5, 1),
  same(3, 5, 7, 9, 3),
  same(2, 16, 32, 8, 3),
  same(2, 13, 18, 16, 4, 2),
  same(2, 3, 35, 17, 3, 2),
  same(2, 33, 3, 2, 4, 2),
  same(3, 70, 50, 4, 4, 2),
  same(1, 9, 4, 32, 5),
  same(2, 6, 6, 21, 7, 3),
  // More of k than is packed at a time, and more rows and columns than a task takes.
  same(2, 40, 20, 11, 3),
  same(1, 3, 230, 24, 3),
  // A kernel of one that leaves rows out.
  { ...same(2, 7, 9, 11, 1, 2) },
  // Strides beyond the kernel: some numbers of x reach nothing.
  { ...plain, images: 2, inputs: 3, outputs: 4, from: [10, 11], to: [3, 3], kernel: [2, 1], strides: [4, 5] },
  // Dilations, and sides that differ in everything.
  {
    images: 2,
    inputs: 4,
    outputs: 6,
    from: [13, 19],
    to: [11, 8],
    kernel: [3, 4],
    strides: [1, 2],
    dilations: [2, 1],
    top: 1,
    left: 0,
  },
  {
    images: 1,
    inputs: 5,
    outputs: 3,
    from: [20, 9],
    to: [10, 9],
    kernel: [2, 5],
    strides: [2, 1],
    dilations: [3, 2],
    top: 0,
    left: 3,
  },
  // Padding as large as the kernel: whole outputs meet nothing.
  { ...plain, images: 1, inputs: 2, outputs: 2, from: [4, 4], to: [9, 10], kernel: [3, 3], top: 3, left: 4 },
  // No padding, larger maps.
  { ...plain, images: 2, inputs: 4, outputs: 8, from: [20, 34], to: [18, 31], kernel: [3, 4] },
  { ...plain, images: 1, inputs: 4, outputs: 8, from: [20, 34], to: [15, 20], kernel: [3, 4] },
];

function nameOf({
  images,
  inputs,
  outputs,
  from,
  to,
  kernel,
  strides,
  dilations,
  top,
  left,
}: Example): string {
  return `${images}x${inputs}x${from.join("x")} by ${kernel.join("x")} to ${outputs}x${to.join("x")}, strides ${strides}, dilations ${dilations}, from -${top} -${left}`;
}

/** Calls each(place in x, place in w, place in y) for every product of the convolution. */
function eachProduct(example: Example, each: (x: number, w: number, y: number) => void): void {
  const { images, inputs, outputs, from, to, kernel, strides, dilations, top, left } = example;
  for (let n = 0; n < images; n++)
    for (let o = 0; o < outputs; o++)
      for (let y = 0; y < to[0]; y++)
        for (let x = 0; x < to[1]; x++)
          for (let i = 0; i < inputs; i++)
            for (let ky = 0; ky < kernel[0]; ky++)
              for (let kx = 0; kx < kernel[1]; kx++) {
                const row = y * strides[0] + ky * dilations[0] - top;
                const column = x * strides[1] + kx * dilations[1] - left;
                if (row < 0 || row >= from[0] || column < 0 || column >= from[1]) continue;
                each(
                  ((n * inputs + i) * from[0] + row) * from[1] + column,
                  ((o * inputs + i) * kernel[0] + ky) * kernel[1] + kx,
                  ((n * outputs + o) * to[0] + y) * to[1] + x,
                );
              }
}

function reference(example: Example) {
  const { images, inputs, outputs, from, to, kernel } = example;
  const shapes = {
    x: [images, inputs, ...from],
    w: [outputs, inputs, ...kernel],
    y: [images, outputs, ...to],
  };
  const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  const x = numbers(size(shapes.x), "x", nameOf(example));
  const w = numbers(size(shapes.w), "w", nameOf(example));
  const dy = numbers(size(shapes.y), "dy", nameOf(example));
  const [y, dx, dw] = [dy, x, w].map(({ length }) => new Float64Array(length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  eachProduct(example, (atX, atW, atY) => {
    y[atY]! += x[atX]! * w[atW]!;
    dx[atX]! += dy[atY]! * w[atW]!;
    dw[atW]! += dy[atY]! * x[atX]!;
  });
  return { shapes, x, w, dy, y, dx, dw };
}

const tolerance = { relative: 2e-5 };

function activated(y: Float64Array, bias: Float32Array, positions: number, activation: Activation) {
  return y.map((value, index) => {
    const sum = value + bias[Math.floor(index / positions) % bias.length]!;
    if (activation === "none" || sum >= 0) return sum;
    return activation === "relu" ? 0 : sum * activation.alpha;
  });
}

for (const kernels of forms.length > 0 ? forms : ["none"]) {
  describe(`convolutions, ${kernels}`, { skip }, () => {
    for (const example of examples) {
      it(nameOf(example), async () => {
        const { shapes, x, w, dy, y, dx, dw } = reference(example);
        const { outputs, inputs, from, to, kernel } = example;
        const [bias, back] = [numbers(outputs, "bias"), numbers(inputs, "back")];
        const given = {
          x: [shapes.x, x],
          w: [shapes.w, w],
          dy: [shapes.y, dy],
          bias: [[outputs], bias],
          back: [[inputs], back],
        } as const;
        const results = await Promise.all(
          [1, 3].map((threads) =>
            compute(
              given,
              (graph, { x, w, dy, bias, back }) => ({
                plain: convolution(graph, x!, w!, null, example, to),
                relu: convolution(graph, x!, w!, bias!, example, to, "relu"),
                leaky: convolution(graph, x!, w!, bias!, example, to, { alpha: 0.2 }),
                dx: convolutionInputGradient(graph, dy!, w!, null, example, from),
                transposed: convolutionInputGradient(graph, dy!, w!, back!, example, from),
                dw: convolutionFilterGradient(graph, x!, dy!, example, kernel),
              }),
              { threads, kernels },
            ),
          ),
        );
        const [one, three] = results as [(typeof results)[0], (typeof results)[0]];
        const positions = to[0] * to[1];
        assertAllClose(one.plain!, y, tolerance, "y");
        assertAllClose(one.relu!, activated(y, bias, positions, "relu"), tolerance, "relu");
        assertAllClose(one.leaky!, activated(y, bias, positions, { alpha: 0.2 }), tolerance, "leaky");
        assertAllClose(one.dx!, dx, tolerance, "dx");
        assertAllClose(one.transposed!, activated(dx, back, from[0] * from[1], "none"), tolerance, "dx + b");
        assertAllClose(one.dw!, dw, tolerance, "dw");
        for (const [name, numbers] of Object.entries(one))
          assert.deepEqual(three[name], numbers, `${name} depends on the number of threads`);
      });
    }
  });
}

describe("a convolution's errors", { skip }, () => {
  const x = [[1, 2, 4, 4], numbers(32, 1)] as const;

  it("names what does not fit", async () => {
    const w = [[3, 5, 1, 1], numbers(15, 2)] as const;
    await assert.rejects(
      compute({ x, w }, (graph, { x, w }) => ({ y: convolution(graph, x!, w!, null, plain, [4, 4]) })),
      /channels of x: expected 5, got 2/,
    );
  });

  it("does not hide a number that is none", async () => {
    const w = [[1, 2, 1, 1], Float32Array.of(Number.NaN, 1)] as const;
    const { y } = await compute({ x, w }, (graph, { x, w }) => ({
      y: convolution(graph, x!, w!, null, plain, [4, 4], "relu"),
    }));
    assert.ok(y!.every(Number.isNaN));
  });
});
