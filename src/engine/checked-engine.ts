// Drivers of GPUs may compute wrong numbers without a word. So the first step that an engine runs is run by one that is
// trusted too, from the same state with the same inputs, and training does not begin where they differ.
//
// How far is too far depends on the tensor: a bias in front of a normalization has a gradient of pure rounding errors,
// which Adam turns into a full step in either direction. So the trusted engine runs twice, the second time from a state
// that differs by a rounding error: what that changes is what two correct engines may differ by.

import { UserError } from "../errors.ts";
import type { State, StepSpecs, TensorArray } from "../training-step.ts";
import { sizeOf } from "../training-step.ts";
import type { CompiledStep, Engine, StepInputs } from "./engine.ts";

/** How often the difference that a rounding error makes is still taken for one. */
const allowance = 50;

/** `engine`, its first step compared with the one of `openTrusted()`. `precision`: relative, of one product. */
export function checkedAgainst(engine: Engine, openTrusted: () => Engine, precision: number): Engine {
  return {
    ...engine,
    async compileStep(step, stateSpecs, specs) {
      const compiled = await engine.compileStep(step, stateSpecs, specs);
      let checked = false;
      return {
        async run(state, count, inputs) {
          if (!checked) {
            const [start, one] = [await engine.exportState(state), firstOf(inputs, specs)];
            const found = await outcomeOf(engine, compiled, start, one);
            const trusted = openTrusted();
            const reference = await trusted.compileStep(step, stateSpecs, specs);
            const expected = await outcomeOf(trusted, reference, start, one);
            const nudged = await outcomeOf(trusted, reference, nudge(start, precision), one);
            await reference.close();
            const difference = worstDifference(start, found, expected, nudged, precision);
            if (difference !== null) {
              throw new UserError(
                `device: ${engine.device} computes wrong numbers: ${difference} from the CPU's in the first step; use --device cpu, or another version of the driver (docs/gpu.md)`,
              );
            }
            checked = true;
          }
          return compiled.run(state, count, inputs);
        },
        close: () => compiled.close(),
      };
    },
  };
}

type Outcome = { readonly state: State; readonly losses: Readonly<Record<string, Float32Array>> };

async function outcomeOf(
  engine: Engine,
  compiled: CompiledStep,
  start: State,
  inputs: StepInputs,
): Promise<Outcome> {
  const state = engine.importState(start);
  const result = await compiled.run(state, 1, inputs);
  const exported = await engine.exportState(result.state);
  engine.release(result.state);
  return { state: exported, losses: result.losses };
}

/** Every number times 1 plus or minus `precision`, the sign by its place. */
function nudge(state: State, precision: number): State {
  return Object.fromEntries(
    Object.entries(state).map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((x, i) => x * (1 + (Math.imul(i, 0x9e3779b1) < 0 ? precision : -precision))) },
    ]),
  );
}

/** Such as "loss G_L1 differs by 12 %"; null where all is within what rounding explains. */
function worstDifference(
  start: State,
  found: Outcome,
  expected: Outcome,
  nudged: Outcome,
  precision: number,
): string | null {
  let worst: { readonly text: string; readonly excess: number } | null = null;
  const compare = (text: string, error: number, sensitivity: number, size: number) => {
    const limit = allowance * (sensitivity + precision * size);
    if (error <= limit) return; // not so for a NaN
    const excess = error / limit;
    if (!(worst && worst.excess >= excess)) {
      worst = { text: `${text} differs by ${percent(error, size)}`, excess };
    }
  };
  for (const [name, { data }] of Object.entries(expected.state)) {
    const distance = (other: State) => norm(data, other[name]!.data);
    compare(name, distance(found.state), distance(nudged.state), distance(start));
  }
  for (const [name, numbers] of Object.entries(expected.losses)) {
    const distance = (other: Outcome) => norm(numbers, other.losses[name]!);
    compare(`loss ${name}`, distance(found), distance(nudged), Math.abs(numbers[0]!));
  }
  return (worst as { text: string } | null)?.text ?? null;
}

function norm(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}

function percent(error: number, size: number): string {
  const share = (100 * error) / size;
  return `${share < 1 ? share.toPrecision(1) : share.toFixed(0)} %`;
}

function firstOf(inputs: StepInputs, specs: StepSpecs): StepInputs {
  const first = <A extends TensorArray>(array: A, size: number) => array.subarray(0, size) as A;
  const map = <A extends TensorArray>(arrays: Readonly<Record<string, A>>, size: (name: string) => number) =>
    Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, first(array, size(name))]));
  return {
    batch: map(inputs.batch, (name) => sizeOf(specs.batch[name]!.shape)),
    noise: map(inputs.noise, (name) => sizeOf(specs.noise[name]!.shape)),
    hyper: map(inputs.hyper, () => 1),
  };
}
