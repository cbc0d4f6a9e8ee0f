// What the tests of the native part share: whether it is there, random numbers, and graphs of a few nodes.

import { openNative, whyNotNative } from "../../../src/engine/native/addon.ts";
import { createNativeSession, type NativeSessionOptions } from "../../../src/engine/native/native-session.ts";
import { GraphBuilder, type Value } from "../../../src/engine/onnx/graph-builder.ts";
import { encodeModel } from "../../../src/engine/onnx/model-proto.ts";
import { randomStream } from "../../../src/random.ts";
import { sizeOf } from "../../../src/training-step.ts";

/** A reason to skip, or false. HUERISTIC_NATIVE_TESTS=1 makes a missing addon a failure. */
const why = await whyNotNative();
if (why !== null && process.env.HUERISTIC_NATIVE_TESTS === "1") throw new Error(why);
export const skip = why === null ? false : why;

/** Every form of the kernels that this processor runs. */
export const forms = why === null ? (await openNative()).kernels : [];

/** Normal numbers of a stream of their own. */
export function numbers(count: number, ...key: readonly (number | string)[]): Float32Array {
  const { normal } = randomStream(...key);
  return Float32Array.from({ length: count }, normal);
}

type Inputs = Readonly<Record<string, readonly [shape: readonly number[], data: Float32Array]>>;

/** Float inputs and outputs by name; `body` makes the outputs' values. */
export function modelOf(
  shapes: Readonly<Record<string, readonly number[]>>,
  body: (graph: GraphBuilder, inputs: Readonly<Record<string, Value>>) => Readonly<Record<string, Value>>,
): Uint8Array {
  const graph = new GraphBuilder();
  const inputs = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, graph.input(name, "float32", shape)]),
  );
  const outputs = Object.entries(body(graph, inputs)).map(([name, value]) => ({
    name,
    type: value.type,
    shape: value.shape,
    value,
  }));
  return encodeModel(graph.build("test", outputs));
}

/** Computes a graph once. */
export async function compute(
  inputs: Inputs,
  body: Parameters<typeof modelOf>[1],
  options: NativeSessionOptions = { threads: 1 },
): Promise<Readonly<Record<string, Float32Array>>> {
  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, [shape]]) => [name, shape]));
  const session = await createNativeSession(modelOf(shapes, body), options);
  try {
    const outputs = Object.fromEntries(
      session.outputs.map(({ name, dims }) => [name, new Float32Array(sizeOf(dims))]),
    );
    await session.run(
      Object.fromEntries(Object.entries(inputs).map(([name, [, data]]) => [name, data])),
      outputs,
    );
    return outputs;
  } finally {
    session.close();
  }
}
