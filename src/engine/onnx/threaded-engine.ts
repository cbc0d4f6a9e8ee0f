// The traced engine for providers whose outputs come back to memory: several steps are one call, a Loop inside the
// graph, and sessions and state live in a thread of their own.

import type { State, StepFunction, StepSpecs, TensorFunction, TensorSpecs } from "../../training-step.ts";
import type { CompiledFunction, CompiledStep, Engine, EngineState } from "../engine.ts";
import type { GraphDevice } from "./graph-builder.ts";
import { physical } from "./layout.ts";
import { lowerFunction } from "./lower-function.ts";
import { lowerSteps } from "./lower-step.ts";
import type { SessionOptions } from "./read-back.ts";
import { expectLength, namedInputs } from "./resident-step.ts";
import {
  type GivenTensor,
  openSessionThread,
  type SessionThread,
  type StoredTensor,
} from "./session-thread.ts";
import { engineName, inGraph, outOfGraph } from "./state-tensors.ts";

type StoredState = Readonly<Record<string, StoredTensor>>;

export function createThreadedEngine(
  description: Pick<Engine, "name" | "device" | "version">,
  optionsFor: SessionOptions,
  graphDevice: GraphDevice,
): Engine {
  const thread = openSessionThread(optionsFor);
  return {
    ...description,
    importState: (state) => {
      const stored = Object.entries(state).map(([name, tensor]) => {
        const { data, dims } = inGraph(tensor);
        return [name, thread.store(data, dims)];
      });
      return { engine: engineName, tensors: Object.fromEntries(stored) };
    },
    exportState: async (state) => {
      const exported: Record<string, State[string]> = {};
      for (const [name, tensor] of Object.entries(storedIn(state))) {
        exported[name] = outOfGraph(await thread.read(tensor), tensor.dims);
      }
      return exported;
    },
    release: (state) => thread.free(Object.values(storedIn(state))),
    compileStep: (step, stateSpecs, specs) => compileStep(thread, graphDevice, step, stateSpecs, specs),
    compile: (call, stateSpecs, inputSpecs) => compile(thread, graphDevice, call, stateSpecs, inputSpecs),
  };
}

async function compileStep(
  thread: SessionThread,
  device: GraphDevice,
  step: StepFunction,
  stateSpecs: TensorSpecs,
  specs: StepSpecs,
): Promise<CompiledStep> {
  const { graph, lossNames } = lowerSteps(step, stateSpecs, specs, device);
  const session = await thread.createSession(graph);
  const next = Object.entries(stateSpecs).map(([name, spec]) => [`${name}/next`, physical(spec)]);
  const keep = Object.fromEntries(next) as Record<string, readonly number[]>;
  return {
    async run(state, count, inputs) {
      const stored = storedIn(state);
      const feeds: Record<string, StoredTensor | GivenTensor> = { ...stored };
      feeds.count = { type: "int64", data: BigInt64Array.of(BigInt(count)), dims: [] };
      for (const [key, name, { shape, dtype }, array] of namedInputs(specs, inputs)) {
        const dims = [count, ...shape];
        feeds[key] = { type: dtype, data: expectLength(array, dims, name), dims };
      }
      const { kept, outputs } = await session
        .run(feeds, keep)
        .finally(() => thread.free(Object.values(stored)));
      return {
        state: {
          engine: engineName,
          tensors: Object.fromEntries(Object.keys(stateSpecs).map((name) => [name, kept[`${name}/next`]])),
        },
        losses: Object.fromEntries(lossNames.map((name) => [name, outputs[`loss/${name}`]!])),
      };
    },
    close: () => session.close(),
  };
}

async function compile(
  thread: SessionThread,
  device: GraphDevice,
  call: TensorFunction,
  stateSpecs: TensorSpecs,
  inputSpecs: TensorSpecs,
): Promise<CompiledFunction> {
  const session = await thread.createSession(lowerFunction(call, stateSpecs, inputSpecs, device));
  return {
    async run(state, inputs) {
      const known = storedIn(state);
      const feeds: Record<string, StoredTensor | GivenTensor> = {};
      for (const name of Object.keys(stateSpecs)) feeds[name] = known[name]!;
      for (const [name, { shape, dtype }] of Object.entries(inputSpecs)) {
        feeds[name] = { type: dtype, data: expectLength(inputs[name], shape, name), dims: shape };
      }
      const { outputs } = await session.run(feeds);
      return Object.fromEntries(
        Object.entries(outputs).map(([name, data]) => [name.replace(/^output\//, ""), data]),
      );
    },
    close: () => session.close(),
  };
}

function storedIn(state: EngineState): StoredState {
  if (state.engine !== engineName)
    throw new Error(`a state of the ${state.engine} engine reached ${engineName}`);
  return state.tensors as StoredState;
}
