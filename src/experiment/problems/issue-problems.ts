// What zod says about values that a user wrote, in our words and with the place of each.

import type { z } from "zod";
import { nearMiss } from "../../near-miss.ts";
import { describe, type Located, locate, type Path, type Problem } from "../text/located.ts";

/** The text about a key that the schema lacks, in the section at `path`. */
export type UnknownKeyText = (path: Path, key: string) => string;

/** A path and the place of the deepest value on the way along it. */
export function at(root: Located, path: Path): { readonly place: Located["place"]; readonly path: Path } {
  return { place: locate(root, path).value.place, path };
}

/** `root` is what was checked. */
export function problemsOf(issue: z.core.$ZodIssue, root: Located, unknownKey: UnknownKeyText): Problem[] {
  const path = issue.path as Path;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      ...at(root, [...path, key]),
      text: unknownKey(path, key),
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
