// A TensorFlow.js backend that computes nothing: its kernels (kernels/) record ONNX nodes over symbolic tensors.
// Running a step under it once, TensorFlow.js's own autodiff yields forward, backward and update as one graph.
//
// TensorFlow.js thinks in NHWC and HWIO, ONNX Runtime's CPU kernels in NCHW and OIHW. So a traced tensor knows the
// order in which its dimensions lie; kernels keep that order as long as they can, and a Transpose is recorded only
// where two orders meet.

import { type BackendValues, type DataType, KernelBackend, type TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf, type Tensors } from "../../training-step.ts";
import type { GraphBuilder, Value } from "./graph-builder.ts";
import type { OnnxType } from "./model-proto.ts";

/** Dimension j in memory is dimension order[j] of the tensor as TensorFlow.js sees it. */
export type Order = readonly number[];

/** Activations [N, H, W, C] lie as [N, C, H, W]. */
export const nchw: Order = [0, 3, 1, 2];
/** Kernels [h, w, in, out] lie as [out, in, h, w]. */
export const oihw: Order = [3, 2, 0, 1];

export function plain(rank: number): Order {
  return Array.from({ length: rank }, (_, dimension) => dimension);
}

/** A symbolic tensor: a value of the graph, or one number everywhere (`uniform`), which costs nothing. */
export type Traced =
  | { readonly value: Value; readonly order: Order; readonly uniform?: undefined }
  | { readonly uniform: number; readonly type: OnnxType };

export type TracedTensor = Traced & { readonly shape: readonly number[] };

export const traceBackendName = "hueristic-trace";

/** Records a loop over the parts of a batch: see record-parts.ts. */
export type RecordSums = (
  backend: TraceBackend,
  prefix: string,
  parts: number,
  inputs: Tensors,
  compute: (part: Tensors) => Tensors,
) => Tensors;

export class TraceBackend extends KernelBackend {
  readonly #recordSums: RecordSums;
  readonly #tensors = new WeakMap<object, Traced>();
  #graph: GraphBuilder | null = null;
  #loops = 0;

  constructor(recordSums: RecordSums) {
    super();
    this.#recordSums = recordSums;
  }

  get graph(): GraphBuilder {
    if (!this.#graph) throw new Error("no trace is under way");
    return this.#graph;
  }

  /** Records into `graph` what `trace` does. */
  record<T>(graph: GraphBuilder, trace: () => T): T {
    const outer = this.#graph;
    this.#graph = graph;
    try {
      return trace();
    } finally {
      this.#graph = outer;
    }
  }

  /** What mean-over-parts.ts asks a backend for. On a GPU the parts are unrolled: its Loop would run on the CPU. */
  sumOverParts(parts: number, inputs: Tensors, compute: (part: Tensors) => Tensors): Tensors | null {
    if (this.graph.device === "gpu") return null;
    return this.#recordSums(this, `part${this.#loops++}/`, parts, inputs, compute);
  }

  /** What a kernel hands back to TensorFlow.js. */
  make(traced: Traced, shape: readonly number[], dtype: DataType): TensorInfo {
    const dataId = {};
    this.#tensors.set(dataId, traced);
    return { dataId, shape: [...shape], dtype };
  }

  traced(info: TensorInfo): TracedTensor {
    const traced = this.#tensors.get(info.dataId);
    if (!traced) throw new Error("a tensor from another backend reached a trace: pass it as an input");
    return { ...traced, shape: info.shape };
  }

  /** The value of a tensor as it lies in `order`, transposed where it lies otherwise. */
  valueIn(tensor: TracedTensor, order: Order): Value {
    if (tensor.uniform !== undefined) return this.#expanded(tensor, order);
    const { value } = tensor;
    const perm = order.map((dimension) => tensor.order.indexOf(dimension));
    if (perm.every((from, to) => from === to)) return value;
    const shape = perm.map((from) => value.shape[from]!);
    const kept = perm.filter((from) => value.shape[from] !== 1);
    const onlyOnesMove = kept.every((from, index) => index === 0 || kept[index - 1]! < from);
    return onlyOnesMove
      ? this.graph.node("Reshape", [value, this.graph.int64(...shape)], shape)
      : this.graph.node("Transpose", [value], shape, { perm });
  }

  /** The value in the order that TensorFlow.js sees. */
  plainValue(tensor: TracedTensor): Value {
    return this.valueIn(tensor, plain(tensor.shape.length));
  }

  #expanded(tensor: TracedTensor & { uniform: number }, order: Order): Value {
    const shape = order.map((dimension) => tensor.shape[dimension]!);
    const scalar = this.scalar(tensor.uniform, tensor.type);
    return shape.length === 0
      ? scalar
      : this.graph.node("Expand", [scalar, this.graph.int64(...shape)], shape);
  }

  scalar(number: number, type: OnnxType): Value {
    if (type === "bool") {
      return this.graph.node("Cast", [this.scalar(number, "int32")], [], { to: 9 }, { type: "bool" });
    }
    return this.graph.constant(type === "int32" ? Int32Array.of(number) : Float32Array.of(number), []);
  }

  // What TensorFlow.js asks of every backend.

  override write(values: BackendValues, shape: number[], dtype: DataType): object {
    const dataId = {};
    const data = values as ArrayLike<number>;
    const type = onnxType(dtype);
    const first = data[0];
    let traced: Traced;
    if (first !== undefined && Array.prototype.every.call(data, (number) => number === first)) {
      traced = { uniform: first, type };
    } else if (type === "float32" || type === "int32") {
      const array = type === "float32" ? Float32Array.from(data) : Int32Array.from(data);
      traced = { value: this.graph.constant(array, shape), order: plain(shape.length) };
    } else {
      throw new Error(`a constant of type ${dtype} cannot be traced`);
    }
    this.#tensors.set(dataId, traced);
    return dataId;
  }

  override move(dataId: object, values: BackendValues, shape: number[], dtype: DataType): void {
    this.#tensors.set(dataId, this.traced({ dataId: this.write(values, shape, dtype), shape, dtype }));
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

export function onnxType(dtype: DataType): OnnxType {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  throw new Error(`tensors of type ${dtype} cannot be traced`);
}

/** Whether both tensors have the same number of elements in every dimension. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, dimension) => length === b[dimension]);
}

export function isScalar(shape: readonly number[]): boolean {
  return sizeOf(shape) === 1;
}
