// One graph for all sizes from the graphs of some. Lowered at several sizes, a function whose computation does not hang
// on the size gives the same nodes; what differs is numbers that are shapes. Each must be a constant times lengths of the
// input, such as N, H/2 or N H W / 64: then it is computed in the graph from the shape of the input. Anything else that
// differs means that the graph is for one size.

import { GraphBuilder, type Value } from "../graph-builder.ts";
import type { ConstantParts, GraphParts, NodeParts, ValueParts } from "../model-proto.ts";

/** By the name of the axis, such as { batch: 7, height: 88 }. */
export type Lengths = Readonly<Record<string, number>>;

export type LoweredAt = { readonly graph: GraphParts; readonly lengths: Lengths };

/** A number times lengths of the input, each of which is counted in its step. */
type Product = { readonly factor: number; readonly axes: readonly string[] };

/**
 * The first of `lowered` with open lengths; null where they are not one graph. Each of the next ones differs from it in
 * one length, in the order of the lengths, the last one in all.
 */
export function withOpenLengths(
  [base, ...others]: readonly LoweredAt[],
  steps: Readonly<Record<string, number>>,
): GraphParts | null {
  const { graph, lengths } = base!;
  const counts = [lengths, ...others.map((other) => other.lengths)].map((each) =>
    Object.fromEntries(Object.entries(each).map(([axis, length]) => [axis, length / steps[axis]!])),
  );
  const graphs = [graph, ...others.map((other) => other.graph)];
  const symbols = symbolsOf(graph, lengths);
  const added = new ShapeNodes(symbols, steps);
  const replaced = new Map<string, string>();
  if (graphs.some(({ nodes }) => nodes.length !== graph.nodes.length)) return null;
  const constants = graphs.map(
    (each) => new Map(each.constants.map((constant) => [constant.name, constant] as const)),
  );
  const places = graphs.map(
    ({ nodes }) =>
      new Map(nodes.flatMap(({ outputs }, at) => outputs.map((name, k) => [name, `${at} ${k}`]))),
  );

  for (const [at, node] of graph.nodes.entries()) {
    const alike = graphs.map(({ nodes }) => nodes[at]!);
    if (alike.some((other) => !sameKind(node, other))) return null;
    for (const slot of node.inputs.keys()) {
      const names = alike.map(({ inputs }) => inputs[slot]!);
      const given = names.map((each, k) => constants[k]!.get(each));
      if (given.every((constant) => constant === undefined)) {
        const from = names.map((each, k) => places[k]!.get(each) ?? `input ${each}`);
        if (from.some((each) => each !== from[0])) return null;
        continue;
      }
      if (given.some((constant) => constant === undefined)) return null;
      const found = given as ConstantParts[];
      if (found.every((constant) => sameConstant(constant, found[0]!))) continue;
      const products = productsOf(found, counts);
      if (products === null) return null;
      const value = added.vector(products);
      // The same constant may stand for other lengths elsewhere.
      replaced.set(`${at} ${slot}`, value.name);
    }
  }

  const outputs: ValueParts[] = [];
  for (const [index, output] of graph.outputs.entries()) {
    const shape: (number | string)[] = [];
    for (const [dimension, length] of output.shape.entries()) {
      const values = graphs.map((each) => each.outputs[index]!.shape[dimension] as number);
      if (values.every((value) => value === length)) {
        shape.push(length);
        continue;
      }
      const product = productOf(values, counts);
      if (product === null) return null;
      shape.push(nameOf(product, steps));
    }
    outputs.push({ ...output, shape });
  }
  const nodes = graph.nodes.map((node, at) => ({
    ...node,
    inputs: node.inputs.map((name, slot) => replaced.get(`${at} ${slot}`) ?? name),
  }));
  const shapes = added.build();
  const all = [...shapes.nodes, ...nodes];
  const used = new Set(all.flatMap(({ inputs }) => inputs));
  return {
    ...graph,
    nodes: all,
    constants: [...graph.constants.filter(({ name }) => used.has(name)), ...shapes.constants],
    inputs: graph.inputs.map((input) => (input.name === symbols.input.name ? symbols.input : input)),
    outputs,
  };
}

type Symbols = { readonly input: ValueParts; readonly axes: Readonly<Record<string, number>> };

/** The input of pictures, the first one, with names where its lengths are open. */
function symbolsOf({ inputs }: GraphParts, lengths: Lengths): Symbols {
  const [input] = inputs;
  const axes: Record<string, number> = {};
  const shape = input!.shape.map((length, axis) => {
    const name = Object.keys(lengths).find((each) => lengths[each] === length && !(each in axes));
    if (name === undefined) return length;
    axes[name] = axis;
    return name;
  });
  return { input: { ...input!, shape }, axes };
}

