// What tables and charts call the values of a sweep's parameters: as little as tells them apart, such as "pix2pix
// color=rgb" of {kind: pix2pix, color: rgb, width: 32} where every pix2pix of the sweep has that width.

import type { Sweep } from "./sweep.ts";
import { valueText } from "./value-text.ts";

export type ParameterLabels = {
  /** The parameters that vary; all of them where none does. */
  readonly names: readonly string[];
  /** Of a trial's value; null where it has none. */
  label(parameters: Readonly<Record<string, unknown>>, name: string): string | null;
};

export function parameterLabels({ parameters }: Pick<Sweep, "parameters">): ParameterLabels {
  const some = parameters.filter(({ distribution }) => distribution.kind !== "constant");
  const labels = new Map(
    parameters.map(({ name, distribution }) => [
      name,
      distribution.kind === "categorical" ? labelsOf(distribution.values) : new Map<string, string>(),
    ]),
  );
  return {
    names: (some.length > 0 ? some : parameters).map(({ name }) => name),
    label(given, name) {
      if (!Object.hasOwn(given, name)) return null;
      const full = valueText(given[name]);
      return labels.get(name)?.get(full) ?? full;
    },
  };
}

/** Whole text of a value -> its label. */
export function labelsOf(values: readonly unknown[]): Map<string, string> {
  const mappings = values.filter(isMapping);
  const short = mappings.map((value) => {
    const alike = mappings.filter((other) => headOf(other) === headOf(value));
    const telling = Object.keys(value).filter(
      (key) =>
        key !== headKey(value) && new Set(alike.map((other) => valueText(other[key] ?? null))).size > 1,
    );
    const kept = Object.fromEntries(telling.map((key) => [key, value[key]]));
    return [headOf(value), valueText(kept)].filter((part) => part !== "").join(" ");
  });
  const isUnique = (label: string) =>
    label !== "" && short.indexOf(label) === short.lastIndexOf(label) && !values.includes(label);
  return new Map(
    mappings.map((value, at) => [valueText(value), isUnique(short[at]!) ? short[at]! : valueText(value)]),
  );
}

type Mapping = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function headKey(value: Mapping): string | undefined {
  return ["kind", "name"].find((key) => key in value);
}

function headOf(value: Mapping): string {
  const key = headKey(value);
  return key === undefined ? "" : valueText(value[key]);
}
