// Asks the schema which keys it knows, for messages about those that it does not.

import { z } from "zod";
import { nearMiss } from "../../near-miss.ts";
import { anyItem, schema, variantAt } from "../schema/schema.ts";
import { renamedKeys } from "../upgrade.ts";

type Schema = z.core.$ZodType;

/** `value` is what the user wrote there; it says which variant of a section is meant. `root` may be another schema. */
export function knownKeys(
  path: readonly (string | number)[],
  value: unknown,
  root: Schema = schema,
): string[] {
  let at: Schema | undefined = root;
  let here: unknown = value;
  for (const key of path) {
    const list: Schema | undefined = at && unwrapped(at);
    if (list instanceof z.ZodRecord) at = list.valueType;
    else at = itemOf(list) ?? shapeOf(at, here)?.[String(key)];
    here = (here as Record<string, unknown> | null)?.[key as string];
  }
  return Object.keys(shapeOf(at, here) ?? {});
}

/** What a file may have beside the experiment. */
const ofFiles: readonly string[] = ["extends", "report"];

/** "unknown key" with what may have been meant: a key nearby, or one of that name in another section. */
export function unknownKeyText(path: readonly (string | number)[], key: string, root: unknown): string {
  const known = knownKeys(path, root);
  const inRoot = path.length === 0 ? ["extends", ...known, "report"] : known;
  if (path.length === 0 && ofFiles.includes(key)) return `expected in an experiment's file only`;
  const list = `(known: ${inRoot.join(", ")})`;
  const written = [...path, key].join(".");
  const renamed = Object.hasOwn(renamedKeys, written) ? renamedKeys[written] : undefined;
  if (renamed !== undefined) return `is called ${renamed} now ${list}`;
  const paths = pathsOfSchema();
  const variant = variantAt(path);
  if (variant && paths.includes([...variant.path, key].join("."))) {
    return `unknown key for ${variant.key} ${valueAt([...path, variant.key], root)} ${list}`;
  }
  const elsewhere = paths.filter((other) => other.split(".").at(-1) === key && !other.includes(anyItem));
  const few = elsewhere.length > 0 && elsewhere.length <= 2;
  const meant = few ? elsewhere.join(" or ") : nearMiss(key, inRoot);
  const suggestion = meant === null ? "" : `, did you mean ${meant}?`;
  return `unknown key${suggestion} ${list}`;
}

function valueAt(path: readonly (string | number)[], root: unknown): unknown {
  return path.reduce((here, key) => (here as Record<string, unknown> | undefined)?.[key], root);
}

let schemaPaths: readonly string[] | null = null;

/** Found once: a file may hold thousands of unknown keys. */
function pathsOfSchema(): readonly string[] {
  schemaPaths ??= [...new Set(allPaths(schema))];
  return schemaPaths;
}

function allPaths(at: Schema, prefix = ""): string[] {
  const inner = unwrapped(at);
  const item = itemOf(inner);
  if (item) return allPaths(item, `${prefix}${anyItem}.`);
  const objects =
    inner instanceof z.ZodDiscriminatedUnion ? inner.options : inner instanceof z.ZodObject ? [inner] : [];
  return objects.flatMap((option) =>
    Object.entries((option as z.ZodObject).shape).flatMap(([key, value]) => [
      `${prefix}${key}`,
      ...allPaths(value as Schema, `${prefix}${key}.`),
    ]),
  );
}

/** What a list or a mapping of the user's own names holds. */
function itemOf(at: Schema | undefined): Schema | undefined {
  if (at instanceof z.ZodArray) return at.element;
  return at instanceof z.ZodRecord ? at.valueType : undefined;
}

function shapeOf(at: Schema | undefined, value: unknown): Readonly<Record<string, Schema>> | undefined {
  const inner = at && unwrapped(at);
  if (inner instanceof z.ZodObject) return inner.shape;
  if (!(inner instanceof z.ZodDiscriminatedUnion)) return undefined;
  const { discriminator } = inner.def;
  const name = (value as Record<string, unknown> | null)?.[discriminator];
  const options = inner.options as readonly z.ZodObject[];
  const chosen = options.find(({ shape }) => (shape[discriminator] as z.ZodLiteral).value === name);
  return chosen?.shape;
}

function unwrapped(at: Schema): Schema {
  let inner = at;
  while (
    inner instanceof z.ZodDefault ||
    inner instanceof z.ZodPrefault ||
    inner instanceof z.ZodNullable ||
    inner instanceof z.ZodOptional
  ) {
    inner = inner.unwrap();
  }
  return inner;
}
