// A TensorFlow.js backend that computes nothing: its kernels (kernels/) record themselves over numbered values. Running
// a step under it once, TensorFlow.js's own autodiff yields forward, backward and update as one list of nodes.

import * as tf from "@tensorflow/tfjs-core";
import { type BackendValues, type DataType, KernelBackend, type TensorInfo } from "@tensorflow/tfjs-core";
import type { CompositeKernel } from "../../composites.ts";
import type { Tensors } from "../../training-step.ts";
import {
  keyOf,
  nodeKey,
  sumOverParts,
  type TraceAttributes,
  type TraceBody,
  type TraceNode,
  type TraceType,
  type TraceValue,
} from "./trace.ts";

export const recorderName = "hueristic-trace";

/** What a kernel says of its outputs. */
export type Described = { readonly shape: readonly number[]; readonly dtype: DataType };

/** Nodes, of which the same one over the same values is recorded once (common subexpressions). */
class NodeList {
  readonly nodes: TraceNode[] = [];
  readonly known = new Map<string, TraceNode>();
}

export class Recorder extends KernelBackend {
  #ids = new WeakMap<object, number>();
  #values: TraceValue[] = [];
  #constants = new Map<string, number>();
  #list = new NodeList();
  #loops = true;

  /** Forgets what was recorded. With `loops` parts of a batch are recorded as one node, without them one by one. */
  begin(loops: boolean): void {
    this.#ids = new WeakMap();
    this.#values = [];
    this.#constants = new Map();
    this.#list = new NodeList();
    this.#loops = loops;
  }

  get values(): readonly TraceValue[] {
    return this.#values;
  }

  get nodes(): readonly TraceNode[] {
    return this.#list.nodes;
  }

  /** A new value, as TensorFlow.js knows tensors. */
  input(shape: readonly number[], dtype: DataType): TensorInfo {
    return this.#info(this.#add({ shape: [...shape], dtype: traceType(dtype) }));
  }

  uniform(number: number, shape: readonly number[], dtype: DataType): TensorInfo {
    const value = { shape: [...shape], dtype: traceType(dtype), uniform: number };
    return this.#constant(keyOf(value), value);
  }

  idOf(info: TensorInfo): number {
    const id = this.#ids.get(info.dataId);
    if (id === undefined) {
      throw new Error("a tensor from outside reached a trace: pass it as an input");
    }
    return id;
  }

  /** The number that every element is; undefined where they may differ. */
  uniformOf(info: TensorInfo): number | undefined {
    return this.#values[this.idOf(info)]!.uniform;
  }

  /** The same tensor, for kernels that change nothing. */
  same(info: TensorInfo): TensorInfo {
    return this.#info(this.idOf(info));
  }

  node(
    op: string,
    inputs: readonly TensorInfo[],
    output: Described,
    attributes: TraceAttributes = {},
  ): TensorInfo {
    return this.several(op, inputs, [output], attributes)[0]!;
  }

  /** A node with several outputs. */
  several(
    op: string,
    inputs: readonly TensorInfo[],
    outputs: readonly Described[],
    attributes: TraceAttributes = {},
  ): TensorInfo[] {
    return this.#node(op, inputs, attributes, () => ({ outputs }));
  }

