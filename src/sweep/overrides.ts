// Hydra's override grammar as a grid: `train.optimizer.name=adam,sgd train.batch_size=16,32`. Supported are one value, lists
// `a,b`, `choice(a,b)`, `range(stop)`, `range(start,stop)`, `range(start,stop,step)`, 'quoted' and "quoted" texts,
// [lists] and {mappings} of YAML, `+key=value`, `++key=value` (both as `key=value`: the schema says what may be there)
// and `~key`. Left out, and refused by name: interval, glob, tag, sort, shuffle, casts, `key@package`.
// https://hydra.cc/docs/advanced/override_grammar/extended/

import {
  type Located,
  type LocatedMapping,
  located,
  type Place,
  type Problem,
  quoted,
  toPlain,
} from "../experiment/text/located.ts";
import { readYaml } from "../experiment/text/read-yaml.ts";
import { exact } from "./search/random.ts";
import type { Json } from "./sweep.ts";

export type SweepOverrides = {
  /** Name -> values, as of a sweep file of method grid. Of two that set the same key, the later one counts. */
  readonly parameters: ReadonlyMap<string, readonly Json[]>;
  readonly removed: readonly string[];
  /** Where relative paths in values begin. */
  readonly folder: string;
  readonly problems: readonly Problem[];
};

const mostValues = 10_000;

const place = (folder: string): Place => ({ file: "command line", folder, line: null });

/** `folder` is where relative paths in values begin. */
export function readSweepOverrides(args: readonly string[], folder: string): SweepOverrides {
  const here = place(folder);
  const parameters = new Map<string, readonly Json[]>();
  const removed: string[] = [];
  const problems: Problem[] = [];
  for (const arg of args) {
    const [, sign, name, text] = /^(\+{0,2}|~)([^=+~]+)(?:=(.*))?$/s.exec(arg) ?? [];
    const path = name?.split(".") ?? [];
    if (
      name === undefined ||
      path.some((part) => !/^[\w-]+$/.test(part)) ||
      (sign !== "~" && text === undefined)
    ) {
      problems.push({ place: here, path: [], text: `expected key.path=value, got ${quoted(arg)}` });
      continue;
    }
    if (sign === "~") {
      if (text === undefined) removed.push(name);
      else
        problems.push({ place: here, path, text: `expected ~${name} without a value, got ${quoted(arg)}` });
      continue;
    }
    const values = readValues(text!, here, path);
    if (typeof values === "string") problems.push({ place: here, path, text: values });
    else parameters.set(name, values);
  }
  return { parameters, removed, folder, problems };
}

/** The parameters of a sweep file with those of the command line in their place; `seed=1,2,3` is its `seeds`. */
export function withOverrides(root: LocatedMapping, { parameters, folder }: SweepOverrides): LocatedMapping {
  const entries = new Map(root.entries);
  const given = root.entries.get("parameters");
  const changed = new Map<string, Located>(given?.type === "mapping" ? given.entries : []);
  for (const [name, values] of parameters) {
    const written =
      values.length === 1
        ? { distribution: "constant", value: values[0] }
        : { distribution: "categorical", values };
    if (name === "seed" && !changed.has("seed")) entries.set("seeds", located(values, place(folder)));
    else changed.set(name, located(written, place(folder)));
  }
  if (given?.type === "mapping") entries.set("parameters", { ...given, entries: changed });
  return { ...root, entries };
}

/** The values of one override; a text says what is wrong. */
function readValues(text: string, place: Place, path: readonly string[]): readonly Json[] | string {
  const [, name, inner] = /^\s*([A-Za-z_]\w*)\((.*)\)\s*$/s.exec(text) ?? [];
  if (name === "range") return rangeValues(inner!);
  if (name !== undefined && name !== "choice")
    return `expected choice(…) or range(…), got ${name}(…), which is not supported`;
  const parts = splitAtCommas(inner ?? text);
  if (parts === null) return `expected every quote and bracket closed, got ${quoted(text)}`;
  if (parts.length > 1 && parts.some((part) => part.trim() === ""))
    return `expected a value at every comma, got ${quoted(text)}`;
  if (name === "choice" && parts[0]!.trim() === "") return "expected at least one value, got choice()";
  const values: Json[] = [];
  for (const part of parts) {
    const { value, problems } = readYaml(part.trim(), place, path);
    if (problems.length > 0) return problems[0]!.text;
    values.push(value === null ? null : (toPlain(value) as Json));
  }
  return values;
}

/** At the commas outside of quotes and brackets; null where one of them stays open. */
function splitAtCommas(text: string): string[] | null {
  const parts = [""];
  const open: string[] = [];
  let quote: string | null = null;
  for (const char of text) {
    if (quote !== null) quote = char === quote ? null : quote;
    else if (char === "'" || char === '"') quote = char;
    else if (char in closing) open.push(closing[char]!);
    else if (Object.values(closing).includes(char) && open.pop() !== char) return null;
    if (char === "," && quote === null && open.length === 0) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return quote !== null || open.length > 0 ? null : parts;
}

const closing: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** As Python's range, and with fractions; `start=`, `stop=` and `step=` may name them. The stop is left out. */
function rangeValues(inner: string): readonly number[] | string {
  const got = `range(${inner})`;
  const given: Record<string, number> = {};
  const parts = inner.split(",");
  const order = parts.length === 1 ? ["stop"] : ["start", "stop", "step"];
  for (const [index, part] of parts.entries()) {
    const [, name = order[index], value] = /^\s*(?:(start|stop|step)\s*=)?\s*(\S+)\s*$/.exec(part) ?? [];
    const number = Number(value ?? Number.NaN);
    if (name === undefined || !Number.isFinite(number) || name in given)
      return `expected range(stop), range(start,stop) or range(start,stop,step) of numbers, got ${got}`;
    given[name] = number;
  }
  const { start = 0, stop, step = 1 } = given;
  if (stop === undefined) return `expected a stop, got ${got}`;
  if (step === 0) return `expected a step other than 0, got ${got}`;
  const count = Math.ceil((stop - start) / step - 1e-9);
  if (count < 1) return `expected at least one value, got ${got}, which has none`;
  if (count > mostValues) return `expected at most ${mostValues} values, got ${got}, which has ${count}`;
  return Array.from({ length: count }, (_, index) => exact(start + index * step));
}
