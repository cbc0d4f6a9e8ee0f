// Runs a pure function once over symbolic tensors and returns what it recorded.

import * as tf from "@tensorflow/tfjs-core";
import { registerComposites } from "../../composites.ts";
import type {
  ElementType,
  StepFunction,
  StepSpecs,
  TensorFunction,
  TensorSpecs,
  Tensors,
} from "../../training-step.ts";
import { registerGradients } from "../gradients.ts";
import { kernels } from "./kernels/kernels.ts";
import { needed } from "./passes.ts";
import { asTensor, Recorder, recorderName } from "./recorder.ts";
import type { Named, Trace } from "./trace.ts";

export type RecordOptions = {
  /** Whether parts of a batch (`train.accumulate`) become one node that repeats; one by one where it is false. */
  readonly loops?: boolean;
};

/** A training step: inputs `state`, `batch`, `noise` and `hyper`, outputs `state` and `losses`. */
export function recordStep(
  step: StepFunction,
  stateSpecs: TensorSpecs,
  specs: StepSpecs,
  options: RecordOptions = {},
): Trace {
  const groups = {
    state: stateSpecs,
    batch: specs.batch,
    noise: specs.noise,
    hyper: scalarSpecs(specs.hyper),
  };
  return record(groups, options, ({ state, batch, noise, hyper }) => {
    const { state: next, losses } = step(state!, batch!, noise!, hyper!);
    const named = Object.keys(stateSpecs).map((name) => {
      const tensor = next[name];
      if (!tensor) throw new Error(`the step returned no new state for ${name}`);
      return [name, tensor] as const;
    });
    return { state: Object.fromEntries(named), losses };
  });
}

/** A function without state of its own: inputs `state` and `inputs`, outputs `outputs`. */
export function recordFunction(
  call: TensorFunction,
  stateSpecs: TensorSpecs,
  inputSpecs: TensorSpecs,
  options: RecordOptions = {},
): Trace {
  return record({ state: stateSpecs, inputs: inputSpecs }, options, ({ state, inputs }) => ({
    outputs: call({ ...state, ...inputs }),
  }));
}

export function scalarSpecs(names: readonly string[]): TensorSpecs {
  return Object.fromEntries(names.map((name) => [name, { shape: [], dtype: "float32" as const }]));
}

type Groups<T> = Readonly<Record<string, Readonly<Record<string, T>>>>;

function record(
  specs: Readonly<Record<string, TensorSpecs>>,
  { loops = true }: RecordOptions,
  run: (groups: Readonly<Record<string, Tensors>>) => Readonly<Record<string, Tensors>>,
): Trace {
  const { recorder, close } = openRecorder();
  recorder.begin(loops);
  tf.engine().startScope();
  try {
    const given = mapGroups(specs, ({ shape, dtype }) => recorder.input(shape, seenAs(dtype)));
    const results = run(mapGroups(given, asTensor));
    const ids = (groups: Groups<tf.TensorInfo>): Readonly<Record<string, Named>> =>
      mapGroups(groups, (info) => recorder.idOf(info));
    return needed({
      values: recorder.values,
      nodes: recorder.nodes,
      inputs: ids(given),
      outputs: ids(results),
    });
  } finally {
    tf.engine().endScope();
    close();
  }
}

/** Makes the recorder the current backend; `close` puts the former one back. */
function openRecorder(): { recorder: Recorder; close(): void } {
  registerGradients();
  if (!tf.findBackend(recorderName)) {
    const recorder = new Recorder();
    tf.registerBackend(recorderName, () => recorder, 0);
    for (const config of kernels) tf.registerKernel(config);
    registerComposites(recorderName, recorder.composite);
  }
  const former = tf.engine().backendName;
  // Both backends initialize synchronously, and then so does setBackend.
  void tf.setBackend(recorderName);
  return {
    recorder: tf.backend() as Recorder,
    close: () => {
      if (former) void tf.setBackend(former);
    },
  };
}

/** Bytes exist at the border only. */
function seenAs(dtype: ElementType): "float32" | "int32" {
  return dtype === "uint8" ? "int32" : dtype;
}

function mapGroups<T, U>(groups: Groups<T>, map: (one: T) => U): Record<string, Record<string, U>> {
  return Object.fromEntries(
    Object.entries(groups).map(([group, named]) => [
      group,
      Object.fromEntries(Object.entries(named).map(([name, one]) => [name, map(one)])),
    ]),
  );
}
