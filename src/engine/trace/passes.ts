// What is done once to a trace, whatever engine it is for.

import { nodeKey, readBy, sumOverParts, type Trace, type TraceBody, type TraceNode } from "./trace.ts";

/** The trace with composites replaced by what they stand for, but those that an engine `has` a kernel for. */
export function decomposed(trace: Trace, has: (composite: string) => boolean = () => false): Trace {
  const renamed = new Map<number, number>();
  const now = (value: number): number => renamed.get(value) ?? value;

  const inside = (nodes: readonly TraceNode[], known: Map<string, TraceNode>): TraceNode[] => {
    const result: TraceNode[] = [];
    const visit = (node: TraceNode): void => {
      const inputs = node.inputs.map(now);
      if (node.op === sumOverParts) {
        const body = node.body!;
        const inner = inside(body.nodes, new Map());
        result.push({ ...node, inputs, body: { ...body, nodes: inner, outputs: body.outputs.map(now) } });
        return;
      }
      if (node.body && !has(node.op)) {
        for (const one of node.body.nodes) visit(one);
        node.outputs.forEach((output, index) => {
          renamed.set(output, now(node.body!.outputs[index]!));
        });
        return;
      }
      const { body: _, ...whole } = node;
      const key = nodeKey(node.op, inputs, node.attributes);
      const same = known.get(key);
      if (same) {
        node.outputs.forEach((output, index) => {
          renamed.set(output, same.outputs[index]!);
        });
        return;
      }
      const made = { ...whole, inputs };
      known.set(key, made);
      result.push(made);
    };
    for (const node of nodes) visit(node);
    return result;
  };

  const nodes = inside(trace.nodes, new Map());
  const outputs = Object.fromEntries(
    Object.entries(trace.outputs).map(([group, named]) => [
      group,
      Object.fromEntries(Object.entries(named).map(([name, value]) => [name, now(value)])),
    ]),
  );
  return needed({ ...trace, nodes, outputs });
}

/** Without the nodes that no output needs. */
export function needed(trace: Trace): Trace {
  const outputs = Object.values(trace.outputs).flatMap((named) => Object.values(named));
  return { ...trace, nodes: neededFor(trace.nodes, outputs) };
}

/** How many nodes, of loops too, and outputs read each value. */
export function readsOf(trace: Trace): ReadonlyMap<number, number> {
  const reads = new Map<number, number>();
  const read = (value: number) => reads.set(value, (reads.get(value) ?? 0) + 1);
  const visit = (nodes: readonly TraceNode[]): void => {
    for (const node of nodes) {
      node.inputs.forEach(read);
      if (!node.body) continue;
      visit(node.body.nodes);
      node.body.outputs.forEach(read);
    }
  };
  visit(trace.nodes);
  for (const named of Object.values(trace.outputs)) Object.values(named).forEach(read);
  return reads;
}

function neededFor(nodes: readonly TraceNode[], outputs: readonly number[]): TraceNode[] {
  const used = new Set(outputs);
  const kept: TraceNode[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((output) => used.has(output))) continue;
    const whole = node.body ? { ...node, body: neededInside(node.body) } : node;
    for (const value of readBy(whole)) used.add(value);
    kept.push(whole);
  }
  return kept.reverse();
}

function neededInside(body: TraceBody): TraceBody {
  return { ...body, nodes: neededFor(body.nodes, body.outputs) };
}
