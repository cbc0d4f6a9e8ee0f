// A training step as a session of ONNX Runtime whose state stays on a device.

import { ort } from "../../onnxruntime.ts";
import {
  type StepFunction,
  type StepSpecs,
  sizeOf,
  type TensorArray,
  type TensorSpec,
  type TensorSpecs,
} from "../../training-step.ts";
import type { CompiledStep, StepInputs } from "../engine.ts";
import { scalarSpecs } from "../trace/record.ts";
import type { GraphDevice } from "./graph-builder.ts";
import { lowerOneStep } from "./lower-step.ts";
import type { CreateSession, ReadBack } from "./read-back.ts";
import { engineName, releaseState, tensorsOf } from "./state-tensors.ts";

/** Every step is a call, and its state stays on the device. Losses are read when the last step is on its way. */
export async function compileResidentStep(
  createSession: CreateSession,
  device: GraphDevice,
  readBack: ReadBack,
  step: StepFunction,
  stateSpecs: TensorSpecs,
  specs: StepSpecs,
): Promise<CompiledStep> {
  const { graph, lossNames } = lowerOneStep(step, stateSpecs, specs, device);
  const session = await createSession(graph, { preferredOutputLocation: "gpu-buffer" });
  return {
    async run(start, count, inputs) {
      let state = start;
      const vectors: ort.Tensor[] = [];
      for (let index = 0; index < count; index++) {
        const feeds: Record<string, ort.Tensor> = { ...tensorsOf(state) };
        for (const [key, name, spec, array] of namedInputs(specs, inputs)) {
          const size = sizeOf(spec.shape);
          if (array && array.length !== count * size) throw wrongSize(array, [count, ...spec.shape], name);
          feeds[key] = tensorOf(array?.subarray(index * size, (index + 1) * size), spec, name);
        }
        const results = await session.run(feeds);
        releaseState(state);
        state = nextState(stateSpecs, results);
        vectors.push(results.losses!);
      }
      const losses = Object.fromEntries(lossNames.map((name) => [name, new Float32Array(count)]));
      for (const [index, vector] of vectors.entries()) {
        const numbers = await readBack(vector);
        for (const [place, name] of lossNames.entries()) losses[name]![index] = numbers[place]!;
        vector.dispose();
      }
      return { state, losses };
    },
    close: () => session.release(),
  };
}

function nextState(stateSpecs: TensorSpecs, results: ort.InferenceSession.ReturnType) {
  const names = Object.keys(stateSpecs);
  return {
    engine: engineName,
    tensors: Object.fromEntries(names.map((name) => [name, results[`${name}/next`]])),
  };
}

/** Every input of a step: its name in the graph, its name in messages, what one step takes, and what was given. */
export function namedInputs(specs: StepSpecs, inputs: StepInputs) {
  const groups = [
    ["batch", specs.batch, inputs.batch],
    ["noise", specs.noise, inputs.noise],
    ["hyper", scalarSpecs(specs.hyper), inputs.hyper],
  ] as const;
  return groups.flatMap(([group, groupSpecs, arrays]) =>
    Object.entries(groupSpecs).map(
      ([name, spec]) => [`${group}/${name}`, name, spec, arrays[name] as TensorArray | undefined] as const,
    ),
  );
}

export function tensorOf(array: TensorArray | undefined, { shape, dtype }: TensorSpec, name: string) {
  return new ort.Tensor(dtype, expectLength(array, shape, name) as never, shape);
}

/** The array, which must hold as many numbers as its shape says. */
export function expectLength(
  array: TensorArray | undefined,
  shape: readonly number[],
  name: string,
): TensorArray {
  if (array?.length !== sizeOf(shape)) throw wrongSize(array, shape, name);
  return array;
}

function wrongSize(array: TensorArray | undefined, shape: readonly number[], name: string): Error {
  return new Error(
    `input ${name}: expected ${sizeOf(shape)} numbers of shape [${shape}], got ${array?.length}`,
  );
}
