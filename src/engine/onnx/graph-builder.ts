// Collects ONNX nodes while a function is traced. The same node over the same inputs is made once (common
// subexpressions), and only what the outputs need is kept.

import {
  type Attribute,
  type ConstantParts,
  type GraphParts,
  type NodeParts,
  type OnnxType,
  ownDomain,
  type ValueParts,
} from "./model-proto.ts";

/** A value of the graph: what a node makes, a constant or an input. `shape` is as it lies in memory. */
export type Value = {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly number[];
};

export type ConstantData = Float32Array | Int32Array | BigInt64Array | Uint8Array;

export type NodeOptions = { readonly domain?: string; readonly type?: OnnxType };

/** `native` is the CPU through our own binding, with operators of our own (src/engine/native). */
export type GraphDevice = "cpu" | "native" | "gpu";

export class GraphBuilder {
  readonly #nodes = new Map<string, { readonly node: NodeParts; readonly values: readonly Value[] }>();
  readonly #producers = new Map<string, NodeParts>();
  readonly #values = new Map<string, Value>();
  readonly #constants = new Map<string, ConstantParts>();
  readonly #constantData = new Map<string, ConstantData>();
  readonly #inputs: ValueParts[] = [];
  readonly #prefix: string;
  /** What the graph will run on: kernels record the form that is there, and fast there. */
  readonly device: GraphDevice;
  readonly #around: GraphBuilder | null;

  /** `prefix` keeps the names of a loop's body apart from those of the graph around it, whose values it may use. */
  constructor(prefix = "", device: GraphDevice = "cpu", around: GraphBuilder | null = null) {
    this.#prefix = prefix;
    this.device = device;
    this.#around = around;
  }

  /** A graph input. A text in `shape` is a symbolic length, which the value itself must not depend on. */
  input(name: string, type: OnnxType, shape: readonly (number | string)[]): Value {
    this.#inputs.push({ name, type, shape });
    const lengths = shape.map((length) => (typeof length === "number" ? length : -1));
    return this.#known({ name, type, shape: lengths });
  }

  /** The same node over the same inputs and attributes gives the value that is already there. */
  node(
    op: string,
    inputs: readonly (Value | null)[],
    shape: readonly number[],
    attributes: Readonly<Record<string, Attribute>> = {},
    options: NodeOptions = {},
  ): Value {
    return this.nodes(op, inputs, [shape], attributes, options)[0]!;
  }

  /** A node with several outputs. */
  nodes(
    op: string,
    inputs: readonly (Value | null)[],
    shapes: readonly (readonly number[])[],
    attributes: Readonly<Record<string, Attribute>> = {},
    { domain = "", type = inputs[0]?.type ?? "float32" }: NodeOptions = {},
  ): readonly Value[] {
    const names = inputs.map((input) => input?.name ?? "");
    const key = Object.values(attributes).some(hasBody)
      ? `body ${this.#nodes.size}`
      : JSON.stringify([domain, op, type, names, attributes]);
    const known = this.#nodes.get(key);
    if (known) return known.values;
    const values = shapes.map((shape, index) => ({
      name: `${this.#prefix}${this.#nodes.size}.${index}`,
      type,
      shape,
    }));
    const node = { op, domain, inputs: names, outputs: values.map(({ name }) => name), attributes };
    this.#nodes.set(key, { node, values });
    for (const value of values) {
      this.#producers.set(value.name, node);
      this.#values.set(value.name, value);
    }
    return values;
  }

  constant(data: ConstantData, shape: readonly number[] = [data.length]): Value {
    const type = typeOf(data);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const key = `${type}:${shape.join(",")}:${Buffer.from(bytes).toString("base64")}`;
    let constant = this.#constants.get(key);
    if (!constant) {
      constant = { name: `${this.#prefix}c${this.#constants.size}`, type, shape, bytes: bytes.slice() };
      this.#constants.set(key, constant);
      this.#constantData.set(constant.name, data);
    }
    return this.#known({ name: constant.name, type, shape });
  }

  int64(...numbers: number[]): Value {
    return this.constant(BigInt64Array.from(numbers, BigInt));
  }

  /** The numbers of a constant; null for a value that is computed. */
  dataOf(value: Value): ConstantData | null {
    return this.#constantData.get(value.name) ?? this.#around?.dataOf(value) ?? null;
  }

