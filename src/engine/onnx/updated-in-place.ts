// A step whose state is changed in place: input "<name>" and output "<name>/next" are one buffer. ONNX Runtime does not know
// that, and orders nodes by what they need alone. So what overwrites a buffer is told to wait for all who still read it.

import { assign, waitingOperators } from "../native/operators.ts";
import type { GraphBuilder } from "./graph-builder.ts";
import { type GraphParts, type NodeParts, ownDomain } from "./model-proto.ts";

/** Their result may be the buffer of their first input. */
const aliases: ReadonlySet<string> = new Set(["Reshape", "Identity", "Squeeze", "Unsqueeze", "Flatten"]);

/** `builder` made the graph, and knows the types of its values. Nodes come out in an order in which they can run. */
export function updatedInPlace(
  graph: GraphParts,
  builder: GraphBuilder,
  stateNames: readonly string[],
): GraphParts {
  const order = new Dependencies(graph.nodes, new Set(graph.outputs.map(({ name }) => name)));
  const isFloat = (name: string) => (builder.valueOf(name)?.type ?? "float32") === "float32";
  const changed = stateNames.filter((name) => {
    const { op, inputs } = order.producerOf(`${name}/next`);
    return op !== "Identity" || inputs[0] !== name;
  });
  // Who makes a value anyhow may read the old one in any order: the new one gets a place of its own, and is copied.
  for (const name of changed) {
    const { op, domain } = order.producerOf(`${name}/next`);
    if (domain !== ownDomain || !waitingOperators.has(op)) copyLast(order, name);
  }
  for (const name of changed) {
    const early = (node: NodeParts) =>
      order.readersOf(name).filter((one) => one !== node && !order.needs(node, one));
    let update = order.producerOf(`${name}/next`);
    if (early(update).some((one) => order.needs(one, update))) {
      copyLast(order, name);
      update = order.producerOf(`${name}/next`);
    }
    const signs = new Set(early(update).map((one) => order.signOf(one, isFloat)));
    if (signs.size > 0) order.change(update, { inputs: [...update.inputs, ...signs] });
  }
  return { ...graph, nodes: order.sorted() };
}

function copyLast(order: Dependencies, name: string): void {
  order.rename(`${name}/next`, `${name}/made`);
  const node = { op: assign, domain: ownDomain, inputs: [`${name}/made`], outputs: [`${name}/next`] };
  order.add({ ...node, attributes: {} });
}

/** Nodes and who needs whom. */
class Dependencies {
  #nodes: NodeParts[];
  #producers = new Map<string, NodeParts>();
  #readers = new Map<string, NodeParts[]>();

  readonly #outputs: ReadonlySet<string>;

  constructor(nodes: readonly NodeParts[], outputs: ReadonlySet<string>) {
    this.#nodes = [...nodes];
    this.#outputs = outputs;
    this.#index();
  }

  producerOf(name: string): NodeParts {
    const producer = this.#producers.get(name);
    if (!producer) throw new Error(`no node makes ${name}`);
    return producer;
  }

  /** The nodes that read the buffer of a value, under whatever shape. */
  readersOf(name: string): NodeParts[] {
    const found = (this.#readers.get(name) ?? []).flatMap((node) => {
      const [made] = node.outputs as [string];
      if (!aliases.has(node.op) || node.inputs[0] !== name) return [node];
      const behind = this.readersOf(made);
      return this.#outputs.has(made) || behind.length === 0 ? [node, ...behind] : behind;
    });
    return [...new Set(found)];
  }

  /** Whether `node` can only run when `other` has. */
  needs(node: NodeParts, other: NodeParts): boolean {
    const seen = new Set<NodeParts>([node]);
    const pending = [node];
    for (let one = pending.pop(); one; one = pending.pop()) {
      for (const name of readBy(one)) {
        const producer = this.#producers.get(name);
        if (producer === other) return true;
        if (producer && !seen.has(producer)) {
          seen.add(producer);
          pending.push(producer);
        }
      }
    }
    return false;
  }

  /** A float value that is there when `node` has run. */
  signOf(node: NodeParts, isFloat: (name: string) => boolean): string {
    const own = node.outputs.find(isFloat);
    if (own !== undefined) return own;
    const [next] = node.outputs.flatMap((name) => this.#readers.get(name) ?? []);
    if (!next) throw new Error(`nothing follows ${node.op}, which reads what is changed in place`);
    return this.signOf(next, isFloat);
  }

  change(node: NodeParts, change: Partial<NodeParts>): void {
    this.#nodes = this.#nodes.map((one) => (one === node ? { ...one, ...change } : one));
    this.#index();
  }

  /** Gives a value another name, wherever it stands. */
  rename(name: string, now: string): void {
    const of = (one: string) => (one === name ? now : one);
    this.#nodes = this.#nodes.map((node) =>
      [...node.inputs, ...node.outputs].includes(name)
        ? { ...node, inputs: node.inputs.map(of), outputs: node.outputs.map(of) }
        : node,
    );
    this.#index();
  }

  add(node: NodeParts): void {
    this.#nodes.push(node);
    this.#index();
  }

  /** Every node behind what it needs, otherwise in the order that was. */
  sorted(): NodeParts[] {
    const result: NodeParts[] = [];
    const state = new Map<NodeParts, "begun" | "done">();
    const visit = (node: NodeParts): void => {
      if (state.get(node) === "done") return;
      if (state.get(node) === "begun") throw new Error(`${node.op} would wait for itself`);
      state.set(node, "begun");
      for (const name of readBy(node)) {
        const producer = this.#producers.get(name);
        if (producer) visit(producer);
      }
      state.set(node, "done");
      result.push(node);
    };
    for (const node of this.#nodes) visit(node);
    return result;
  }

  #index(): void {
    this.#producers.clear();
    this.#readers.clear();
    for (const node of this.#nodes) {
      for (const name of node.outputs) this.#producers.set(name, node);
      for (const name of new Set(readBy(node)))
        this.#readers.set(name, [...(this.#readers.get(name) ?? []), node]);
    }
  }
}

/** What a node reads, what the bodies of its loops take from around among it. */
function readBy({ inputs, attributes }: NodeParts): string[] {
  const bodies = Object.values(attributes).flatMap((one) =>
    typeof one === "object" && "graph" in one ? one.graph.nodes.flatMap(readBy) : [],
  );
  return [...inputs.filter((name) => name !== ""), ...bodies];
}
