// What every engine offers. An engine runs pure functions over named tensors; it knows no model. The state stays
// in the engine's own form between calls (layout, device) and is converted only by importState and exportState.

import type {
  State,
  StateTensor,
  StepFunction,
  StepSpecs,
  TensorArrays,
  TensorFunction,
  TensorSpec,
  TensorSpecs,
} from "../training-step.ts";

/** Named tensors in an engine's own form. Freed by `engine.release`, or taken by a step. */
export type EngineState = { readonly engine: string; readonly tensors: Readonly<Record<string, unknown>> };

/** Arrays for `count` steps: each of shape [count, ...spec.shape]; hyper scalars are [count]. */
export type StepInputs = {
  readonly batch: TensorArrays;
  readonly noise: TensorArrays;
  readonly hyper: Readonly<Record<string, Float32Array>>;
};

export type StepResult = {
  readonly state: EngineState;
  /** One number for every step, by the name of the loss. */
  readonly losses: Readonly<Record<string, Float32Array>>;
};

export type CompiledStep = {
  /**
   * Runs `count` steps, one after the other, and takes `state`: its memory becomes the result's or is freed, so that
   * afterwards it may only be released, even where the call fails.
   */
  run(state: EngineState, count: number, inputs: StepInputs): Promise<StepResult>;
  close(): Promise<void>;
};

export type CompiledFunction = {
  /** Calls the function; outputs are float32, laid out as TensorFlow.js sees them. */
  run(state: EngineState, inputs: TensorArrays): Promise<Readonly<Record<string, Float32Array>>>;
  close(): Promise<void>;
};

export type Engine = {
  readonly name: "onnx" | "torch" | "tensorflow" | "reference";
  /** Such as "cpu (4 threads)". */
  readonly device: string;
  /** Such as "onnxruntime-node 1.30.0". */
  readonly version: string;
  /** Why it is this one, for the record. */
  readonly why?: string;
  /**
   * Copies `state`. With `take` it may be empty afterwards: what its caller no longer needs goes tensor by tensor, so
   * that nothing is in memory twice.
   */
  importState(state: State, options?: { readonly take?: boolean }): EngineState;
  exportState(state: EngineState): Promise<State>;
  /** Frees a state; one that is gone already is left alone. */
  release(state: EngineState): void;
  compileStep(step: StepFunction, state: TensorSpecs, specs: StepSpecs): Promise<CompiledStep>;
  /** `call` sees state and inputs in one record; the names must differ. */
  compile(call: TensorFunction, state: TensorSpecs, inputs: TensorSpecs): Promise<CompiledFunction>;
};

/** By name; what is taken leaves `state`, so that the memory of one tensor is free before the next is copied. */
export function* oneByOne(
  state: Record<string, StateTensor>,
  take: boolean,
): Generator<[name: string, tensor: StateTensor]> {
  for (const name of Object.keys(state)) {
    const tensor = state[name]!;
    if (take) delete state[name];
    yield [name, tensor];
  }
}

/** The shapes of a state. */
export function specsOf(state: State): TensorSpecs {
  return Object.fromEntries(
    Object.entries(state).map(([name, { shape }]) => [name, { shape, dtype: "float32" as const }]),
  );
}

export function mapSpecs<T>(
  specs: TensorSpecs,
  map: (spec: TensorSpec, name: string) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, map(spec, name)]));
}