function sameKind(a: NodeParts, b: NodeParts): boolean {
  return (
    a.op === b.op &&
    a.domain === b.domain &&
    a.inputs.length === b.inputs.length &&
    JSON.stringify(a.attributes) === JSON.stringify(b.attributes)
  );
}

function sameConstant(a: ConstantParts, b: ConstantParts): boolean {
  return (
    a.type === b.type &&
    JSON.stringify(a.shape) === JSON.stringify(b.shape) &&
    Buffer.compare(a.bytes, b.bytes) === 0
  );
}

/** What every number of a vector of whole numbers is, by the ones it has at each size. */
function productsOf(found: readonly ConstantParts[], counts: readonly Lengths[]): Product[] | null {
  const [first] = found;
  const alike = found.every(
    ({ type, shape }) => type === "int64" && shape.length === 1 && shape[0] === first!.shape[0],
  );
  if (!alike) return null;
  const vectors = found.map(({ bytes }) => Array.from(new BigInt64Array(bytes.slice().buffer), Number));
  const products = vectors[0]!.map((_, place) =>
    productOf(
      vectors.map((vector) => vector[place]!),
      counts,
    ),
  );
  return products.every((product) => product !== null) ? products : null;
}

function productOf(values: readonly number[], counts: readonly Lengths[]): Product | null {
  const names = Object.keys(counts[0]!);
  const axes = names.flatMap((name) => {
    const at = counts.findIndex((each) =>
      names.every((other) => (each[other] === counts[0]![other]) === (other !== name)),
    );
    const only = at === -1 ? counts.length - 1 : at;
    const ratio = (values[only]! / values[0]!) * (counts[0]![name]! / counts[only]![name]!);
    return Math.abs(ratio - 1) < 1e-9 ? [name] : [];
  });
  const over = (each: Lengths) => axes.reduce((product, name) => product * each[name]!, 1);
  const factor = values[0]! / over(counts[0]!);
  if (!Number.isInteger(factor)) return null;
  return values.every((value, at) => value === factor * over(counts[at]!)) ? { factor, axes } : null;
}

/** A length of an output, such as "height" or "height/8". */
function nameOf({ factor, axes }: Product, steps: Readonly<Record<string, number>>): string {
  const step = axes.reduce((product, axis) => product * steps[axis]!, 1);
  const names = axes.join("*");
  return factor === step ? names : factor > step ? `${factor / step}*${names}` : `${names}/${step / factor}`;
}

/** Nodes that compute shapes from the shape of the input. */
class ShapeNodes {
  readonly #graph = new GraphBuilder("shape");
  readonly #symbols: Symbols;
  readonly #steps: Readonly<Record<string, number>>;
  readonly #made: Value[] = [];

  constructor(symbols: Symbols, steps: Readonly<Record<string, number>>) {
    this.#symbols = symbols;
    this.#steps = steps;
  }

  vector(products: readonly Product[]): Value {
    const graph = this.#graph;
    const numbers = products.map(({ factor, axes }) =>
      axes.reduce<Value | null>(
        (value, axis) => {
          const count = this.#count(axis);
          return value === null ? count : graph.node("Mul", [value, count], [1]);
        },
        factor === 1 && axes.length > 0 ? null : graph.int64(factor),
      ),
    ) as Value[];
    const made =
      numbers.length === 1 ? numbers[0]! : graph.node("Concat", numbers, [numbers.length], { axis: 0 });
    this.#made.push(made);
    return made;
  }

  /** How many steps long the input is along an axis. */
  #count(name: string): Value {
    const graph = this.#graph;
    const { input, axes } = this.#symbols;
    const from: Value = { name: input.name, type: input.type, shape: [] };
    const start = axes[name]!;
    const length = graph.node("Shape", [from], [1], { start, end: start + 1 }, { type: "int64" });
    const step = this.#steps[name]!;
    return step === 1 ? length : graph.node("Div", [length, graph.int64(step)], [1]);
  }

  build(): Pick<GraphParts, "nodes" | "constants"> {
    // The names of what others read must stay.
    const outputs = this.#made.map((value) => ({ ...value, value }));
    const { nodes, constants } = this.#graph.build("", [
      ...new Map(outputs.map((one) => [one.name, one])).values(),
    ]);
    return { nodes, constants };
  }
}
