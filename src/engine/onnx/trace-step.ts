// Records training steps as ONNX graphs: several in a Loop, or one.

import type { StepFunction, StepSpecs, TensorSpecs } from "../../training-step.ts";
import { GraphBuilder, type GraphDevice, type Value } from "./graph-builder.ts";
import { mapSpecs, openTrace, output, physical, readInputs, readState, scoped, stateOrder } from "./trace.ts";
import type { TraceBackend } from "./trace-backend.ts";

/**
 * Several training steps as one graph: the body of an ONNX Loop. Inputs: "count" (int64 scalar), every state tensor
 * under its name, "batch/…", "noise/…" and "hyper/…" stacked along a first dimension of any length. Outputs: the
 * state under its names and "loss/…" of shape [count].
 */
export function traceStep(
  step: StepFunction,
  stateSpecs: TensorSpecs,
  specs: StepSpecs,
  device: GraphDevice = "cpu",
) {
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
  const current = (values: Readonly<Record<string, Value>>, groupSpecs: TensorSpecs) =>
    mapSpecs(groupSpecs, ({ shape }, name) =>
      body.node("Gather", [values[name]!, iteration], shape, { axis: 0 }),
    );

  const { backend, close } = openTrace();
  try {
    const { nextState, losses } = recordStep(backend, body, step, stateSpecs, {
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
  } finally {
    close();
  }
}

/**
 * One training step as one graph, for providers that keep the state on their device and would run a Loop on the CPU.
 * Inputs: every state tensor under its name, "batch/…", "noise/…" and "hyper/…" of one step. Outputs: the state as
 * "<name>/next" and all losses as one vector "losses", in the order of `lossNames`.
 */
export function traceOneStep(
  step: StepFunction,
  stateSpecs: TensorSpecs,
  specs: StepSpecs,
  device: GraphDevice,
) {
  const graph = new GraphBuilder("", device);
  const state = mapSpecs(stateSpecs, (spec, name) => graph.input(name, "float32", physical(spec)));
  const hyperSpecs = scalarSpecs(specs.hyper);
  const inputs = (group: string, groupSpecs: TensorSpecs) =>
    mapSpecs(groupSpecs, ({ shape, dtype }, name) => graph.input(`${group}/${name}`, dtype, shape));
  const { backend, close } = openTrace();
  try {
    const { nextState, losses } = recordStep(backend, graph, step, stateSpecs, {
      state,
      batch: [inputs("batch", specs.batch), specs.batch],
      noise: [inputs("noise", specs.noise), specs.noise],
      hyper: [inputs("hyper", hyperSpecs), hyperSpecs],
    });
    const lossNames = Object.keys(losses);
    const single = Object.values(losses).map((loss) => graph.node("Reshape", [loss, graph.int64(1)], [1]));
    const vector = graph.node("Concat", single, [single.length], { axis: 0 });
    const outputs = [
      ...Object.entries(nextState).map(([name, value]) => output(`${name}/next`, value)),
      output("losses", vector),
    ];
    return { graph: graph.build("step", outputs), lossNames };
  } finally {
    close();
  }
}

type Values = Readonly<Record<string, Value>>;
type Group = readonly [values: Values, specs: TensorSpecs];

/** Records the step into `graph`: the new state as it lies in graphs, and the losses. */
function recordStep(
  backend: TraceBackend,
  graph: GraphBuilder,
  step: StepFunction,
  stateSpecs: TensorSpecs,
  inputs: { readonly state: Values; readonly batch: Group; readonly noise: Group; readonly hyper: Group },
): { readonly nextState: Values; readonly losses: Values } {
  const read = ([values, groupSpecs]: Group) => readInputs(backend, graph, values, groupSpecs);
  return backend.record(graph, () =>
    scoped(() => {
      const result = step(
        readState(backend, inputs.state, stateSpecs),
        read(inputs.batch),
        read(inputs.noise),
        read(inputs.hyper),
      );
      return {
        nextState: mapSpecs(stateSpecs, (spec, name) => {
          const tensor = result.state[name];
          if (!tensor) throw new Error(`the step returned no new state for ${name}`);
          return backend.valueIn(backend.traced(tensor), stateOrder(spec.shape));
        }),
        losses: Object.fromEntries(
          Object.entries(result.losses).map(([name, tensor]) => [
            name,
            backend.plainValue(backend.traced(tensor)),
          ]),
        ),
      };
    }),
  );
}

export function scalarSpecs(names: readonly string[]): TensorSpecs {
  return Object.fromEntries(names.map((name) => [name, { shape: [], dtype: "float32" as const }]));
}
