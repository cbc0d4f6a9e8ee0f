// A traced function as plain data: TensorFlow.js kernels over numbered values. Engines lower it to what they run.

export type TraceType = "float32" | "int32" | "bool";

/** What a number of the trace stands for: an input, what a node makes, a constant, or one number everywhere. */
export type TraceValue = {
  /** As TensorFlow.js sees it: images are [N, H, W, C], kernels [h, w, in, out]. */
  readonly shape: readonly number[];
  readonly dtype: TraceType;
  /** The number that every element is; costs nothing. */
  readonly uniform?: number;
  /** The numbers of a constant. */
  readonly data?: Float32Array | Int32Array;
};

export type TraceAttribute = number | boolean | string | readonly number[] | readonly (readonly number[])[];
export type TraceAttributes = Readonly<Record<string, TraceAttribute>>;

export type TraceNode = {
  /** A TensorFlow.js kernel, a composite, or `sumOverParts`. */
  readonly op: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly attributes: TraceAttributes;
  /** What a composite stands for, over the inputs of its node; what `sumOverParts` repeats, over parameters. */
  readonly body?: TraceBody;
};

export type TraceBody = {
  /** Of a loop: the part of each input that one turn sees. */
  readonly parameters: readonly number[];
  /** May use values from around. */
  readonly nodes: readonly TraceNode[];
  readonly outputs: readonly number[];
};

/** A batch in `parts` parts, one after another: each output is the sum over the parts of what the body gives. */
export const sumOverParts = "SumOverParts";

/** Values by name. */
export type Named = Readonly<Record<string, number>>;

export type Trace = {
  readonly values: readonly TraceValue[];
  readonly nodes: readonly TraceNode[];
  /** By group and name: `state`, `batch`, `noise` and `hyper` of a step, `state` and `inputs` of a function. */
  readonly inputs: Readonly<Record<string, Named>>;
  /** `state` and `losses` of a step, `outputs` of a function. */
  readonly outputs: Readonly<Record<string, Named>>;
};

/** All values that a node reads, those that its loop's body takes from around among them. */
export function readBy(node: TraceNode): readonly number[] {
  return node.op === sumOverParts ? [...node.inputs, ...takenFromAround(node.body!)] : node.inputs;
}

function takenFromAround({ parameters, nodes, outputs }: TraceBody): number[] {
  const own = new Set([...parameters, ...nodes.flatMap((node) => node.outputs)]);
  return [...nodes.flatMap(readBy), ...outputs].filter((value) => !own.has(value));
}

/** What makes two nodes the same: the same op over the same values. */
export function nodeKey(op: string, inputs: readonly number[], attributes: TraceAttributes): string {
  return keyOf([op, inputs, attributes]);
}

/** As text, by which data is told apart. JSON alone takes NaN and infinities for null, and -0 for 0. */
export function keyOf(data: unknown): string {
  return JSON.stringify(data, (_, value) => {
    if (typeof value !== "number" || (Number.isFinite(value) && !Object.is(value, -0))) return value;
    return Object.is(value, -0) ? "-0" : String(value);
  });
}
