// Lays values over each other: a file over those that it extends, the command line over the file.
// Mappings merge, lists and scalars are replaced, and a change of variant drops what only the old one knew.

import { type Variant, variantAt } from "../schema/schema.ts";
import {
  type Located,
  type LocatedMapping,
  located,
  type Path,
  type Place,
  type Problem,
} from "./located.ts";
import { type Override, readOverride } from "./overrides/read-override.ts";

/** Writes `section: word` in full, so that it merges like any other mapping. */
export function expandShorthands(value: Located, path: Path = []): Located {
  const key = variantAt(path)?.key;
  if (key !== undefined && value.type === "scalar" && typeof value.value === "string") {
    return { type: "mapping", entries: new Map([[key, value]]), place: value.place };
  }
  if (value.type === "list") {
    return { ...value, items: value.items.map((item, index) => expandShorthands(item, [...path, index])) };
  }
  if (value.type !== "mapping") return value;
  const entries = [...value.entries].map(
    ([name, entry]) => [name, expandShorthands(entry, [...path, name])] as const,
  );
  return { ...value, entries: new Map(entries) };
}

/** `upper` over `lower`, both with shorthands expanded. */
export function merge(lower: Located, upper: Located, path: Path = []): Located {
  if (lower.type === "list" && isItems(upper)) {
    const items = lower.items.map((item, index) => {
      const above = upper.entries.get(String(index));
      return above === undefined ? item : merge(item, above, [...path, index]);
    });
    return { ...lower, items };
  }
  if (lower.type !== "mapping" || upper.type !== "mapping") return upper;
  const variant = variantAt(path);
  const entries = new Map(lower.entries);
  if (variant !== undefined && changes(lower, upper, variant)) {
    for (const name of lower.entries.keys()) if (!variant.shared.includes(name)) entries.delete(name);
  }
  for (const [name, value] of upper.entries) {
    const below = entries.get(name);
    entries.set(name, below === undefined ? value : merge(below, value, [...path, name]));
  }
  // A missing key is missed in the file, unless the command line asked for another variant.
  return { type: "mapping", entries, place: upper.place.line === null ? lower.place : upper.place };
}

/** Whether a path names items of a list, as `tags.0=a` does. */
function isItems(value: Located): value is LocatedMapping {
  return (
    value.type === "mapping" &&
    (value.place.line === null || value.byPath === true) &&
    value.entries.size > 0 &&
    [...value.entries.keys()].every((key) => /^\d+$/.test(key))
  );
}

/** Items that a path names and the list below lacks. */
export function itemProblems(lower: Located, upper: Located, path: Path = []): Problem[] {
  if (upper.type !== "mapping") return [];
  if (lower.type === "list" && isItems(upper)) {
    return [...upper.entries].flatMap(([key, value]) => {
      const item = lower.items[Number(key)];
      if (item !== undefined) return itemProblems(item, value, [...path, Number(key)]);
      const text = `expected an item from 0 to ${lower.items.length - 1}, got ${key}`;
      return [
        { place: value.place, path, text: lower.items.length === 0 ? "expected items, got none" : text },
      ];
    });
  }
  if (lower.type !== "mapping") return [];
  return [...upper.entries].flatMap(([key, value]) => {
    const below = lower.entries.get(key);
    return below === undefined ? [] : itemProblems(below, value, [...path, key]);
  });
}

/** Without what `evaluate: null` takes away of the files below, or `evaluate: {portraits: null}` one of its sets. */
export function withoutCleared(root: Located): Located {
  if (root.type !== "mapping") return root;
  const evaluate = root.entries.get("evaluate");
  if (evaluate === undefined) return root;
  const entries = new Map(root.entries);
  if (isNull(evaluate)) entries.delete("evaluate");
  else if (evaluate.type === "mapping") {
    const sets = [...evaluate.entries].filter(([, set]) => !isNull(set));
    entries.set("evaluate", { ...evaluate, entries: new Map(sets) });
  }
  return { ...root, entries };
}

function isNull(value: Located): boolean {
  return value.type === "scalar" && value.value === null;
}

function changes(lower: LocatedMapping, upper: LocatedMapping, { key, usual }: Variant): boolean {
  const [before, after] = [lower.entries.get(key), upper.entries.get(key)];
  if (after === undefined) return false;
  const name = before === undefined ? usual : before.type === "scalar" ? before.value : null;
  return after.type !== "scalar" || after.value !== name;
}

/** Names the usual variant in sections that leave it out, such as `optimizer: {learning_rate: 0.1}`. */
export function nameUsualVariants(value: Located, path: Path = []): Located {
  if (value.type !== "mapping") return value;
  const { place } = value;
  const entries = new Map(
    [...value.entries].map(([name, entry]) => [name, nameUsualVariants(entry, [...path, name])] as const),
  );
  const { key, usual = null } = variantAt(path) ?? {};
  if (key !== undefined && usual !== null && !entries.has(key)) {
    entries.set(key, { type: "scalar", value: usual, source: usual, place });
  }
  return { type: "mapping", entries, place };
}

export type Overrides = { readonly value: LocatedMapping; readonly problems: readonly Problem[] };

/** `train.epochs=2 …` as one mapping; of two that set the same key, the later one counts. */
export function readOverrides(overrides: readonly string[], folder: string): Overrides {
  const place: Place = { file: "command line", folder, line: null };
  const problems: Problem[] = [];
  let value: LocatedMapping = { type: "mapping", entries: new Map(), place };
  for (const override of overrides.map(readOverride)) {
    const { kind, path } = override;
    if (path[0] === "extends")
      problems.push({ place, path, text: "expected in a file only, got it on the command line" });
    else if (kind === "set") value = withValue(value, path, located(override.value, place));
    else problems.push({ place, path, text: kind === "problem" ? override.text : onlyInSweeps(override) });
  }
  return { value, problems };
}

function onlyInSweeps(override: Exclude<Override, { kind: "set" | "problem" }>): string {
  if (override.kind === "remove") return "expected a value, got ~, which only hueristic sweep takes";
  const { length } = override.values;
  const count = length === 1 ? "choice(…)" : `${length}`;
  return `expected one value, got ${count}: write [a,b] for a list, 'a,b' for a text; hueristic sweep trains with each`;
}

/** `into` with `value` at a path of keys, over what `into` has there; `path` leads to `into` itself. */
export function withValue(
  into: LocatedMapping,
  [key, ...rest]: readonly string[],
  value: Located,
  path: Path = [],
): LocatedMapping {
  const { place } = into;
  const here = [...path, key!];
  let next = expandShorthands(value, here);
  if (rest.length > 0) {
    const below = into.entries.get(key!);
    const start: LocatedMapping =
      below?.type === "mapping" ? below : { type: "mapping", entries: new Map(), place: value.place };
    next = withValue(start, rest, value, here);
  }
  return { type: "mapping", entries: new Map(into.entries).set(key!, next), place, byPath: true };
}

/** `from` without the key at the end of a path; null where it is not there. */
export function withoutKey(from: Located, [key, ...rest]: readonly string[]): Located | null {
  if (from.type !== "mapping") return null;
  const below = from.entries.get(key!);
  if (below === undefined) return null;
  const entries = new Map(from.entries);
  if (rest.length === 0) entries.delete(key!);
  else {
    const inner = withoutKey(below, rest);
    if (inner === null) return null;
    entries.set(key!, inner);
  }
  return { ...from, entries };
}
