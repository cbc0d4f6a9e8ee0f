// How tensors lie in graphs, where a graph begins and ends.

import type { TensorSpec, TensorSpecs } from "../../training-step.ts";
import type { Named } from "../trace/trace.ts";
import type { GraphBuilder, Value } from "./graph-builder.ts";
import { type Lowering, nchw, type Order, oihw, plain } from "./lowering.ts";
import { elementTypes } from "./model-proto.ts";

/** The order in which a state tensor lies inside graphs: kernels [h, w, in, out] as [out, in, h, w]. */
export function stateOrder(shape: readonly number[]): Order {
  return shape.length === 4 ? oihw : plain(shape.length);
}

export function physical({ shape }: TensorSpec): number[] {
  return stateOrder(shape).map((dimension) => shape[dimension]!);
}

type Values = Readonly<Record<string, Value>>;

/** Says where the state lies. */
export function defineState(lowering: Lowering, ids: Named, values: Values, specs: TensorSpecs): void {
  for (const [name, { shape }] of Object.entries(specs)) {
    lowering.define(ids[name]!, values[name]!, stateOrder(shape));
  }
}

/** Inputs come as TensorFlow.js lays them out; pictures are turned to [N, C, H, W] while they are still bytes. */
export function defineInputs(
  lowering: Lowering,
  graph: GraphBuilder,
  ids: Named,
  values: Values,
  specs: TensorSpecs,
): void {
  for (const [name, { shape, dtype }] of Object.entries(specs)) {
    const given = values[name]!;
    const order = shape.length === 4 ? nchw : plain(shape.length);
    const lying = order.map((dimension) => shape[dimension]!);
    const turned = shape.length === 4 ? graph.node("Transpose", [given], lying, { perm: nchw }) : given;
    const value =
      dtype === "uint8"
        ? graph.node("Cast", [turned], lying, { to: elementTypes.int32 }, { type: "int32" })
        : turned;
    lowering.define(ids[name]!, value, order);
  }
}

export function output(name: string, value: Value) {
  return { name, type: value.type, shape: value.shape, value };
}
