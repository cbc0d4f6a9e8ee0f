// The state of a training between calls: named tensors as they lie in graphs, in memory or in buffers of a device.

import { ort } from "../../onnxruntime.ts";
import { type State, sizeOf } from "../../training-step.ts";
import type { EngineState } from "../engine.ts";
import { stateOrder } from "./layout.ts";
import type { Order } from "./lowering.ts";

export const engineName = "onnx";

export type OrtTensors = Readonly<Record<string, ort.Tensor>>;

export function tensorsOf(state: EngineState): OrtTensors {
  if (state.engine !== engineName)
    throw new Error(`a state of the ${state.engine} engine reached ${engineName}`);
  return state.tensors as OrtTensors;
}

type StateTensor = State[string];

/** A tensor of a state as it lies in graphs. */
export function inGraph({ shape, data }: StateTensor): { data: Float32Array; dims: readonly number[] } {
  const order = stateOrder(shape);
  return { data: permuted(data, shape, order), dims: order.map((dimension) => shape[dimension]!) };
}

/** The way back. */
export function outOfGraph(data: Float32Array, dims: readonly number[]): StateTensor {
  const order = stateOrder(dims);
  const back = order.map((_, dimension) => order.indexOf(dimension));
  const shape = back.map((dimension) => dims[dimension]!);
  return { shape, data: permuted(data, dims, back) };
}

/** In memory; a device gets it with the first call. */
export function importState(state: State): EngineState {
  const tensors = Object.entries(state).map(([name, tensor]) => {
    const { data, dims } = inGraph(tensor);
    return [name, new ort.Tensor("float32", data, dims)];
  });
  return { engine: engineName, tensors: Object.fromEntries(tensors) };
}

/** `read` gives the numbers of a tensor, wherever it lies. */
export async function exportState(
  state: EngineState,
  read: (tensor: ort.Tensor) => Promise<Float32Array>,
): Promise<State> {
  const exported: Record<string, StateTensor> = {};
  for (const [name, tensor] of Object.entries(tensorsOf(state))) {
    exported[name] = outOfGraph(await read(tensor), tensor.dims);
  }
  return exported;
}

/** Frees buffers of a device; memory is the garbage collector's. */
export function releaseState(state: EngineState): void {
  for (const tensor of Object.values(tensorsOf(state))) {
    if (tensor.location !== "cpu" && tensor.location !== "none") tensor.dispose();
  }
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
