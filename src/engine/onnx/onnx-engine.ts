// The default engine: a step traced once into an ONNX graph, run natively by ONNX Runtime on the CPU.

import os from "node:os";
import ort from "onnxruntime-node";
import {
  type StepFunction,
  type StepSpecs,
  sizeOf,
  type TensorArray,
  type TensorFunction,
  type TensorSpecs,
} from "../../training-step.ts";
import type { CompiledFunction, CompiledStep, Engine, EngineState, StepInputs } from "../engine.ts";
import { encodeModel, type GraphParts } from "./model-proto.ts";
import { stateOrder, traceFunction, traceStep } from "./trace.ts";
import type { Order } from "./trace-backend.ts";

const engineName = "onnx";

export type OnnxEngineOptions = { readonly threads?: number };

export function openOnnxEngine({ threads = os.availableParallelism() }: OnnxEngineOptions = {}): Engine {
  const createSession = (graph: GraphParts) =>
    ort.InferenceSession.create(encodeModel(graph), {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: "all",
      // Moments of weights that stopped moving decay into denormal numbers, which are slow and mean zero.
      extra: { session: { set_denormal_as_zero: "1" } },
      logSeverityLevel: 3,
    });

  return {
    name: engineName,
    device: `cpu (${threads} threads)`,
    version: `onnxruntime-node ${ort.env.versions.node}`,
    importState: (state) => ({
      engine: engineName,
      tensors: Object.fromEntries(
        Object.entries(state).map(([name, { shape, data }]) => {
          const order = stateOrder(shape);
          const lying = order.map((dimension) => shape[dimension]!);
          return [name, new ort.Tensor("float32", permuted(data, shape, order), lying)];
        }),
      ),
    }),
    exportState: (state) =>
      Object.fromEntries(
        Object.entries(tensorsOf(state)).map(([name, tensor]) => {
          const order = stateOrder(tensor.dims);
          const back = order.map((_, dimension) => order.indexOf(dimension));
          const shape = back.map((dimension) => tensor.dims[dimension]!);
          return [name, { shape, data: permuted(tensor.data as Float32Array, tensor.dims, back) }];
        }),
      ),
    release: () => {},
    compileStep: async (step, stateSpecs, specs) => compileStep(createSession, step, stateSpecs, specs),
    compile: async (call, stateSpecs, inputSpecs) => compile(createSession, call, stateSpecs, inputSpecs),
  };
}

type CreateSession = (graph: GraphParts) => Promise<ort.InferenceSession>;

async function compileStep(
  createSession: CreateSession,
  step: StepFunction,
  stateSpecs: TensorSpecs,
  specs: StepSpecs,
): Promise<CompiledStep> {
  const { graph, lossNames } = traceStep(step, stateSpecs, specs);
  const session = await createSession(graph);
  const hyperSpecs = Object.fromEntries(
    specs.hyper.map((name) => [name, { shape: [], dtype: "float32" as const }]),
  );
  return {
    async run(state, count, inputs: StepInputs) {
      const feeds: Record<string, ort.Tensor> = { ...tensorsOf(state) };
      feeds.count = new ort.Tensor("int64", BigInt64Array.of(BigInt(count)), []);
      const groups = [
        ["batch", specs.batch, inputs.batch],
        ["noise", specs.noise, inputs.noise],
        ["hyper", hyperSpecs, inputs.hyper],
      ] as const;
      for (const [group, groupSpecs, arrays] of groups) {
        for (const [name, { shape, dtype }] of Object.entries(groupSpecs)) {
          feeds[`${group}/${name}`] = tensorOf(arrays[name], dtype, [count, ...shape], name);
        }
      }
      const results = await session.run(feeds);
      return {
        state: {
          engine: engineName,
          tensors: Object.fromEntries(Object.keys(stateSpecs).map((name) => [name, results[`${name}/next`]])),
        },
        losses: Object.fromEntries(
          lossNames.map((name) => [name, results[`loss/${name}`]!.data as Float32Array]),
        ),
      };
    },
    close: () => session.release(),
  };
}

async function compile(
  createSession: CreateSession,
  call: TensorFunction,
  stateSpecs: TensorSpecs,
  inputSpecs: TensorSpecs,
): Promise<CompiledFunction> {
  const session = await createSession(traceFunction(call, stateSpecs, inputSpecs));
  return {
    async run(state, inputs) {
      const known = tensorsOf(state);
      const feeds: Record<string, ort.Tensor> = {};
      for (const name of Object.keys(stateSpecs)) feeds[name] = known[name]!;
      for (const [name, { shape, dtype }] of Object.entries(inputSpecs)) {
        feeds[name] = tensorOf(inputs[name], dtype, shape, name);
      }
      const results = await session.run(feeds);
      return Object.fromEntries(
        Object.entries(results).map(([name, tensor]) => [
          name.replace(/^output\//, ""),
          tensor.data as Float32Array,
        ]),
      );
    },
    close: () => session.release(),
  };
}

function tensorsOf(state: EngineState): Record<string, ort.Tensor> {
  if (state.engine !== engineName)
    throw new Error(`a state of the ${state.engine} engine reached ${engineName}`);
  return state.tensors as Record<string, ort.Tensor>;
}

function tensorOf(
  array: TensorArray | undefined,
  dtype: "float32" | "int32" | "uint8",
  shape: readonly number[],
  name: string,
): ort.Tensor {
  if (array?.length !== sizeOf(shape)) {
    throw new Error(
      `input ${name}: expected ${sizeOf(shape)} numbers of shape [${shape}], got ${array?.length}`,
    );
  }
  return new ort.Tensor(dtype, array as never, shape);
}

/** The elements of an array of `shape` in another order of dimensions. */
function permuted(data: Float32Array, shape: readonly number[], order: Order): Float32Array {
  if (order.every((dimension, index) => dimension === index)) return data;
  const strides = shape.map((_, dimension) => sizeOf(shape.slice(dimension + 1)));
  const lengths = order.map((dimension) => shape[dimension]!);
  const steps = order.map((dimension) => strides[dimension]!);
  const [d0, d1, d2, d3] = lengths as [number, number, number, number];
  const [s0, s1, s2, s3] = steps as [number, number, number, number];
  const result = new Float32Array(data.length);
  let to = 0;
  for (let i = 0; i < d0; i++)
    for (let j = 0; j < d1; j++)
      for (let k = 0; k < d2; k++)
        for (let l = 0; l < d3; l++) result[to++] = data[i * s0 + j * s1 + k * s2 + l * s3]!;
  return result;
}
