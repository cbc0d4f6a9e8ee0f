// A function and its state as one ONNX graph for other programs: weights are constants, operators are ONNX's own, and
// batch, height and width stay open where the graph is the same for all of them (open-lengths.ts).

import { type State, sizeOf, type TensorFunction, type TensorSpecs } from "../../../training-step.ts";
import { mapSpecs, specsOf } from "../../engine.ts";
import { decomposed } from "../../trace/passes.ts";
import { recordFunction } from "../../trace/record.ts";
import { GraphBuilder } from "../graph-builder.ts";
import { defineInputs, defineState, physical } from "../layout.ts";
import { Lowering, plain } from "../lowering.ts";
import { elementTypes, type GraphParts } from "../model-proto.ts";
import { rules } from "../rules/rules.ts";
import { inGraph } from "../state-tensors.ts";
import { type Lengths, withOpenLengths } from "./open-lengths.ts";

/** How many pictures, and their sides in units of `step`; all pixels are its multiples. */
export type PictureLengths = { readonly batch: number; readonly height: number; readonly width: number };

export type Standalone = {
  readonly call: TensorFunction;
  readonly state: State;
  /** The one input, of pictures of this size. */
  inputs(lengths: PictureLengths): TensorSpecs;
  /** Outputs that are whole numbers from 0 to 255. */
  readonly bytes: readonly string[];
  /** Height and width are multiples of this. */
  readonly step: number;
};

/** Primes, so that no length of a map is another one by chance, and none is 1. */
const traced = { batch: 7, height: 11, width: 13 };
const others: readonly PictureLengths[] = [
  { ...traced, batch: 5 },
  { ...traced, height: 17 },
  { ...traced, width: 19 },
  { batch: 3, height: 23, width: 29 },
];

/** For any number of pictures of any size; null where the graph hangs on the size. */
export function lowerForAllSizes(function_: Standalone): GraphParts | null {
  const { step } = function_;
  const pixels = ({ batch, height, width }: PictureLengths) => ({
    batch,
    height: height * step,
    width: width * step,
  });
  const lengths = { batch: "batch", height: "height", width: "width" };
  return open(function_, lengths, [traced, ...others].map(pixels));
}

/** For any number of pictures of one size; null where the graph hangs on their number. */
export function lowerForAnyBatch(function_: Standalone, height: number, width: number): GraphParts | null {
  return open(
    function_,
    { batch: "batch" },
    [7, 5, 3].map((batch) => ({ batch, height, width })),
  );
}

/** For one picture of one size. */
export function lowerForOne(function_: Standalone, height: number, width: number): GraphParts {
  return withWeights(lowerAt(function_, { batch: 1, height, width }), function_.state);
}

function open(
  function_: Standalone,
  names: Readonly<Partial<Record<keyof PictureLengths, string>>>,
  sizes: readonly PictureLengths[],
): GraphParts | null {
  const lowered: { graph: GraphParts; lengths: Lengths }[] = [];
  for (const size of sizes) {
    const graph = lowerAt(function_, size);
    const lengths = Object.fromEntries(
      Object.entries(names).map(([axis, name]) => [name, size[axis as keyof PictureLengths]]),
    );
    lowered.push({ graph, lengths });
  }
  const steps = Object.fromEntries(
    Object.values(names).map((name) => [name, name === "batch" ? 1 : function_.step]),
  );
  const graph = withOpenLengths(lowered, steps);
  return graph && withWeights(graph, function_.state);
}

function lowerAt({ call, state, inputs: inputsAt, bytes }: Standalone, lengths: PictureLengths): GraphParts {
  const stateSpecs = specsOf(state);
  const inputSpecs = inputsAt(lengths);
  const trace = decomposed(recordFunction(call, stateSpecs, inputSpecs));
  // The form for GPUs has ONNX's own operators only, and the same ones for maps of all sizes.
  const graph = new GraphBuilder("", "gpu");
  const lowering = new Lowering(graph, trace, rules);
  const inputs = mapSpecs(inputSpecs, ({ shape, dtype }, name) => {
    const given = graph.input(name, dtype, shape);
    // Where lengths are open, what they are multiples of stands in its shape: others are an error, not a cropped picture.
    return graph.node("Reshape", [given, graph.int64(...shape)], shape);
  });
  const weights = mapSpecs(stateSpecs, (spec, name) => graph.input(name, "float32", physical(spec)));
  defineState(lowering, trace.inputs.state!, weights, stateSpecs);
  for (const [name, spec] of Object.entries(inputSpecs)) {
    const id = trace.inputs.inputs![name]!;
    if (spec.dtype === "float32") lowering.define(id, inputs[name]!, plain(spec.shape.length));
    else defineInputs(lowering, graph, { [name]: id }, inputs, { [name]: spec });
  }
  lowering.lower(trace.nodes);
  const outputs = Object.entries(trace.outputs.outputs!).map(([name, id]) => {
    const value = lowering.plainValue(lowering.lowered(id));
    const given = bytes.includes(name)
      ? graph.node("Cast", [value], value.shape, { to: elementTypes.uint8 }, { type: "uint8" })
      : value;
    return { name, type: given.type, shape: given.shape, value: given };
  });
  return graph.build("hueristic", outputs);
}

/** The state's inputs become constants. */
function withWeights(graph: GraphParts, state: State): GraphParts {
  const used = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  const weights = Object.entries(state)
    .filter(([name]) => used.has(name))
    .map(([name, tensor]) => {
      const { data, dims } = inGraph(tensor);
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      return { name, type: "float32" as const, shape: dims, bytes };
    });
  return {
    ...graph,
    inputs: graph.inputs.filter(({ name }) => !(name in state)),
    constants: [...graph.constants, ...weights],
  };
}

/** Bytes of a state's numbers. */
export function stateBytes(state: State): number {
  return Object.values(state).reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
}
