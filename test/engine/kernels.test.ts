// Every operation that can be traced gives what TensorFlow.js's own JavaScript backend gives, forward and backward,
// whatever the order in which its operands lie.

import { test } from "node:test";
import * as tf from "@tensorflow/tfjs-core";
import { randomStream } from "../../src/random.ts";
import { sizeOf, type TensorSpecs } from "../../src/training-step.ts";
import { assertAllClose } from "../allclose.ts";
import { reference, tested } from "./engines-for-tests.ts";

type Shapes = Readonly<Record<string, readonly number[]>>;
type Call = (inputs: Record<string, tf.Tensor>) => tf.Tensor;
type Example = readonly [name: string, shapes: Shapes, call: Call];

/** A convolution that changes no number, but leaves it lying as [N, C, H, W]: what follows meets another order. */
const turned = (x: tf.Tensor) =>
  tf.conv2d(x as tf.Tensor4D, tf.tensor4d([1, 0, 0, 0, 1, 0, 0, 0, 1], [1, 1, 3, 3]), 1, "same");

const image = [2, 6, 4, 3];
const unary: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  abs: tf.abs,
  exp: tf.exp,
  log: (x) => tf.log(tf.add(tf.abs(x), 0.1)),
  neg: tf.neg,
  reciprocal: (x) => tf.reciprocal(tf.add(tf.abs(x), 0.5)),
  relu: tf.relu,
  relu6: (x) => tf.relu6(tf.mul(x, 5)),
  leakyRelu: (x) => tf.leakyRelu(x, 0.2),
  sigmoid: tf.sigmoid,
  softplus: tf.softplus,
  sin: tf.sin,
  cos: tf.cos,
  sqrt: (x) => tf.sqrt(tf.abs(x)),
  rsqrt: (x) => tf.rsqrt(tf.add(tf.abs(x), 0.5)),
  square: tf.square,
  tanh: tf.tanh,
  clipByValue: (x) => tf.clipByValue(x, -0.3, 0.4),
  step: (x) => tf.mul(tf.step(x, 0.25), x),
};

