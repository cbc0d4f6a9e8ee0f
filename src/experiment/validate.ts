// Checks a composed experiment against the schema and turns everything that is wrong into problems with a line.

import type { z } from "zod";
import { nearMiss } from "../near-miss.ts";
import { combinationProblems, type ValidSections } from "./combinations.ts";
import { unknownKeyText } from "./known-keys.ts";
import { describe, type Located, locate, type Path, type Problem, toPlain } from "./located.ts";
import { schema, type Written } from "./schema.ts";

export type Validated =
  | { readonly written: Written; readonly problems: readonly [] }
  | { readonly written: null; readonly problems: readonly Problem[] };

export function validate(root: Located): Validated {
  const plain = toPlain(root);
  const result = schema.safeParse(plain);
  const issues = result.success ? [] : result.error.issues;
  const problems = issues.flatMap((issue) => problemsOf(issue, root, plain));
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

function at(root: Located, path: Path): { readonly place: Located["place"]; readonly path: Path } {
  return { place: locate(root, path).value.place, path };
}

function problemsOf(issue: z.core.$ZodIssue, root: Located, plain: unknown): Problem[] {
  const path = issue.path as Path;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      ...at(root, [...path, key]),
      text: unknownKeyText(path, key, plain),
    }));
  }
  const { value, found } = locate(root, path);
  const got = describe(found ? value : null) + quotesHint(issue, found ? value : null);
  return [{ ...at(root, path), text: `expected ${expectation(issue)}, got ${got}${suggestion(issue, got)}` }];
}

/** YAML takes 2024 for a number and true for a truth value, also where a name is meant. */
function quotesHint(issue: z.core.$ZodIssue, value: Located | null): string {
  const wantsText = issue.code === "invalid_type" && issue.expected === "string";
  const isOther = value?.type === "scalar" && value.value !== null && typeof value.value !== "string";
  return wantsText && isOther ? ", which YAML takes for a text only in quotes" : "";
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_union" && unionNames(issue).length > 0) {
    return `one of ${unionNames(issue).join(", ")}`;
  }
  if (issue.code === "invalid_type" && issue.expected === "object") {
    const names: Record<string, string> = {
      model: " such as {kind: beta}",
      dataset: " such as {kind: synthetic}",
    };
    const own = issue.message.startsWith("a mapping") ? issue.message : null;
    return own ?? `a mapping${names[String(issue.path.at(-1))] ?? ""}`;
  }
  return issue.message;
}

function suggestion(issue: z.core.$ZodIssue, got: string): string {
  const names =
    issue.code === "invalid_union"
      ? unionNames(issue)
      : issue.code === "invalid_value"
        ? issue.values.map(String)
        : [];
  const near = got.startsWith('"') ? nearMiss(JSON.parse(got), names) : null;
  return near === null ? "" : `, did you mean ${near}?`;
}

function unionNames(issue: z.core.$ZodIssue): string[] {
  return ((issue as { options?: readonly unknown[] }).options ?? []).map(String);
}
