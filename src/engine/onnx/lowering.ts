// From a trace to ONNX nodes, one rule (rules/) a kernel.
//
// TensorFlow.js thinks in NHWC and HWIO, ONNX Runtime's CPU kernels in NCHW and OIHW. So a lowered tensor knows the
// order in which its dimensions lie; rules keep that order as long as they can, and a Transpose is made only where two
// orders meet.

import { readsOf } from "../trace/passes.ts";
import type { Trace, TraceNode, TraceType, TraceValue } from "../trace/trace.ts";
import type { GraphBuilder, Value } from "./graph-builder.ts";
import type { Rule } from "./rules/rule.ts";

/** Dimension j in memory is dimension order[j] of the tensor as TensorFlow.js sees it. */
export type Order = readonly number[];

/** Activations [N, H, W, C] lie as [N, C, H, W]. */
export const nchw: Order = [0, 3, 1, 2];
/** Kernels [h, w, in, out] lie as [out, in, h, w]. */
export const oihw: Order = [3, 2, 0, 1];

export function plain(rank: number): Order {
  return Array.from({ length: rank }, (_, dimension) => dimension);
}

/** A value of the graph and the order in which it lies, or one number everywhere, which costs nothing. */
type Place =
  | { readonly value: Value; readonly order: Order; readonly uniform?: undefined }
  | { readonly uniform: number };

/** `shape` is as TensorFlow.js sees it. */
export type Lowered = Place & { readonly shape: readonly number[]; readonly dtype: TraceType };
export type LoweredUniform = Extract<Lowered, { readonly uniform: number }>;

export class Lowering {
  #graph: GraphBuilder;
  readonly #values: readonly TraceValue[];
  readonly #rules: Readonly<Record<string, Rule>>;
  readonly #lowered = new Map<number, Lowered>();
  readonly #reads: ReadonlyMap<number, number>;
  /** Sums of squares that came out of other passes, by the names of what was squared. */
  readonly squareSums = new Map<string, Value>();

  constructor(graph: GraphBuilder, trace: Trace, rules: Readonly<Record<string, Rule>>) {
    this.#graph = graph;
    this.#values = trace.values;
    this.#rules = rules;
    this.#reads = readsOf(trace);
  }

  get graph(): GraphBuilder {
    return this.#graph;
  }

  /** Says what lies where a value of the trace is meant. */
  define(id: number, value: Value, order: Order): void {
    const { shape, dtype } = this.#values[id]!;
    this.#lowered.set(id, { value, order, shape, dtype });
  }

  lowered(id: number): Lowered {
    const known = this.#lowered.get(id);
    if (known) return known;
    const { shape, dtype, uniform, data } = this.#values[id]!;
    if (uniform !== undefined) return { uniform, shape, dtype };
    if (data) return { value: this.#graph.constant(data, shape), order: plain(shape.length), shape, dtype };
    throw new Error(`value ${id} of a trace is read before it is made`);
  }

  /** Whether one node reads a value, and no output is it. */
  isReadOnce(id: number): boolean {
    return this.#reads.get(id) === 1;
  }

  valueOf(id: number): TraceValue {
    return this.#values[id]!;
  }

  /** Does `work` with another graph as the current one. */
  into<T>(graph: GraphBuilder, work: () => T): T {
    const around = this.#graph;
    this.#graph = graph;
    try {
      return work();
    } finally {
      this.#graph = around;
    }
  }

  /** Lowers `nodes` into the current graph. */
  lower(nodes: readonly TraceNode[]): void {
    for (const node of nodes) {
      const rule = this.#rules[node.op];
      if (!rule) throw new Error(`the ONNX engine has no rule for ${node.op}`);
      const made = rule({
        lowering: this,
        graph: this.#graph,
        node,
        inputs: node.inputs.map((id) => this.lowered(id)),
        attributes: node.attributes,
        outputs: node.outputs.map((id) => this.#values[id]!),
      });
      const all = Array.isArray(made) ? (made as readonly Lowered[]) : [made as Lowered];
      node.outputs.forEach((id, index) => {
        this.#lowered.set(id, all[index]!);
      });
    }
  }

  /** The value of a tensor as it lies in `order`, transposed where it lies otherwise. */
  valueIn(tensor: Lowered, order: Order): Value {
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
  plainValue(tensor: Lowered): Value {
    return this.valueIn(tensor, plain(tensor.shape.length));
  }

  #expanded(tensor: LoweredUniform, order: Order): Value {
    const shape = order.map((dimension) => tensor.shape[dimension]!);
    const scalar = this.scalar(tensor.uniform, tensor.dtype);
    return shape.length === 0
      ? scalar
      : this.graph.node("Expand", [scalar, this.graph.int64(...shape)], shape);
  }

  scalar(number: number, type: TraceType): Value {
    if (type === "bool") {
      return this.graph.node("Cast", [this.scalar(number, "int32")], [], { to: 9 }, { type: "bool" });
    }
    return this.graph.constant(type === "int32" ? Int32Array.of(number) : Float32Array.of(number), []);
  }
}

/** How a tensor lies, and how a number everywhere would. */
export function orderOf(tensor: Lowered): Order {
  return tensor.uniform === undefined ? tensor.order : plain(tensor.shape.length);
}

/** One number, where an operand is asked for. */
export function uniformly(uniform: number): LoweredUniform {
  return { uniform, shape: [], dtype: "float32" };
}
