// What the values of a field are. The fields of runs that are always the same kind stand here, so that pages, whose cells
// are text, know them too; what others are, such as settings, their values say.

import type { FieldValue } from "./matches.ts";

export type FieldKind = "number" | "text" | "truth" | "time";

export const propertyKinds = {
  id: "text",
  name: "text",
  status: "text",
  model: "text",
  dataset: "text",
  seed: "number",
  epoch: "number",
  step: "number",
  tags: "text",
  note: "text",
  created: "time",
  duration: "number",
  engine: "text",
  device: "text",
  parameters: "number",
  source: "text",
  sweep: "text",
  trial: "number",
} as const satisfies Readonly<Record<string, FieldKind>>;

/** null where only the values say it. */
export function declaredKind(field: string): FieldKind | null {
  if (Object.hasOwn(propertyKinds, field)) return propertyKinds[field as keyof typeof propertyKinds];
  return field.startsWith("metrics.") ? "number" : null;
}

/** null for what is not there, and for a list of nothing. */
export function kindOfValue(value: FieldValue): FieldKind | null {
  if (Array.isArray(value) && value.length === 0) return null;
  if (value === null || (typeof value === "number" && Number.isNaN(value))) return null;
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "truth";
  return value instanceof Date ? "time" : "text";
}

/** All kinds that a field may have among such values. */
export function kindsAmong(field: string, values: () => Iterable<FieldValue>): ReadonlySet<FieldKind> {
  const declared = declaredKind(field);
  if (declared !== null) return new Set([declared]);
  const kinds = new Set<FieldKind>();
  for (const value of values()) {
    const kind = kindOfValue(value);
    if (kind !== null) kinds.add(kind);
  }
  return kinds;
}
