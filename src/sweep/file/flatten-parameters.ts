// `parameters` of a sweep as one mapping: nested ones (W&B's `parameters` within a parameter) become dotted names, and
// a distribution that is left out is named by W&B's rules. What is wrong with a parameter itself is said later.

import {
  describe,
  type Located,
  type LocatedMapping,
  type LocatedScalar,
  type Path,
  type Problem,
} from "../../experiment/text/located.ts";

export type FlatParameters = {
  readonly entries: ReadonlyMap<string, Located>;
  readonly problems: readonly Problem[];
};

export function flattenParameters(parameters: Located): FlatParameters {
  const entries = new Map<string, Located>();
  const problems: Problem[] = [];

  const visit = (mapping: Located, prefix: string, path: Path): void => {
    if (mapping.type !== "mapping") {
      const text = `expected a mapping such as train.epochs: {values: [10, 20]}, got ${describe(mapping)}`;
      problems.push({ place: mapping.place, path, text });
      return;
    }
    for (const [key, value] of mapping.entries) {
      const name = prefix + key;
      const inner = value.type === "mapping" ? value.entries.get("parameters") : undefined;
      if (value.type === "mapping" && inner !== undefined) {
        const others = [...value.entries.keys()].filter((other) => other !== "parameters");
        const text = `expected nothing beside nested parameters, got ${others.join(", ")}`;
        if (others.length > 0) problems.push({ place: value.place, path: [...path, key], text });
        visit(inner, `${name}.`, [...path, key, "parameters"]);
      } else if (entries.has(name)) {
        problems.push({
          place: value.place,
          path: [...path, key],
          text: `expected ${name} once, got it again`,
        });
      } else if (name.split(".").includes("")) {
        problems.push({
          place: value.place,
          path: [...path, key],
          text: "expected a path such as train.epochs",
        });
      } else {
        const parameter = withDistribution(value);
        if (parameter === null) {
          const text = `expected value, values, or min and max, got ${describe(value)}`;
          problems.push({ place: value.place, path: [...path, key], text });
        } else entries.set(name, parameter);
      }
    }
  };
  visit(parameters, "", ["parameters"]);
  return { entries, problems };
}

/** W&B: value is a constant, values are categorical, whole ends int_uniform, others uniform; null for none of them. */
function withDistribution(parameter: Located): Located | null {
  if (parameter.type !== "mapping") return null;
  const { entries, place } = parameter;
  const given = entries.get("distribution");
  if (given !== undefined && (given.type !== "scalar" || given.value !== synonym.from)) return parameter;
  const usual = given === undefined ? inferred(parameter) : synonym.to;
  if (usual === null) return null;
  const distribution: LocatedScalar = { type: "scalar", value: usual, source: usual, place };
  return { ...parameter, entries: new Map(entries).set("distribution", distribution) };
}

/** The schema's own name for categorical with probabilities. */
const synonym = { from: "categorical_w_probabilities", to: "categorical" };

function inferred({ entries }: LocatedMapping): string | null {
  if (entries.has("value")) return "constant";
  if (entries.has("values")) return "categorical";
  const ends = [entries.get("min"), entries.get("max")];
  if (ends.every((end) => end === undefined)) return null;
  return ends.every((end) => end === undefined || isWholeAsWritten(end)) ? "int_uniform" : "uniform";
}

/** 10 is whole, 10.0 and 1e1 are not: what the user wrote says what is meant. */
function isWholeAsWritten(end: Located): boolean {
  return end.type === "scalar" && typeof end.value === "number" && /^[-+]?\d+$/.test(end.source);
}