  /** The value of this name, here or around. */
  valueOf(name: string): Value | null {
    return this.#values.get(name) ?? this.#around?.valueOf(name) ?? null;
  }

  /** ONNX Runtime knows the shapes that its own operators give; those of ours are told. */
  #valuesOfOwn(nodes: readonly NodeParts[], names: ReadonlyMap<string, string>): ValueParts[] {
    const own = nodes.filter(({ domain }) => domain === ownDomain).flatMap(({ outputs }) => outputs);
    return own.filter((name) => !names.has(name)).map((name) => this.#values.get(name)!);
  }

  #known(value: Value): Value {
    this.#values.set(value.name, value);
    return value;
  }

  /** The node that makes a value; null for inputs and constants. */
  producerOf(value: Value): NodeParts | null {
    return this.#producers.get(value.name) ?? null;
  }

  /** Changes a node whose results, as they were, nobody reads. It moves behind all that are there. */
  amend(node: NodeParts, change: Partial<Pick<NodeParts, "inputs" | "attributes">>): void {
    for (const [key, { node: one, values }] of this.#nodes) {
      if (one !== node) continue;
      const amended = { ...node, ...change };
      this.#nodes.delete(key);
      this.#nodes.set(`amended ${node.outputs[0]}`, { node: amended, values });
      for (const { name } of values) this.#producers.set(name, amended);
      return;
    }
  }

  /** The value that `op` over `inputs` made, where it was made already. */
  find(op: string, inputs: readonly Value[]): Value | null {
    const key = JSON.stringify(["", op, inputs[0]?.type, inputs.map(({ name }) => name), {}]);
    return this.#nodes.get(key)?.values[0] ?? null;
  }

  /** The graph that computes `outputs`; `outputs` gives each its name. */
  build(name: string, outputs: readonly (ValueParts & { readonly value: Value })[]): GraphParts {
    const needed = new Set<NodeParts>();
    const used = new Set<string>();
    const pending = outputs.map(({ value }) => value.name);
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      used.add(next);
      const node = this.#producers.get(next);
      if (!node || needed.has(node)) continue;
      needed.add(node);
      pending.push(...node.inputs.filter((input) => input !== ""), ...namesIn(node.attributes));
    }
    // What a node makes gets the output's name; what an input or a constant is, or is an output already, is copied.
    const names = new Map<string, string>();
    const copies: NodeParts[] = [];
    for (const { name, value } of outputs) {
      if (this.#producers.has(value.name) && !names.has(value.name)) names.set(value.name, name);
      else copies.push({ op: "Identity", domain: "", inputs: [value.name], outputs: [name], attributes: {} });
    }
    const rename = (node: NodeParts): NodeParts => ({
      ...node,
      inputs: node.inputs.map((input) => names.get(input) ?? input),
      outputs: node.outputs.map((output) => names.get(output) ?? output),
      attributes: inBodies(node.attributes, (body) => ({ ...body, nodes: body.nodes.map(rename) })),
    });
    const nodes = [...this.#nodes.values()].map(({ node }) => node).filter((node) => needed.has(node));
    const kept = [...nodes, ...copies].map(rename);
    return {
      name,
      nodes: kept,
      values: this.#valuesOfOwn(nodes, names),
      constants: [...this.#constants.values()].filter((constant) => used.has(constant.name)),
      inputs: this.#inputs,
      outputs: outputs.map(({ name, type, shape }) => ({ name, type, shape })),
    };
  }
}

type Attributes = Readonly<Record<string, Attribute>>;

/** Names that the bodies of loops take from the graphs around them, among others. */
function namesIn(attributes: Attributes): string[] {
  return Object.values(attributes).flatMap((attribute) =>
    hasBody(attribute)
      ? attribute.graph.nodes.flatMap((node) => [...node.inputs, ...namesIn(node.attributes)])
      : [],
  );
}

function inBodies(attributes: Attributes, change: (body: GraphParts) => GraphParts): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [
      name,
      hasBody(attribute) ? { graph: change(attribute.graph) } : attribute,
    ]),
  );
}

function hasBody(attribute: Attribute): attribute is { readonly graph: GraphParts } {
  return typeof attribute === "object" && "graph" in attribute;
}

function typeOf(data: ConstantData): OnnxType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Int32Array) return "int32";
  if (data instanceof BigInt64Array) return "int64";
  return "uint8";
}
