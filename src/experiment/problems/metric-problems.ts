// What is impossible together in `metrics` and `evaluate`.

import { modelOf } from "../../models/models.ts";
import type { Combination } from "../../settings/combination.ts";
import type { ValidSections } from "./combinations.ts";

/** Series begin with the name of a set: these have a meaning of their own. */
const takenNames: readonly string[] = ["seen", "unseen", "train"];

export function metricProblems({ metrics, evaluate, model }: ValidSections): Combination[] {
  const names = metrics?.map(({ name }) => name) ?? [];
  const problems = names.flatMap((name, place): Combination[] =>
    names.indexOf(name) === place
      ? []
      : [{ path: ["metrics", place], text: `expected every metric once, got ${name} again` }],
  );
  const sets = Object.keys(evaluate ?? {});
  for (const name of sets) {
    const problem = setNameProblem(name);
    if (problem !== null) problems.push({ path: ["evaluate", name], text: problem });
  }
  if (sets.length > 0 && model && modelOf(model).output(model) === "labels") {
    const text = `expected none for the model ${model.kind}, which makes no colors to measure`;
    problems.push({ path: ["evaluate"], text });
  }
  return problems;
}

/** Why a set of images cannot have this name; null where it can. */
export function setNameProblem(name: string): string | null {
  if (/^[A-Za-z0-9][\w-]*$/.test(name) && !takenNames.includes(name)) return null;
  return `expected a name of letters, digits, - and _ other than ${takenNames.join(", ")}, got ${JSON.stringify(name)}`;
}