  /** A composite is one node, with what it stands for beside it. */
  readonly composite: CompositeKernel = (name, inputs, attributes, decompose) =>
    this.#node(name, inputs, attributes, () => {
      const { result, nodes } = this.#apart(decompose);
      return {
        outputs: result as readonly Described[],
        body: { parameters: [], nodes, outputs: this.#idsOf(result) },
      };
    });

  /** What mean-over-parts.ts asks a backend for. */
  sumOverParts(parts: number, inputs: Tensors, compute: (part: Tensors) => Tensors): Tensors | null {
    if (!this.#loops) return null;
    const given = Object.values(inputs);
    const cut = given.map(({ shape: [length, ...rest], dtype }) =>
      this.input([length! / parts, ...rest], dtype),
    );
    const part = Object.fromEntries(Object.keys(inputs).map((name, index) => [name, asTensor(cut[index]!)]));
    const { result, nodes } = this.#apart(() => compute(part));
    const outputs = Object.values(result);
    const body = { parameters: this.#idsOf(cut), nodes, outputs: this.#idsOf(outputs) };
    const sums = this.#node(sumOverParts, given, { parts }, () => ({ outputs, body }));
    return Object.fromEntries(Object.keys(result).map((name, index) => [name, asTensor(sums[index]!)]));
  }

  #node(
    op: string,
    inputs: readonly TensorInfo[],
    attributes: TraceAttributes,
    describe: () => { readonly outputs: readonly Described[]; readonly body?: TraceBody },
  ): TensorInfo[] {
    const list = this.#list;
    const ids = this.#idsOf(inputs);
    // Two loops over the same inputs may repeat different things.
    const key = op === sumOverParts ? `${op} ${list.nodes.length}` : nodeKey(op, ids, attributes);
    let node = list.known.get(key);
    if (!node) {
      const { outputs, body } = describe();
      const made = outputs.map(({ shape, dtype }) =>
        this.#add({ shape: [...shape], dtype: traceType(dtype) }),
      );
      node = { op, inputs: ids, outputs: made, attributes, ...(body && { body }) };
      list.nodes.push(node);
      list.known.set(key, node);
    }
    return node.outputs.map((id) => this.#info(id));
  }

  #apart<T>(record: () => T): { readonly result: T; readonly nodes: readonly TraceNode[] } {
    const around = this.#list;
    const list = new NodeList();
    this.#list = list;
    try {
      return { result: record(), nodes: list.nodes };
    } finally {
      this.#list = around;
    }
  }

  #add(value: TraceValue): number {
    this.#values.push(value);
    return this.#values.length - 1;
  }

  #constant(key: string, value: TraceValue): TensorInfo {
    let id = this.#constants.get(key);
    if (id === undefined) {
      id = this.#add(value);
      this.#constants.set(key, id);
    }
    return this.#info(id);
  }

  #info(id: number): TensorInfo {
    const dataId = {};
    this.#ids.set(dataId, id);
    const { shape, dtype } = this.#values[id]!;
    return { dataId, shape: [...shape], dtype };
  }

  #idsOf(infos: readonly TensorInfo[]): number[] {
    return infos.map((info) => this.idOf(info));
  }

  // What TensorFlow.js asks of every backend.

  override write(values: BackendValues, shape: number[], dtype: DataType): object {
    const numbers = values as ArrayLike<number>;
    const first = numbers[0];
    if (first !== undefined && Array.prototype.every.call(numbers, (number) => number === first)) {
      return this.uniform(first, shape, dtype).dataId;
    }
    const type = traceType(dtype);
    if (type === "bool") throw new Error("a constant of type bool cannot be traced");
    const data = type === "float32" ? Float32Array.from(numbers) : Int32Array.from(numbers);
    const key = `${type} [${shape}] ${Buffer.from(data.buffer).toString("base64")}`;
    return this.#constant(key, { shape: [...shape], dtype: type, data }).dataId;
  }

  override move(dataId: object, values: BackendValues, shape: number[], dtype: DataType): void {
    this.#ids.set(dataId, this.#ids.get(this.write(values, shape, dtype))!);
  }

  override readSync(): never {
    throw new Error("a traced function read the values of a tensor, which has none yet");
  }

  override async read(): Promise<never> {
    return this.readSync();
  }

  override disposeData(): boolean {
    return true;
  }

  override refCount(): number {
    return 1;
  }

  override incRef(): void {}

  override numDataIds(): number {
    return 0;
  }

  override timerAvailable(): boolean {
    return false;
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {}
}

export function asTensor(info: TensorInfo): tf.Tensor {
  return tf.engine().makeTensorFromTensorInfo(info);
}

function traceType(dtype: DataType): TraceType {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  throw new Error(`tensors of type ${dtype} cannot be traced`);
}
