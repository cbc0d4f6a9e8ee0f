// The axes of parallel coordinates: one for each parameter, one for the result.

import { formatNumber } from "../../../runs/format/numbers.ts";
import { shorten } from "../../../runs/format/words.ts";
import { type SweepInput, withUnit } from "../../sweep/trials.ts";

export type ParallelAxis = {
  readonly name: string;
  /** Where its labels stand: share of the height from above, text. */
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
  /** One for each trial: share of the height; 1.08 is below the axis, for what has none. */
  readonly places: readonly number[];
  readonly words: readonly string[];
};

/** A place below the axis. */
const missing = 1.08;

export function parallelAxes(sweep: SweepInput): ParallelAxis[] {
  const results = sweep.values.slice(0, 1).map(({ name, unit, better }) => {
    const values = sweep.trials.map(({ values }) => values[0] ?? Number.NaN);
    // What is good is above.
    const axis = numberAxis(withUnit(name, unit), values, better === "higher");
    const isLacking = values.some((value) => !Number.isFinite(value));
    return isLacking ? { ...axis, ticks: [...axis.ticks, { at: missing, text: "none" }] } : axis;
  });
  const parameters = sweep.parameters.map((name, index) => {
    const values = sweep.trials.map(({ parameters }) => parameters[index] ?? null);
    const numbers = values.map((value) =>
      value === null || value.trim() === "" ? Number.NaN : Number(value),
    );
    const isNumeric = values.every((value, at) => value === null || Number.isFinite(numbers[at]!));
    const distinct = new Set(values.filter((value) => value !== null)).size;
    return isNumeric && distinct > 6 ? numberAxis(name, numbers, true) : wordAxis(name, values, isNumeric);
  });
  return [...parameters, ...results];
}

function wordAxis(name: string, values: readonly (string | null)[], isNumeric: boolean): ParallelAxis {
  const distinct = [...new Set(values.filter((value) => value !== null))].sort((a, b) =>
    isNumeric ? Number(b) - Number(a) : a.localeCompare(b),
  );
  const placeOf = (value: string) =>
    distinct.length === 1 ? 0.5 : distinct.indexOf(value) / (distinct.length - 1);
  return {
    name,
    ticks: distinct.map((value) => ({ at: placeOf(value), text: shorten(value, 18) })),
    places: values.map((value) => (value === null ? missing : placeOf(value))),
    words: values.map((value) => value ?? "–"),
  };
}

/** Logarithmic where its values span more than a factor of ten. */
function numberAxis(name: string, values: readonly number[], greatAbove: boolean): ParallelAxis {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const isLog = low > 0 && high / low > 10;
  const scaled = (value: number) => (isLog ? Math.log(value) : value);
  const share = (value: number) => {
    if (!Number.isFinite(value)) return missing;
    const up = high === low ? 0.5 : (scaled(value) - scaled(low)) / (scaled(high) - scaled(low));
    return greatAbove ? 1 - up : up;
  };
  const middle = isLog ? Math.sqrt(low * high) : (low + high) / 2;
  const ticks = finite.length === 0 ? [] : [...new Set([low, middle, high])];
  return {
    name,
    ticks: ticks.map((value) => ({ at: share(value), text: formatNumber(value) })),
    places: values.map(share),
    words: values.map((value) => (Number.isFinite(value) ? formatNumber(value) : "–")),
  };
}
