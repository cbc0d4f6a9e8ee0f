// The functions of Hydra's override grammar that list values: choice(…) and range(…). The others are refused by name.

import { type Cursor, refuse, take } from "./cursor.ts";
import { type Plain, readElement, readItems, refuseFunction, sweepFunctions } from "./element.ts";

const mostValues = 10_000;
const forms = "range(stop), range(start,stop) or range(start,stop,step) of numbers";

type Argument = { readonly name: string | null; readonly value: Plain };

/** The values of the call of `name` at the cursor. */
export function readFunction(cursor: Cursor, name: string): readonly Plain[] {
  const from = cursor.at;
  if (!sweepFunctions.includes(name)) refuseFunction(name);
  take(cursor, /[\w-]+[ \t]*(?=\()/y);
  const given: Argument[] = [];
  readItems(cursor, ")", () => {
    const [, argument = null] = take(cursor, /([A-Za-z_][\w-]*)[ \t]*=[ \t]*/y) ?? [];
    given.push({ name: argument, value: readElement(cursor) });
  });
  const got = cursor.text.slice(from, cursor.at);
  return name === "choice" ? choices(given) : steps(given, got);
}

function choices(given: readonly Argument[]): readonly Plain[] {
  const named = given.find(({ name }) => name !== null);
  if (named !== undefined) refuse(`expected values, got ${named.name}= in choice(…)`);
  if (given.length === 0) refuse("expected at least one value, got choice()");
  return given.map(({ value }) => value);
}

/** As Python's range, and with fractions, in decimal numbers; the stop is left out. */
function steps(given: readonly Argument[], got: string): readonly number[] {
  const order = ["start", "stop", "step"];
  const numbers = new Map<string, number>();
  let isNamed = false;
  for (const [index, argument] of given.entries()) {
    const name = argument.name ?? order[index];
    if (argument.name !== null) isNamed = true;
    else if (isNamed) refuse(`expected ${forms}, got a value after a named one in ${got}`);
    const { value } = argument;
    if (name === undefined || !order.includes(name) || numbers.has(name) || typeof value !== "number")
      refuse(`expected ${forms}, got ${got}`);
    if (!Number.isFinite(value)) refuse(`expected finite numbers, got ${got}`);
    numbers.set(name, value);
  }
  const first = numbers.get("start");
  if (first === undefined) refuse(`expected ${forms}, got ${got}`);
  const stop = numbers.get("stop") ?? first;
  return decimalSteps(numbers.has("stop") ? first : 0, stop, numbers.get("step") ?? 1, got);
}

function decimalSteps(start: number, stop: number, step: number, got: string): readonly number[] {
  if (step === 0) refuse(`expected a step other than 0, got ${got}`);
  const decimals = [start, stop, step].map(decimal);
  const digits = Math.max(...decimals.map(({ scale }) => scale));
  const [first, end, by] = decimals.map(({ units, scale }) => units * 10n ** BigInt(digits - scale)) as [
    bigint,
    bigint,
    bigint,
  ];
  const distance = by > 0n ? end - first : first - end;
  const size = by > 0n ? by : -by;
  const count = distance <= 0n ? 0n : (distance + size - 1n) / size;
  if (count < 1n) refuse(`expected at least one value, got ${got}, which has none`);
  if (count > mostValues) refuse(`expected at most ${mostValues} values, got ${got}, which has ${count}`);
  return Array.from(
    { length: Number(count) },
    (_, at) => Number(`${first + BigInt(at) * by}e${-digits}`) + 0,
  );
}

/** `value` is units / 10^scale, in the fewest digits that tell it from every other number. */
function decimal(value: number): { readonly units: bigint; readonly scale: number } {
  const [mantissa, exponent = "0"] = String(value).split("e");
  const [whole, fraction = ""] = mantissa!.split(".");
  return { units: BigInt(`${whole}${fraction}`), scale: fraction.length - Number(exponent) };
}
