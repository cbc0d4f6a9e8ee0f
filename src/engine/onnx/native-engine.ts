// The traced engine on the CPU through our own binding: one graph is one step, the state is changed in place, and nothing is
// copied from step to step.

import type { State, StepFunction, StepSpecs, TensorFunction, TensorSpecs } from "../../training-step.ts";
import { sizeOf } from "../../training-step.ts";
import {
  type CompiledFunction,
  type CompiledStep,
  type Engine,
  type EngineState,
  oneByOne,
} from "../engine.ts";
import type { NativeArray } from "../native/addon.ts";
import { createNativeSession, type NativeSession } from "../native/native-session.ts";
import { lowerFunction } from "./lower-function.ts";
import { lowerOneStep } from "./lower-step.ts";
import { encodeModel, type GraphParts } from "./model-proto.ts";
import { expectLength, namedInputs } from "./resident-step.ts";
import { engineName, inGraph, outOfGraph } from "./state-tensors.ts";

type Arrays = Readonly<Record<string, Float32Array>>;
/** Numbers as they lie in graphs. */
type NativeTensor = { readonly data: Float32Array; readonly dims: readonly number[] };

export function createNativeEngine(
  description: Pick<Engine, "name" | "device" | "version">,
  threads: number,
): Engine {
  const createSession = (graph: GraphParts) => createNativeSession(encodeModel(graph), { threads });
  return {
    ...description,
    importState(state, { take = false } = {}) {
      const tensors: Record<string, NativeTensor> = {};
      for (const [name, tensor] of oneByOne(state, take)) {
        const { data, dims } = inGraph(tensor);
        // A training will change it.
        tensors[name] = { data: data === tensor.data ? data.slice() : data, dims };
      }
      return { engine: engineName, tensors };
    },
    async exportState(state) {
      const exported: Record<string, State[string]> = {};
      for (const [name, { data, dims }] of Object.entries(tensorsIn(state))) {
        const tensor = outOfGraph(data, dims);
        exported[name] = tensor.data === data ? { ...tensor, data: data.slice() } : tensor;
      }
      return exported;
    },
    release() {},
    compileStep: (step, stateSpecs, specs) => compileStep(createSession, step, stateSpecs, specs),
    compile: (call, stateSpecs, inputSpecs) => compile(createSession, call, stateSpecs, inputSpecs),
  };
}

type CreateSession = (graph: GraphParts) => Promise<NativeSession>;

async function compileStep(
  createSession: CreateSession,
  step: StepFunction,
  stateSpecs: TensorSpecs,
  specs: StepSpecs,
): Promise<CompiledStep> {
  const { graph, lossNames } = lowerOneStep(step, stateSpecs, specs, "native");
  const session = await createSession(graph);
  const [width] = graph.outputs.find(({ name }) => name === "losses")!.shape as [number];
  return {
    async run(state, count, inputs) {
      const stacked: Record<string, NativeArray> = {};
      for (const [key, name, { shape }, array] of namedInputs(specs, inputs)) {
        stacked[key] = expectLength(array, [count, ...shape], name);
      }
      const tensors = takenFrom(state, Object.keys(stateSpecs));
      const losses = new Float32Array(count * width);
      await session.runSteps(count, arraysOf(tensors), stacked, losses);
      const lossOf = (place: number) =>
        Float32Array.from({ length: count }, (_, index) => losses[index * width + place]!);
      return {
        state: { engine: engineName, tensors },
        losses: Object.fromEntries(lossNames.map((name, place) => [name, lossOf(place)])),
      };
    },
    close: async () => session.close(),
  };
}

async function compile(
  createSession: CreateSession,
  call: TensorFunction,
  stateSpecs: TensorSpecs,
  inputSpecs: TensorSpecs,
): Promise<CompiledFunction> {
  const session = await createSession(lowerFunction(call, stateSpecs, inputSpecs, "native"));
  return {
    async run(state, inputs) {
      const known = tensorsIn(state);
      const given: Record<string, NativeArray> = {};
      for (const name of Object.keys(stateSpecs)) given[name] = known[name]!.data;
      for (const [name, { shape }] of Object.entries(inputSpecs)) {
        given[name] = expectLength(inputs[name], shape, name);
      }
      const outputs = Object.fromEntries(
        session.outputs.map(({ name, dims }) => [name, new Float32Array(sizeOf(dims))]),
      );
      await session.run(given, outputs);
      return Object.fromEntries(
        Object.entries(outputs).map(([name, data]) => [name.replace(/^output\//, ""), data]),
      );
    },
    close: async () => session.close(),
  };
}

/** States whose numbers a step has changed. */
const taken = new WeakSet<EngineState>();

function tensorsIn(state: EngineState): Readonly<Record<string, NativeTensor>> {
  if (state.engine !== engineName)
    throw new Error(`a state of the ${state.engine} engine reached ${engineName}`);
  if (taken.has(state)) throw new Error("a step has changed this state in place: what it returned goes on");
  return state.tensors as Readonly<Record<string, NativeTensor>>;
}

/** The tensors of a state that from now on is another's. */
function takenFrom(state: EngineState, names: readonly string[]): Readonly<Record<string, NativeTensor>> {
  const known = tensorsIn(state);
  const tensors = Object.fromEntries(names.map((name) => [name, known[name]!]));
  taken.add(state);
  return tensors;
}

function arraysOf(tensors: Readonly<Record<string, NativeTensor>>): Arrays {
  return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data]));
}
