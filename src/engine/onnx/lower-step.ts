// Training steps as ONNX graphs: several in a Loop, or one.

import type { StepFunction, StepSpecs, TensorSpecs } from "../../training-step.ts";
import { mapSpecs } from "../engine.ts";
import { decomposed } from "../trace/passes.ts";
import { recordStep, scalarSpecs } from "../trace/record.ts";
import type { Trace } from "../trace/trace.ts";
import { GraphBuilder, type GraphDevice, type Value } from "./graph-builder.ts";
import { defineInputs, defineState, output, physical, stateOrder } from "./layout.ts";
import { Lowering } from "./lowering.ts";
import { nativeRules } from "./rules/native.ts";
import { lengthsLast } from "./rules/native-updates.ts";
import { rules } from "./rules/rules.ts";
import { updatedInPlace } from "./updated-in-place.ts";

/**
 * Several training steps as one graph: the body of an ONNX Loop. Inputs: "count" (int64 scalar), every state tensor
 * under its name, "batch/…", "noise/…" and "hyper/…" stacked along a first dimension of any length. Outputs: the
 * state under its names and "loss/…" of shape [count].
 */
export function lowerSteps(
  step: StepFunction,
  stateSpecs: TensorSpecs,
  specs: StepSpecs,
  device: GraphDevice = "cpu",
) {
  const trace = decomposed(recordStep(step, stateSpecs, specs, { loops: device !== "gpu" }));
  const outer = new GraphBuilder("o", device);
  const count = outer.input("count", "int64", []);
  const stateIn = mapSpecs(stateSpecs, (spec, name) => outer.input(name, "float32", physical(spec)));
  const stacked = (group: string, groupSpecs: TensorSpecs) =>
    mapSpecs(groupSpecs, ({ shape, dtype }, name) =>
      outer.input(`${group}/${name}`, dtype, ["steps", ...shape]),
    );
  const hyperSpecs = scalarSpecs(specs.hyper);
  const batch = stacked("batch", specs.batch);
  const noise = stacked("noise", specs.noise);
  const hyper = stacked("hyper", hyperSpecs);

  const body = new GraphBuilder("b", device, outer);
  const iteration = body.input("iteration", "int64", []);
  const condition = body.input("condition", "bool", []);
  const carried = mapSpecs(stateSpecs, (spec, name) =>
    body.input(`carried/${name}`, "float32", physical(spec)),
  );
  const current = (values: Values, groupSpecs: TensorSpecs) =>
    mapSpecs(groupSpecs, ({ shape }, name) =>
      body.node("Gather", [values[name]!, iteration], shape, { axis: 0 }),
    );
  const { nextState, losses } = lowerInto(body, trace, stateSpecs, {
    state: carried,
    batch: [current(batch, specs.batch), specs.batch],
    noise: [current(noise, specs.noise), specs.noise],
    hyper: [current(hyper, hyperSpecs), hyperSpecs],
  });
  const lossNames = Object.keys(losses);
  const bodyGraph = body.build("step", [
    { name: "condition/next", type: "bool", shape: [], value: condition },
    ...Object.entries(nextState).map(([name, value]) => output(`next/${name}`, value)),
    ...Object.entries(losses).map(([name, value]) => output(`body/${name}`, value)),
  ]);
  const finals = outer.nodes(
    "Loop",
    [count, null, ...Object.values(stateIn)],
    [...Object.values(stateSpecs).map(physical), ...lossNames.map(() => [-1])],
    { body: { graph: bodyGraph } },
    { type: "float32" },
  );
  const names = Object.keys(stateSpecs);
  const graph = outer.build("steps", [
    ...names.map((name, index) => output(`${name}/next`, finals[index]!)),
    ...lossNames.map((name, index) => ({
      name: `loss/${name}`,
      type: "float32" as const,
      shape: ["steps"],
      value: finals[names.length + index]!,
    })),
  ]);
  return { graph, lossNames };
}

/**
 * One training step as one graph, for providers that keep the state on their device and would run a Loop on the CPU, and
 * for our own binding, which changes the state in place.
 * Inputs: every state tensor under its name, "batch/…", "noise/…" and "hyper/…" of one step. Outputs: the state as
 * "<name>/next" and all losses as one vector "losses", in the order of `lossNames`.
 */
export function lowerOneStep(
  step: StepFunction,
  stateSpecs: TensorSpecs,
  specs: StepSpecs,
  device: GraphDevice,
) {
  const recorded = recordStep(step, stateSpecs, specs, { loops: device !== "gpu" });
  const trace = lengthsLast(decomposed(recorded, (name) => device === "native" && name in nativeRules));
  const graph = new GraphBuilder("", device);
  const state = mapSpecs(stateSpecs, (spec, name) => graph.input(name, "float32", physical(spec)));
  const hyperSpecs = scalarSpecs(specs.hyper);
  const inputs = (group: string, groupSpecs: TensorSpecs) =>
    mapSpecs(groupSpecs, ({ shape, dtype }, name) => graph.input(`${group}/${name}`, dtype, shape));
  const { nextState, losses } = lowerInto(graph, trace, stateSpecs, {
    state,
    batch: [inputs("batch", specs.batch), specs.batch],
    noise: [inputs("noise", specs.noise), specs.noise],
    hyper: [inputs("hyper", hyperSpecs), hyperSpecs],
  });
  const lossNames = Object.keys(losses);
  const single = Object.values(losses).map((loss) => graph.node("Reshape", [loss, graph.int64(1)], [1]));
  // A step of a test may have no loss.
  const vector =
    single.length > 0
      ? graph.node("Concat", single, [single.length], { axis: 0 })
      : graph.constant(Float32Array.of(0));
  const outputs = [
    ...Object.entries(nextState).map(([name, value]) => output(`${name}/next`, value)),
    output("losses", vector),
  ];
  const built = graph.build("step", outputs);
  return {
    graph: device === "native" ? updatedInPlace(built, graph, Object.keys(stateSpecs)) : built,
    lossNames,
  };
}

type Values = Readonly<Record<string, Value>>;
type Group = readonly [values: Values, specs: TensorSpecs];

/** Lowers a step into `graph`: the new state as it lies in graphs, and the losses. */
function lowerInto(
  graph: GraphBuilder,
  trace: Trace,
  stateSpecs: TensorSpecs,
  given: { readonly state: Values; readonly batch: Group; readonly noise: Group; readonly hyper: Group },
): { readonly nextState: Values; readonly losses: Values } {
  const lowering = new Lowering(graph, trace, graph.device === "native" ? nativeRules : rules);
  defineState(lowering, trace.inputs.state!, given.state, stateSpecs);
  for (const group of ["batch", "noise", "hyper"] as const) {
    defineInputs(lowering, graph, trace.inputs[group]!, ...given[group]);
  }
  lowering.lower(trace.nodes);
  const losses = Object.entries(trace.outputs.losses!);
  return {
    nextState: mapSpecs(stateSpecs, ({ shape }, name) =>
      lowering.valueIn(lowering.lowered(trace.outputs.state![name]!), stateOrder(shape)),
    ),
    losses: Object.fromEntries(losses.map(([name, id]) => [name, lowering.plainValue(lowering.lowered(id))])),
  };
}
