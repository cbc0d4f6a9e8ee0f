// `variants` of a sweep file: other values under a name, such as `smoke` for a study in minutes. Its keys replace those
// of the file; of `parameters` only those that it names.

import { describe, type Located, type LocatedMapping, type Problem } from "../../experiment/text/located.ts";
import { nearMiss } from "../../near-miss.ts";
import { flattenParameters } from "./flatten-parameters.ts";

export type Flat = { readonly value: LocatedMapping; readonly problems: readonly Problem[] };

/** `root` without its variants, the one of this name laid over it, and its parameters as one flat mapping. */
export function withVariant(root: LocatedMapping, name: string | null): Flat {
  const { variants, chosen, problems } = chooseVariant(root, name);
  const entries = new Map([...root.entries].filter(([key]) => key !== "variants"));
  const parameters = new Map<string, Located>();
  for (const layer of [root, chosen]) {
    const given = layer?.entries.get("parameters");
    if (given === undefined) continue;
    const flat = flattenParameters(given);
    problems.push(...flat.problems);
    for (const [key, value] of flat.entries) parameters.set(key, value);
  }
  for (const [key, value] of chosen?.entries ?? []) entries.set(key, value);
  const place = entries.get("parameters")?.place ?? root.place;
  entries.set("parameters", { type: "mapping", entries: parameters, place });
  for (const [key, value] of variants)
    if (value.type !== "mapping") problems.push(notAMapping(value, ["variants", key], "{parameters: {…}}"));
  return { value: { type: "mapping", entries, place: root.place }, problems };
}

export function variantNames(root: LocatedMapping): string[] {
  const given = root.entries.get("variants");
  return given?.type === "mapping"
    ? [...given.entries].flatMap(([name, { type }]) => (type === "mapping" ? [name] : []))
    : [];
}

function chooseVariant(root: LocatedMapping, name: string | null) {
  const problems: Problem[] = [];
  const given = root.entries.get("variants");
  if (given !== undefined && given.type !== "mapping")
    problems.push(notAMapping(given, ["variants"], "{smoke: {…}}"));
  const variants = given?.type === "mapping" ? given.entries : new Map<string, Located>();
  const chosen = name === null ? undefined : variants.get(name);
  if (name !== null && chosen === undefined) {
    const names = [...variants.keys()];
    const near = nearMiss(name, names);
    const known = names.length === 0 ? "the file has none" : `known: ${names.join(", ")}`;
    const text = `expected one that the file has, got ${JSON.stringify(name)}${near === null ? "" : `, did you mean ${near}?`} (${known})`;
    problems.push({ place: given?.place ?? root.place, path: ["variants"], text });
  }
  return { variants, chosen: chosen?.type === "mapping" ? chosen : undefined, problems };
}

function notAMapping(value: Located, path: Problem["path"], example: string): Problem {
  return { place: value.place, path, text: `expected a mapping such as ${example}, got ${describe(value)}` };
}
