// The part of the ONNX file format (onnx.proto, IR version 10) that a traced graph needs, encoded by protobufjs.

import protobuf from "protobufjs/light.js";

/** ONNX element types by their TensorProto.DataType number. */
export const elementTypes = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 } as const;
export type OnnxType = keyof typeof elementTypes;

export type Attribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly graph: GraphParts };

export type NodeParts = {
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
};

export type ValueParts = {
  readonly name: string;
  readonly type: OnnxType;
  /** A text is a symbolic length. */
  readonly shape: readonly (number | string)[];
};

export type ConstantParts = {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
};

export type GraphParts = {
  readonly name: string;
  readonly nodes: readonly NodeParts[];
  readonly constants: readonly ConstantParts[];
  readonly inputs: readonly ValueParts[];
  readonly outputs: readonly ValueParts[];
  /** Types and shapes of values inside, where they do not follow from the nodes. */
  readonly values?: readonly ValueParts[];
};

/** The operators of native/, which only our own binding has. */
export const ownDomain = "hueristic";

const field = (id: number, type: string, rule?: "repeated") =>
  rule === undefined ? { id, type } : { id, type, rule };

const root = protobuf.Root.fromJSON({
  nested: {
    ModelProto: {
      fields: {
        irVersion: field(1, "int64"),
        producerName: field(2, "string"),
        producerVersion: field(3, "string"),
        graph: field(7, "GraphProto"),
        opsetImport: field(8, "OperatorSetIdProto", "repeated"),
        metadataProps: field(14, "StringStringEntryProto", "repeated"),
      },
    },
    StringStringEntryProto: { fields: { key: field(1, "string"), value: field(2, "string") } },
    OperatorSetIdProto: { fields: { domain: field(1, "string"), version: field(2, "int64") } },
    GraphProto: {
      fields: {
        node: field(1, "NodeProto", "repeated"),
        name: field(2, "string"),
        initializer: field(5, "TensorProto", "repeated"),
        input: field(11, "ValueInfoProto", "repeated"),
        output: field(12, "ValueInfoProto", "repeated"),
        valueInfo: field(13, "ValueInfoProto", "repeated"),
      },
    },
    NodeProto: {
      fields: {
        input: field(1, "string", "repeated"),
        output: field(2, "string", "repeated"),
        name: field(3, "string"),
        opType: field(4, "string"),
        attribute: field(5, "AttributeProto", "repeated"),
        domain: field(7, "string"),
      },
    },
    AttributeProto: {
      fields: {
        name: field(1, "string"),
        f: field(2, "float"),
        i: field(3, "int64"),
        s: field(4, "bytes"),
        g: field(6, "GraphProto"),
        ints: field(8, "int64", "repeated"),
        type: field(20, "int32"),
      },
    },
    TensorProto: {
      fields: {
        dims: field(1, "int64", "repeated"),
        dataType: field(2, "int32"),
        name: field(8, "string"),
        rawData: field(9, "bytes"),
      },
    },
    ValueInfoProto: { fields: { name: field(1, "string"), type: field(2, "TypeProto") } },
    TypeProto: { fields: { tensorType: field(1, "TensorTypeProto") } },
    TensorTypeProto: { fields: { elemType: field(1, "int32"), shape: field(2, "TensorShapeProto") } },
    TensorShapeProto: { fields: { dim: field(1, "DimensionProto", "repeated") } },
    DimensionProto: { fields: { dimValue: field(1, "int64"), dimParam: field(2, "string") } },
  },
});

const modelType = root.lookupType("ModelProto");

/** The operator sets that our nodes come from: ONNX's own, ONNX Runtime's fused and its blocked-layout ones. */
const operatorSets = [
  { domain: "", version: 21 },
  { domain: "com.microsoft", version: 1 },
  { domain: "com.microsoft.nchwc", version: 1 },
];

/** A complete model file. */
export function encodeModel(graph: GraphParts): Uint8Array {
  return modelType
    .encode({
      irVersion: 10,
      producerName: "hueristic",
      opsetImport: hasOwn(graph) ? [...operatorSets, { domain: ownDomain, version: 1 }] : operatorSets,
      graph: graphMessage(graph),
    })
    .finish();
}

/** The operator set of files for other programs: older than our own graphs', so that older programs read them. */
export const standaloneOpset = 18;

/** A model file of ONNX's own operators alone, with what is said about it. */
export function encodeStandalone(
  graph: GraphParts,
  version: string,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  return modelType
    .encode({
      irVersion: 8,
      producerName: "hueristic",
      producerVersion: version,
      opsetImport: [{ domain: "", version: standaloneOpset }],
      graph: graphMessage(graph),
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    })
    .finish();
}

function hasOwn({ nodes }: GraphParts): boolean {
  return nodes.some(
    ({ domain, attributes }) =>
      domain === ownDomain ||
      Object.values(attributes).some((one) => typeof one === "object" && "graph" in one && hasOwn(one.graph)),
  );
}

/** By which sessions know the node at place `index` of its graph. */
export function nodeName({ op }: NodeParts, index: number): string {
  return `${op}_${index}`;
}

function graphMessage(graph: GraphParts): object {
  return {
    name: graph.name,
    node: graph.nodes.map((node, index) => ({
      input: node.inputs,
      output: node.outputs,
      name: nodeName(node, index),
      opType: node.op,
      domain: node.domain,
      attribute: Object.entries(node.attributes).map(([name, value]) => attributeMessage(name, value)),
    })),
    initializer: graph.constants.map((constant) => ({
      dims: constant.shape,
      dataType: elementTypes[constant.type],
      name: constant.name,
      rawData: constant.bytes,
    })),
    input: graph.inputs.map(valueMessage),
    output: graph.outputs.map(valueMessage),
    valueInfo: (graph.values ?? []).map(valueMessage),
  };
}

function attributeMessage(name: string, value: Attribute): object {
  if (typeof value === "number") return { name, type: 2, i: value };
  if (typeof value === "string") return { name, type: 3, s: Buffer.from(value) };
  if ("float" in value) return { name, type: 1, f: value.float };
  if ("graph" in value) return { name, type: 5, g: graphMessage(value.graph) };
  return { name, type: 7, ints: value };
}

function valueMessage(value: ValueParts): object {
  const dim = value.shape.map((length) =>
    typeof length === "number" ? { dimValue: length } : { dimParam: length },
  );
  return {
    name: value.name,
    type: { tensorType: { elemType: elementTypes[value.type], shape: { dim } } },
  };
}