const examples: readonly Example[] = [
  ...Object.entries(unary).flatMap(([name, call]): Example[] => [
    [`${name} of a vector`, { x: [7] }, ({ x }) => call(x!)],
    [`${name} after a convolution`, { x: image }, ({ x }) => call(turned(x!))],
  ]),
  ...Object.entries({ add: tf.add, sub: tf.sub, mul: tf.mul }).flatMap(([name, call]): Example[] => [
    [`${name}, same shapes, other orders`, { a: image, b: image }, ({ a, b }) => call(turned(a!), b!)],
    [`${name} with a vector of channels`, { a: image, b: [3] }, ({ a, b }) => call(turned(a!), b!)],
    [`${name} with a map of one channel`, { a: image, b: [2, 6, 4, 1] }, ({ a, b }) => call(b!, turned(a!))],
    [`${name} with a row`, { a: image, b: [6, 1, 1] }, ({ a, b }) => call(turned(a!), b!)],
    [`${name} with a scalar`, { a: image, b: [] }, ({ a, b }) => call(b!, turned(a!))],
    [`${name}, both broadcast`, { a: [3, 1], b: [1, 4] }, ({ a, b }) => call(a!, b!)],
  ]),
  ["maximum", { a: image, b: image }, ({ a, b }) => tf.maximum(turned(a!), b!)],
  ["minimum", { a: image, b: image }, ({ a, b }) => tf.minimum(turned(a!), b!)],
  ["div", { a: image, b: image }, ({ a, b }) => tf.div(turned(a!), tf.add(tf.abs(b!), 1))],
  ["pow", { a: [5] }, ({ a }) => tf.pow(tf.add(tf.abs(a!), 0.2), 1.7)],
  ["squaredDifference", { a: image, b: image }, ({ a, b }) => tf.squaredDifference(turned(a!), b!)],
  ["sum over everything", { x: image }, ({ x }) => tf.sum(turned(x!))],
  ["sum over height and width", { x: image }, ({ x }) => tf.sum(turned(x!), [1, 2])],
  ["mean over channels, kept", { x: image }, ({ x }) => tf.mul(tf.mean(turned(x!), 3, true), x!)],
  ["mean over each image", { x: image }, ({ x }) => tf.mean(tf.square(turned(x!)), [1, 2, 3])],
  ["max over channels", { x: image }, ({ x }) => tf.max(turned(x!), 3)],
  ["matMul", { a: [4, 5], b: [5, 3] }, ({ a, b }) => tf.matMul(a!, b!)],
  [
    "matMul, batched and transposed",
    { a: [2, 5, 4], b: [2, 3, 5] },
    ({ a, b }) => tf.matMul(a!, b!, true, true),
  ],
  ["softmax", { x: [3, 5] }, ({ x }) => tf.softmax(x!)],
  ["reshape after a convolution", { x: image }, ({ x }) => tf.reshape(turned(x!), [2, 24, 3])],
  ["expandDims and squeeze", { x: [2, 3] }, ({ x }) => tf.squeeze(tf.mul(tf.expandDims(x!, 1), 2), [1])],
  [
    "transpose after a convolution",
    { x: image },
    ({ x }) => tf.mul(tf.transpose(turned(x!), [0, 2, 1, 3]), tf.tensor1d([1, -2, 3])),
  ],
  ["slice after a convolution", { x: image }, ({ x }) => tf.slice(turned(x!), [0, 1, 1, 1], [2, 4, 2, 2])],
  ["concat of other orders", { a: image, b: [2, 6, 4, 2] }, ({ a, b }) => tf.concat([turned(a!), b!], 3)],
  [
    "split",
    { x: image },
    ({ x }) => {
      const [a, b, c] = tf.split(turned(x!), 3, 3);
      return tf.add(tf.mul(a!, b!), c!);
    },
  ],
  [
    "pad",
    { x: image },
    ({ x }) =>
      tf.pad(turned(x!), [
        [0, 0],
        [1, 2],
        [0, 1],
        [0, 0],
      ]),
  ],
  ["tile", { x: [2, 3] }, ({ x }) => tf.tile(x!, [2, 3])],
  [
    "conv2dTranspose k4 s2",
    { x: [2, 3, 2, 3], w: [4, 4, 5, 3] },
    ({ x, w }) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, 6, 4, 5], 2, "same"),
  ],
  ...(
    [
      [[3, 3], 1, "same", [2, 8, 8, 3], 4],
      [[3, 3], 1, "same", [2, 16, 16, 3], 4],
      [[3, 3], 2, "same", [2, 8, 8, 3], 4],
      [[3, 3], 2, "same", [2, 7, 9, 3], 4],
      [[4, 4], 2, "same", [2, 8, 8, 3], 4],
      [[4, 4], 1, "valid", [2, 8, 8, 3], 4],
      [[4, 4], 1, 1, [2, 8, 8, 3], 4],
      [[1, 1], 1, "same", [2, 5, 5, 3], 4],
      [[1, 1], 1, "same", [2, 16, 16, 3], 300],
      [[1, 1], 2, "valid", [2, 6, 6, 3], 4],
      [[3, 1], 1, "same", [1, 6, 6, 3], 4],
      [[3, 3], 1, "same", [1, 16, 16, 2], 3],
      [[5, 5], 1, "same", [2, 4, 4, 3], 2],
    ] as const
  ).map(
    ([size, stride, pad, shape, outputs]): Example => [
      `conv2d ${size.join("x")} stride ${stride} ${pad} on ${shape.join("x")} to ${outputs}`,
      { x: shape, w: [...size, 3 === shape[3] ? 3 : shape[3], outputs] },
      ({ x, w }) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad),
    ],
  ),
  ...(
    [
      [[3, 3], 1, "same", [2, 7, 5, 3], 1],
      [[3, 3], 2, "same", [2, 8, 6, 3], 1],
      [[3, 3], 2, "same", [2, 7, 9, 3], 1],
      [[3, 3], 2, "valid", [1, 8, 9, 3], 1],
      [[2, 4], 1, "same", [2, 6, 6, 3], 1],
      [[3, 3], 1, 1, [2, 6, 6, 3], 2],
      [[3, 3], 2, "same", [2, 6, 6, 3], 2],
    ] as const
  ).map(
    ([size, stride, pad, shape, multiplier]): Example => [
      `depthwiseConv2d ${size.join("x")} x${multiplier} stride ${stride} ${pad} on ${shape.join("x")}`,
      { x: shape, w: [...size, 3, multiplier] },
      ({ x, w }) => tf.depthwiseConv2d(turned(x!) as tf.Tensor4D, w as tf.Tensor4D, stride, pad),
    ],
  ),
  ...(
    [
      [3, 2, "valid", [2, 7, 9, 3]],
      [3, 2, "valid", [2, 8, 6, 3]],
      [3, 2, "same", [2, 7, 6, 3]],
      [2, 2, "same", [2, 6, 4, 3]],
      [3, 1, "same", [1, 4, 5, 3]],
    ] as const
  ).flatMap(([size, stride, pad, shape]): Example[] => {
    const name = `${size}x${size} stride ${stride} ${pad} on ${shape.join("x")}`;
    return [
      [`maxPool ${name}`, { x: shape }, ({ x }) => tf.maxPool(turned(x!) as tf.Tensor4D, size, stride, pad)],
      [
        `maxPool ${name}, equal numbers`,
        { x: shape },
        ({ x }) => tf.maxPool(tf.relu(turned(x!)) as tf.Tensor4D, size, stride, pad),
      ],
    ];
  }),
  [
    "avgPool 3x3 s2 valid",
    { x: [2, 7, 9, 3] },
    ({ x }) => tf.avgPool(turned(x!) as tf.Tensor4D, 3, 2, "valid"),
  ],
  ["avgPool 2x2 s1 valid", { x: image }, ({ x }) => tf.avgPool(turned(x!) as tf.Tensor4D, 2, 1, "valid")],
];

