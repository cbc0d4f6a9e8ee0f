// A function without state of its own as an ONNX graph.

import type { TensorFunction, TensorSpecs } from "../../training-step.ts";
import { mapSpecs } from "../engine.ts";
import { decomposed } from "../trace/passes.ts";
import { recordFunction } from "../trace/record.ts";
import { GraphBuilder, type GraphDevice } from "./graph-builder.ts";
import { defineInputs, defineState, output, physical } from "./layout.ts";
import { Lowering } from "./lowering.ts";
import type { GraphParts } from "./model-proto.ts";
import { nativeRules } from "./rules/native.ts";
import { rules } from "./rules/rules.ts";

/** Inputs by their names; outputs as "output/…", laid out as TensorFlow.js sees them. */
export function lowerFunction(
  call: TensorFunction,
  stateSpecs: TensorSpecs,
  inputSpecs: TensorSpecs,
  device: GraphDevice = "cpu",
): GraphParts {
  const trace = decomposed(
    recordFunction(call, stateSpecs, inputSpecs, { loops: device !== "gpu" }),
    (name) => device === "native" && name in nativeRules,
  );
  const graph = new GraphBuilder("", device);
  const lowering = new Lowering(graph, trace, device === "native" ? nativeRules : rules);
  const state = mapSpecs(stateSpecs, (spec, name) => graph.input(name, "float32", physical(spec)));
  const inputs = mapSpecs(inputSpecs, ({ shape, dtype }, name) => graph.input(name, dtype, shape));
  defineState(lowering, trace.inputs.state!, state, stateSpecs);
  defineInputs(lowering, graph, trace.inputs.inputs!, inputs, inputSpecs);
  lowering.lower(trace.nodes);
  const outputs = Object.entries(trace.outputs.outputs!).map(([name, id]) =>
    output(`output/${name}`, lowering.plainValue(lowering.lowered(id))),
  );
  return graph.build("function", outputs);
}
