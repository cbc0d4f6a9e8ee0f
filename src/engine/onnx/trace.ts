// Runs a pure function once over symbolic tensors and returns the ONNX graph that it recorded.

import * as tf from "@tensorflow/tfjs-core";
import type {
  StepFunction,
  StepSpecs,
  TensorFunction,
  TensorSpec,
  TensorSpecs,
  Tensors,
} from "../../training-step.ts";
import { registerGradients } from "../gradients.ts";
import { GraphBuilder, type Value } from "./graph-builder.ts";
import { kernels } from "./kernels/kernels.ts";
import { elementTypes, type GraphParts } from "./model-proto.ts";
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

/**
 * Several training steps as one graph: the body of an ONNX Loop. Inputs: "count" (int64 scalar), every state tensor
 * under its name, "batch/…", "noise/…" and "hyper/…" stacked along a first dimension of any length. Outputs: the
 * state under its names and "loss/…" of shape [count].
 */
export function traceStep(step: StepFunction, stateSpecs: TensorSpecs, specs: StepSpecs) {
  const outer = new GraphBuilder("o");
  const count = outer.input("count", "int64", []);
  const stateIn = mapSpecs(stateSpecs, (spec, name) => outer.input(name, "float32", physical(spec)));
  const stacked = (group: string, groupSpecs: TensorSpecs) =>
    mapSpecs(groupSpecs, ({ shape, dtype }, name) =>
      outer.input(`${group}/${name}`, dtype, ["steps", ...shape]),
    );
  const hyperSpecs = Object.fromEntries(
    specs.hyper.map((name) => [name, { shape: [], dtype: "float32" as const }]),
  );
  const batch = stacked("batch", specs.batch);
  const noise = stacked("noise", specs.noise);
  const hyper = stacked("hyper", hyperSpecs);

  const body = new GraphBuilder("b");
  const iteration = body.input("iteration", "int64", []);
  const condition = body.input("condition", "bool", []);
  const carried = mapSpecs(stateSpecs, (spec, name) =>
    body.input(`carried/${name}`, "float32", physical(spec)),
  );
  const current = (values: Readonly<Record<string, Value>>, groupSpecs: TensorSpecs) =>
    mapSpecs(groupSpecs, ({ shape }, name) =>
      body.node("Gather", [values[name]!, iteration], shape, { axis: 0 }),
    );

  const { backend, close } = openTrace();
  try {
    const { nextState, losses } = backend.record(body, () =>
      scoped(() => {
        const read = (values: Readonly<Record<string, Value>>, groupSpecs: TensorSpecs) =>
          readInputs(backend, body, current(values, groupSpecs), groupSpecs);
        const result = step(
          readState(backend, carried, stateSpecs),
          read(batch, specs.batch),
          read(noise, specs.noise),
          read(hyper, hyperSpecs),
        );
        return {
          nextState: mapSpecs(stateSpecs, (spec, name) => {
            const tensor = result.state[name];
            if (!tensor) throw new Error(`the step returned no new state for ${name}`);
            return backend.valueIn(backend.traced(tensor), stateOrder(spec.shape));
          }),
          losses: Object.fromEntries(
            Object.entries(result.losses).map(([name, tensor]) => [
              name,
              backend.plainValue(backend.traced(tensor)),
            ]),
          ),
        };
      }),
    );
    const lossNames = Object.keys(losses);
    const bodyGraph = body.build("step", [
      { name: "condition/next", type: "bool", shape: [], value: condition },
      ...Object.entries(nextState).map(([name, value]) => output(`next/${name}`, value)),
      ...Object.entries(losses).map(([name, value]) => output(`body/${name}`, value)),
    ]);
    const finals = outer.nodes(
      "Loop",
      [count, null, ...Object.values(stateIn)],
      [...Object.values(stateSpecs).map(physical), ...lossNames.map(() => [-1])],
      { body: { graph: bodyGraph } },
      { type: "float32" },
    );
    const names = Object.keys(stateSpecs);
    const graph = outer.build("steps", [
      ...names.map((name, index) => output(`${name}/next`, finals[index]!)),
      ...lossNames.map((name, index) => ({
        name: `loss/${name}`,
        type: "float32" as const,
        shape: ["steps"],
        value: finals[names.length + index]!,
      })),
    ]);
    return { graph, lossNames };
  } finally {
    close();
  }
}

/** A function without state of its own as a graph; outputs lie as TensorFlow.js sees them. */
export function traceFunction(
  call: TensorFunction,
  stateSpecs: TensorSpecs,
  inputSpecs: TensorSpecs,
): GraphParts {
  const graph = new GraphBuilder();
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
function openTrace(): { backend: TraceBackend; close(): void } {
  registerGradients();
  if (!tf.findBackend(traceBackendName)) {
    tf.registerBackend(traceBackendName, () => new TraceBackend(), 0);
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
function scoped<T>(call: () => T): T {
  tf.engine().startScope();
  try {
    return call();
  } finally {
    tf.engine().endScope();
  }
}

function readState(
  backend: TraceBackend,
  values: Readonly<Record<string, Value>>,
  specs: TensorSpecs,
): Tensors {
  return mapSpecs(specs, ({ shape }, name) =>
    tensorOf(backend, { value: values[name]!, order: stateOrder(shape) }, shape, "float32"),
  );
}

/** Inputs come as TensorFlow.js lays them out; pictures are turned to [N, C, H, W] while they are still bytes. */
function readInputs(
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

function output(name: string, value: Value) {
  return { name, type: value.type, shape: value.shape, value };
}

function physical({ shape }: TensorSpec): number[] {
  return stateOrder(shape).map((dimension) => shape[dimension]!);
}

function mapSpecs<T>(specs: TensorSpecs, map: (spec: TensorSpec, name: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, map(spec, name)]));
}