/** Whose gradients nothing needs, or TensorFlow.js has none. */
const forwardOnly: readonly Example[] = [
  [
    "where and comparisons",
    { a: image, b: image },
    ({ a, b }) =>
      tf.where(tf.logicalAnd(tf.greater(turned(a!), b!), tf.lessEqual(b!, 0.5)), a!, tf.mul(b!, 2)),
  ],
  ["maximum with a vector of channels", { a: image, b: [3] }, ({ a, b }) => tf.maximum(b!, turned(a!))],
  [
    "gather of a table",
    { x: [9] },
    ({ x }) => tf.gather(x!, tf.tensor2d([0, 8, 3, 3, 3, 1], [2, 3], "int32")),
  ],
  [
    "resizeNearestNeighbor",
    { x: image },
    ({ x }) => tf.image.resizeNearestNeighbor(turned(x!) as tf.Tensor4D, [12, 12]),
  ],
  ...(
    [
      [12, 9],
      [3, 2],
    ] as const
  ).map(
    (size): Example => [
      `resizeBilinear to ${size.join("x")}`,
      { x: image },
      ({ x }) => tf.image.resizeBilinear(turned(x!) as tf.Tensor4D, [...size], false, true),
    ],
  ),
  ["avgPool 3x3 s2 same", { x: image }, ({ x }) => tf.avgPool(turned(x!) as tf.Tensor4D, 3, 2, "same")],
];

/** The networks pad first, and then convolve without padding. */
const refused = (name: string) =>
  tested.name === "tensorflow" &&
  /onv2d .*stride \d \d/.test(name) &&
  "TensorFlow's binding takes no explicit padding";

for (const [name, shapes, call] of [...examples, ...forwardOnly]) {
  test(`${name}: value and gradients`, { skip: refused(name) }, async () => {
    const specs: TensorSpecs = Object.fromEntries(
      Object.entries(shapes).map(([key, shape]) => [key, { shape, dtype: "float32" as const }]),
    );
    const stream = randomStream(name);
    const inputs = Object.fromEntries(
      Object.entries(shapes).map(([key, shape]) => [
        key,
        Float32Array.from({ length: sizeOf(shape) }, stream.normal),
      ]),
    );
    const keys = Object.keys(shapes);
    const both = (given: Readonly<Record<string, tf.Tensor>>) => {
      // Weighted by position, so that a gradient that is moved or summed wrongly shows.
      const weighted = (...tensors: tf.Tensor[]) => {
        const value = call(Object.fromEntries(keys.map((key, index) => [key, tensors[index]!])));
        const weights = tf.tensor(
          Array.from({ length: value.size }, (_, i) => Math.cos(i)),
          value.shape,
        );
        return tf.sum(tf.mul(value, weights)) as tf.Scalar;
      };
      if (forwardOnly.some((example) => example[0] === name)) return { value: call({ ...given }) };
      const gradients = tf.grads(weighted)(keys.map((key) => given[key]!));
      return {
        value: call({ ...given }),
        ...Object.fromEntries(keys.map((key, index) => [`d${key}`, gradients[index]!])),
      };
    };
    const results = [];
    for (const engine of [tested, reference]) {
      const compiled = await engine.compile(both, {}, specs);
      results.push(await compiled.run(engine.importState({}), inputs));
      await compiled.close();
    }
    for (const [key, expected] of Object.entries(results[1]!)) {
      assertAllClose(results[0]![key]!, expected, { relative: 2e-5, scale: 1 }, key);
    }
  });
}

// The JavaScript backend counts padding in this gradient, against its own forward pass. Pooling is linear, and so
// the products of a map with its gradient and of the pooled map with the weights are equal.
for (const [size, stride] of [
  [3, 1],
  [3, 2],
  [2, 1],
] as const) {
  test(`avgPool ${size}x${size} stride ${stride} same: the gradient is the transpose`, async () => {
    const shape = [2, 6, 5, 3];
    const stream = randomStream("average");
    const specs: TensorSpecs = { x: { shape, dtype: "float32" }, other: { shape, dtype: "float32" } };
    const inputs = Object.fromEntries(
      Object.keys(specs).map((key) => [key, Float32Array.from({ length: sizeOf(shape) }, stream.normal)]),
    );
    const compiled = await tested.compile(
      ({ x, other }) => {
        const pooled = (map: tf.Tensor) => tf.avgPool(turned(map) as tf.Tensor4D, size, stride, "same");
        const weighted = (map: tf.Tensor) => tf.sum(tf.mul(pooled(map), pooled(other!))) as tf.Scalar;
        return { direct: weighted(x!), transposed: tf.sum(tf.mul(tf.grad(weighted)(x!), x!)) };
      },
      {},
      specs,
    );
    const { direct, transposed } = await compiled.run(tested.importState({}), inputs);
    assertAllClose(transposed!, direct!, { relative: 1e-5 });
    await compiled.close();
  });
}
