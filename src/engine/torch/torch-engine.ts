// Runs traces in the user's PyTorch (worker.py): states lie in that process, on its device, and a step changes them where
// they lie. What goes over the pipe are batches, noise, scalars and losses.

import { collectGarbage } from "../../collect-garbage.ts";
import type {
  State,
  StepFunction,
  StepSpecs,
  TensorArray,
  TensorFunction,
  TensorSpecs,
} from "../../training-step.ts";
import { sizeOf } from "../../training-step.ts";
import type { Precision } from "../choices.ts";
import {
  type CompiledFunction,
  type CompiledStep,
  type Engine,
  type EngineState,
  oneByOne,
} from "../engine.ts";
import { decomposed } from "../trace/passes.ts";
import { recordFunction, recordStep, scalarSpecs } from "../trace/record.ts";
import type { GivenArray } from "./frames.ts";
import type { TorchProcess } from "./torch-process.ts";
import { writtenTrace } from "./write-trace.ts";

const engineName = "torch";

export type TorchEngineOptions = {
  /** As PyTorch names it, such as "cuda:0". */
  readonly device: string;
  /** As runs record it. */
  readonly description: string;
  readonly precision?: Precision;
  /** Of a CPU; PyTorch's own number where it is left out. */
  readonly threads?: number | undefined;
  /** Only kernels that give the same bits every time. */
  readonly deterministic?: boolean;
  /** Whether a step is captured and replayed: as a CUDA graph, or as one would be where there is no CUDA. */
  readonly captures?: boolean;
  /** Whether composites run as what they stand for: for tests. */
  readonly decomposes?: boolean;
  warn?(message: string): void;
};

export async function createTorchEngine(
  python: TorchProcess,
  {
    device,
    description,
    precision = "float32",
    threads,
    deterministic = false,
    captures = device.startsWith("cuda"),
    decomposes = false,
    warn,
  }: TorchEngineOptions,
): Promise<Engine> {
  const { introduction } = python;
  if (warn) python.onWarning((text) => warn(`engine: torch: ${text}`));
  const { result } = await python.ask("configure", {
    device,
    precision,
    threads: threads ?? null,
    deterministic,
    captures,
    // Tensor cores take maps with the channels last.
    channelsLast: device.startsWith("cuda") && precision !== "float32",
  });
  const known = new Set(decomposes ? [] : (result.composites as string[]));
  const has = (composite: string) => known.has(composite);
  let ids = 0;

  return {
    name: engineName,
    device: description,
    version: `PyTorch ${introduction.torch}, Python ${introduction.python}`,
    importState(state, { take = false } = {}) {
      const id = ++ids;
      python.tell("begin", { state: id });
      let [letGo, waiting] = [0, 0];
      // One by one, so that the worker holds none of them twice; nobody needs to send zeros, as optimizers begin with.
      for (const [name, { shape, data }] of oneByOne(state, take)) {
        const isSent = !isZero(data);
        python.tell("store", { state: id, name, shape }, isSent ? [["state", name, "float32", data]] : []);
        if (isSent) waiting += data.byteLength;
        else letGo += data.byteLength;
        if (!take || letGo < muchMemory) continue;
        collectGarbage();
        letGo = 0;
      }
      if (take && letGo + waiting >= muchMemory) python.whenWritten(collectGarbage);
      return stateOf(id);
    },
    async exportState(state) {
      const { result, arrays } = await python.ask("read", { state: idOf(state) });
      const tensors = Object.entries(result.shapes as Record<string, number[]>).map(
        ([name, shape], index): [string, State[string]] => [name, { shape, data: arrays[index]! }],
      );
      return Object.fromEntries(tensors);
    },
    release: (state) => python.tell("free", { state: idOf(state) }),
    compileStep: (step, stateSpecs, specs) => compileStep(python, has, () => ++ids, step, stateSpecs, specs),
    compile: (call, stateSpecs, inputSpecs) =>
      compile(python, has, () => ++ids, call, stateSpecs, inputSpecs),
  };
}

async function compileStep(
  python: TorchProcess,
  has: (composite: string) => boolean,
  newId: () => number,
  step: StepFunction,
  stateSpecs: TensorSpecs,
  specs: StepSpecs,
): Promise<CompiledStep> {
  const trace = decomposed(recordStep(step, stateSpecs, specs, { loops: false }), has);
  const compiled = newId();
  const pictures = Object.values(specs.batch).find(({ shape }) => shape.length === 4);
  const batch = pictures?.shape[0] ?? null;
  const { result } = await python.ask("compile_step", { compiled, batch, trace: writtenTrace(trace) });
  const lossNames = result.losses as string[];
  return {
    async run(state, count, inputs) {
      const next = newId();
      const arrays = [
        ...givenArrays("batch", specs.batch, inputs.batch, count),
        ...givenArrays("noise", specs.noise, inputs.noise, count),
        ...givenArrays("hyper", scalarSpecs(specs.hyper), inputs.hyper, count),
      ];
      const { arrays: answered } = await python.ask(
        "run_step",
        { compiled, state: idOf(state), next, count },
        arrays,
      );
      const numbers = answered[0]!;
      const losses = lossNames.map((name, place) => [
        name,
        Float32Array.from({ length: count }, (_, index) => numbers[index * lossNames.length + place]!),
      ]);
      return { state: stateOf(next), losses: Object.fromEntries(losses) };
    },
    async close() {
      await python.ask("close", { compiled });
    },
  };
}

async function compile(
  python: TorchProcess,
  has: (composite: string) => boolean,
  newId: () => number,
  call: TensorFunction,
  stateSpecs: TensorSpecs,
  inputSpecs: TensorSpecs,
): Promise<CompiledFunction> {
  const trace = decomposed(recordFunction(call, stateSpecs, inputSpecs, { loops: false }), has);
  const compiled = newId();
  const { result } = await python.ask("compile_function", { compiled, trace: writtenTrace(trace) });
  const names = result.outputs as string[];
  return {
    async run(state, inputs) {
      const arrays = givenArrays("inputs", inputSpecs, inputs, null);
      const { arrays: answered } = await python.ask("run_function", { compiled, state: idOf(state) }, arrays);
      return Object.fromEntries(names.map((name, index) => [name, answered[index]!]));
    },
    async close() {
      await python.ask("close", { compiled });
    },
  };
}

/** One group of inputs, for `count` steps or for one call. */
function givenArrays(
  group: string,
  specs: TensorSpecs,
  inputs: Readonly<Record<string, TensorArray>>,
  count: number | null,
): GivenArray[] {
  return Object.entries(specs).map(([name, { shape, dtype }]) => {
    const array = inputs[name];
    const size = (count ?? 1) * sizeOf(shape);
    if (array?.length !== size) {
      const stacked = count === null ? shape : [count, ...shape];
      throw new Error(
        `input ${name}: expected ${size} numbers of shape [${stacked}], got ${array?.length ?? 0}`,
      );
    }
    return [group, name, dtype, array];
  });
}

/** Bytes that are worth the tens of milliseconds that it takes to give them back at once. */
const muchMemory = 64 * 2 ** 20;

function isZero({ buffer, byteOffset, length }: Float32Array): boolean {
  return new Int32Array(buffer, byteOffset, length).every((bits) => bits === 0);
}

function stateOf(id: number): EngineState {
  return { engine: engineName, tensors: { id } };
}

function idOf(state: EngineState): number {
  if (state.engine !== engineName)
    throw new Error(`a state of the ${state.engine} engine reached ${engineName}`);
  return state.tensors.id as number;
}
