// Runs a pure function once over symbolic tensors and returns the ONNX graph that it recorded.

import * as tf from "@tensorflow/tfjs-core";
import type { TensorFunction, TensorSpec, TensorSpecs, Tensors } from "../../training-step.ts";
import { registerGradients } from "../gradients.ts";
import { GraphBuilder, type GraphDevice, type Value } from "./graph-builder.ts";
import { kernels } from "./kernels/kernels.ts";
import { elementTypes, type GraphParts } from "./model-proto.ts";
import { recordSums } from "./record-parts.ts";
import {
  nchw,
  type Order,
  oihw,
  plain,
  TraceBackend,
  type Traced,
  traceBackendName,
} from "./trace-backend.ts";

/** The order in which a state tensor lies inside graphs: kernels [h, w, in, out] as [out, in, h, w]. */
export function stateOrder(shape: readonly number[]): Order {
  return shape.length === 4 ? oihw : plain(shape.length);
}

/** A function without state of its own as a graph; outputs lie as TensorFlow.js sees them. */
export function traceFunction(
  call: TensorFunction,
  stateSpecs: TensorSpecs,
  inputSpecs: TensorSpecs,
  device: GraphDevice = "cpu",
): GraphParts {
  const graph = new GraphBuilder("", device);
  const state = mapSpecs(stateSpecs, (spec, name) => graph.input(name, "float32", physical(spec)));
  const inputs = mapSpecs(inputSpecs, ({ shape, dtype }, name) => graph.input(name, dtype, shape));
  const { backend, close } = openTrace();
  try {
    return backend.record(graph, () =>
      scoped(() => {
        const outputs = call({
          ...readState(backend, state, stateSpecs),
          ...readInputs(backend, graph, inputs, inputSpecs),
        });
        const values = Object.entries(outputs).map(([name, tensor]) =>
          output(`output/${name}`, backend.plainValue(backend.traced(tensor))),
        );
        return graph.build("function", values);
      }),
    );
  } finally {
    close();
  }
}

/** Makes the trace backend the current one; `close` puts the former one back. */
export function openTrace(): { backend: TraceBackend; close(): void } {
  registerGradients();
  if (!tf.findBackend(traceBackendName)) {
    tf.registerBackend(traceBackendName, () => new TraceBackend(recordSums), 0);
    for (const config of kernels) tf.registerKernel(config);
  }
  const former = tf.engine().backendName;
  // Both backends initialize synchronously, and then so does setBackend.
  void tf.setBackend(traceBackendName);
  const backend = tf.backend() as TraceBackend;
  return {
    backend,
    close: () => {
      if (former) void tf.setBackend(former);
    },
  };
}

/** tf.tidy for a function that returns no tensors. */
export function scoped<T>(call: () => T): T {
  tf.engine().startScope();
  try {
    return call();
  } finally {
    tf.engine().endScope();
  }
}

export function readState(
  backend: TraceBackend,
  values: Readonly<Record<string, Value>>,
  specs: TensorSpecs,
): Tensors {
  return mapSpecs(specs, ({ shape }, name) =>
    tensorOf(backend, { value: values[name]!, order: stateOrder(shape) }, shape, "float32"),
  );
}

/** Inputs come as TensorFlow.js lays them out; pictures are turned to [N, C, H, W] while they are still bytes. */
export function readInputs(
  backend: TraceBackend,
  graph: GraphBuilder,
  values: Readonly<Record<string, Value>>,
  specs: TensorSpecs,
): Tensors {
  return mapSpecs(specs, ({ shape, dtype }, name) => {
    const order = shape.length === 4 ? nchw : plain(shape.length);
    const lying = order.map((dimension) => shape[dimension]!);
    const turned =
      shape.length === 4 ? graph.node("Transpose", [values[name]!], lying, { perm: nchw }) : values[name]!;
    const value =
      dtype === "uint8"
        ? graph.node("Cast", [turned], lying, { to: elementTypes.int32 }, { type: "int32" })
        : turned;
    return tensorOf(backend, { value, order }, shape, dtype === "float32" ? "float32" : "int32");
  });
}

function tensorOf(
  backend: TraceBackend,
  traced: Traced,
  shape: readonly number[],
  dtype: "float32" | "int32",
) {
  return tf.engine().makeTensorFromTensorInfo(backend.make(traced, shape, dtype));
}

export function output(name: string, value: Value) {
  return { name, type: value.type, shape: value.shape, value };
}

export function physical({ shape }: TensorSpec): number[] {
  return stateOrder(shape).map((dimension) => shape[dimension]!);
}

export function mapSpecs<T>(
  specs: TensorSpecs,
  map: (spec: TensorSpec, name: string) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, map(spec, name)]));
}
