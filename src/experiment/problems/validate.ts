// Checks a composed experiment against the schema and turns everything that is wrong into problems with a line.

import type { z } from "zod";
import { schema, type Written } from "../schema/schema.ts";
import { type Located, type Problem, toPlain } from "../text/located.ts";
import { combinationProblems, type ValidSections } from "./combinations.ts";
import { at, problemsOf } from "./issue-problems.ts";
import { unknownKeyText } from "./known-keys.ts";

export type Validated =
  | { readonly written: Written; readonly problems: readonly [] }
  | { readonly written: null; readonly problems: readonly Problem[] };

export function validate(root: Located): Validated {
  const plain = toPlain(root);
  const result = schema.safeParse(plain);
  const issues = result.success ? [] : result.error.issues;
  const problems = issues.flatMap((issue) =>
    problemsOf(issue, root, (path, key) => unknownKeyText(path, key, plain)),
  );
  const valid = result.success ? result.data : validSections(plain);
  for (const { path, text } of combinationProblems(valid)) problems.push({ ...at(root, path), text });
  return problems.length === 0 && result.success
    ? { written: result.data, problems: [] }
    : { written: null, problems };
}

/** What is right by itself, so that combinations are checked beside other problems. */
function validSections(plain: unknown): ValidSections {
  const { train = {} } = plain as Record<string, unknown>;
  return {
    ...validFields(schema.shape, plain),
    train: validFields(schema.shape.train.unwrap().shape, train),
  };
}

function validFields(shape: Readonly<Record<string, z.ZodType>>, plain: unknown): Record<string, unknown> {
  const valid: Record<string, unknown> = {};
  if (typeof plain !== "object" || plain === null) return valid;
  for (const [name, field] of Object.entries(shape)) {
    const result = field.safeParse((plain as Record<string, unknown>)[name]);
    if (result.success) valid[name] = result.data;
  }
  return valid;
}
