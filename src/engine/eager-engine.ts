// Runs a step eagerly, op by op, on a TensorFlow.js backend: the native one of tfjs-node-gpu or tfjs-node, or the
// pure JavaScript one, which is the reference in tests and far too slow for anything else.

import * as tf from "@tensorflow/tfjs-core";
import {
  sizeOf,
  type TensorArray,
  type TensorSpec,
  type TensorSpecs,
  type Tensors,
} from "../training-step.ts";
import { type Engine, type EngineState, mapSpecs } from "./engine.ts";
import { registerGradients } from "./gradients.ts";

export type EagerEngineOptions = {
  readonly name: "tensorflow" | "reference";
  /** The registered TensorFlow.js backend to run on. */
  readonly backend: string;
  readonly device: string;
  readonly version: string;
};

export function createEagerEngine({ name, backend, device, version }: EagerEngineOptions): Engine {
  registerGradients();
  const tensorsOf = (state: EngineState): Tensors => {
    if (state.engine !== name) throw new Error(`a state of the ${state.engine} engine reached ${name}`);
    return state.tensors as Tensors;
  };
  const onBackend = <T>(call: () => T): T => {
    // All backends used here initialize synchronously, and then so does setBackend.
    if (tf.engine().backendName !== backend) void tf.setBackend(backend);
    return call();
  };

  return {
    name,
    device,
    version,
    importState: (state) =>
      onBackend(() => ({
        engine: name,
        tensors: Object.fromEntries(
          Object.entries(state).map(([key, { shape, data }]) => [key, tf.tensor(data.slice(), [...shape])]),
        ),
      })),
    exportState: async (state) =>
      onBackend(() =>
        Object.fromEntries(
          Object.entries(tensorsOf(state)).map(([key, tensor]) => [
            key,
            { shape: tensor.shape, data: Float32Array.from(tensor.dataSync()) },
          ]),
        ),
      ),
    release: (state) => tf.dispose(Object.values(tensorsOf(state))),

    compileStep: async (step, stateSpecs, specs) => ({
      run: async (start, count, inputs) =>
        onBackend(() => {
          let state = tensorsOf(start);
          const values: Record<string, tf.Tensor>[] = [];
          for (let index = 0; index < count; index++) {
            const { next, losses } = tf.tidy(() => {
              const one = (groupSpecs: TensorSpecs, arrays: Readonly<Record<string, TensorArray>>) =>
                mapSpecs(groupSpecs, (spec, key) => tensorAt(arrays[key], spec, index, key));
              const hyper = Object.fromEntries(
                specs.hyper.map((key) => [key, tf.scalar(inputs.hyper[key]![index]!)]),
              );
              const result = step(
                state,
                one(specs.batch, inputs.batch),
                one(specs.noise, inputs.noise),
                hyper,
              );
              // A step may hand an input back as it was: tidy must not give away what the caller still holds.
              const next = mapSpecs(stateSpecs, (_, key) => tf.clone(result.state[key]!));
              return { next, losses: { ...result.losses } };
            });
            tf.dispose(Object.values(state));
            state = next;
            values.push(losses);
          }
          const losses = readLosses(values);
          return { state: { engine: name, tensors: state }, losses };
        }),
      close: async () => {},
    }),

    compile: async (call, stateSpecs, inputSpecs) => ({
      run: async (state, inputs) =>
        onBackend(() => {
          const known = tensorsOf(state);
          const outputs: Record<string, Float32Array> = {};
          tf.tidy(() => {
            const results = call({
              ...mapSpecs(stateSpecs, (_, key) => known[key]!),
              ...mapSpecs(inputSpecs, (spec, key) => tensorAt(inputs[key], spec, 0, key)),
            });
            for (const [key, tensor] of Object.entries(results)) {
              outputs[key] = Float32Array.from(tensor.dataSync());
            }
          });
          return outputs;
        }),
      close: async () => {},
    }),
  };
}

/** Read when all steps are on their way, since a GPU waits for the host at every reading. */
function readLosses(steps: readonly Readonly<Record<string, tf.Tensor>>[]): Record<string, Float32Array> {
  const names = Object.keys(steps[0] ?? {});
  const losses = names.map((name) => {
    const stacked = tf.tidy(() => tf.stack(steps.map((losses) => losses[name]!)));
    const numbers = Float32Array.from(stacked.dataSync());
    stacked.dispose();
    return [name, numbers] as const;
  });
  tf.dispose(steps.map((losses) => Object.values(losses)));
  return Object.fromEntries(losses);
}

/** The tensor that lies at place `index` of a stack. */
function tensorAt(array: TensorArray | undefined, { shape, dtype }: TensorSpec, index: number, name: string) {
  const size = sizeOf(shape);
  if (!array || array.length < (index + 1) * size) {
    throw new Error(
      `input ${name}: expected ${size} numbers at place ${index}, got ${array?.length ?? 0} in all`,
    );
  }
  const part = array.slice(index * size, (index + 1) * size);
  return dtype === "float32"
    ? tf.tensor(part as Float32Array, [...shape], "float32")
    : tf.tensor(Int32Array.from(part), [...shape], "int32");
}
