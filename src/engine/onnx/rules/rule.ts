// What every file of rules is made of.

import { sizeOf } from "../../../training-step.ts";
import type { TraceNode, TraceValue } from "../../trace/trace.ts";
import type { GraphBuilder, Value } from "../graph-builder.ts";
import { type Lowered, type Lowering, type Order, plain } from "../lowering.ts";

export type RuleContext = {
  readonly lowering: Lowering;
  readonly graph: GraphBuilder;
  readonly node: TraceNode;
  readonly inputs: readonly Lowered[];
  // Each kernel has its own attributes; the rule states what it reads.
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly outputs: readonly TraceValue[];
};

/** Records the ONNX nodes of one node of a trace and says where its outputs lie. */
export type Rule = (context: RuleContext) => Lowered | readonly Lowered[];
export type Rules = Readonly<Record<string, Rule>>;

/** What the first output of a node is, once its value is there. */
export function made({ outputs: [first] }: RuleContext, value: Value, order: Order): Lowered {
  return { value, order, shape: first!.shape, dtype: first!.dtype };
}

/** The order that the result of combining tensors of one rank should have: that of the largest one. */
export function commonOrder(tensors: readonly Lowered[], rank: number): Order {
  let order: Order | null = null;
  let most = -1;
  for (const tensor of tensors) {
    if (tensor.uniform !== undefined || tensor.shape.length !== rank) continue;
    const size = sizeOf(tensor.shape);
    if (size > most) {
      order = tensor.order;
      most = size;
    }
  }
  return order ?? plain(rank);
}

export function shapeIn(order: Order, shape: readonly number[]): number[] {
  return order.map((dimension) => shape[dimension]!);
}
