// Rules for updates by optimizers as one node each, which gives the sum of squares of the gradient on the way; and for the
// length of gradients, which is the root of those sums.

import {
  optimizerUpdate,
  placesOfScalars,
  squareSum,
  type UpdateRule,
  updateRuleNames,
} from "../../native/operators.ts";
import type { Trace, TraceNode } from "../../trace/trace.ts";
import { type Lowered, orderOf, plain } from "../lowering.ts";
import type { Rule, Rules } from "./rule.ts";

export const updateRules: Rules = {
  ...Object.fromEntries(updateRuleNames.map((name) => [`Update/${name}`, updateRule(name)])),
  Length: ({ lowering, graph, inputs, outputs }) => {
    const sums = inputs.map((gradient) => {
      const value = lowering.valueIn(gradient, orderOf(gradient));
      return lowering.squareSums.get(value.name) ?? squareSum(graph, value);
    });
    const total = sums.length === 1 ? sums[0]! : graph.node("Sum", sums, []);
    const { shape, dtype } = outputs[0]!;
    return { value: graph.node("Sqrt", [total], []), order: plain(0), shape, dtype };
  },
};

function updateRule(rule: UpdateRule): Rule {
  return ({ lowering, graph, node, inputs, attributes, outputs }) => {
    const slotCount = node.outputs.length - 1;
    const [parameter, gradient] = inputs as [Lowered, Lowered];
    const order = orderOf(parameter);
    const slots = inputs.slice(2, 2 + slotCount).map((slot) => lowering.valueIn(slot, order));
    const scalars = placesOfScalars(rule).map((place) => lowering.plainValue(inputs[2 + slotCount + place]!));
    const value = lowering.valueIn(gradient, order);
    const next = optimizerUpdate(
      graph,
      rule,
      attributes as Readonly<Record<string, number>>,
      lowering.valueIn(parameter, order),
      value,
      slots,
      scalars,
    );
    lowering.squareSums.set(value.name, next.squareSum);
    return [next.parameter, ...next.slots].map((made, index) => ({
      value: made,
      order,
      shape: outputs[index]!.shape,
      dtype: "float32" as const,
    }));
  };
}

/** The trace with lengths of gradients behind all updates, where no update needs them: then they cost no pass. */
export function lengthsLast(trace: Trace): Trace {
  const late = new Set<number>();
  const isLate = ({ op, inputs }: TraceNode) => op === "Length" || inputs.some((value) => late.has(value));
  const [first, last]: [TraceNode[], TraceNode[]] = [[], []];
  for (const node of trace.nodes) {
    const behind = isLate(node) && !node.body;
    if (behind && node.op.startsWith("Update/")) return trace;
    if (isLate(node) && node.body) return trace;
    (behind ? last : first).push(node);
    if (behind) for (const output of node.outputs) late.add(output);
  }
  return { ...trace, nodes: [...first, ...last] };
}
