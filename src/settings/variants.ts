// Sections of which one key says the variant, such as `model.kind`: one object for each, and one union of all that a
// registry lists.

import { z } from "zod";
import { kind } from "./leaves.ts";
import type { ReadonlyDeep } from "./readonly-deep.ts";

/** What is there once the options of a variant are complete. */
export type SettingsOf<Options extends z.ZodRawShape> = ReadonlyDeep<
  z.output<z.ZodObject<Options, z.core.$strict>>
>;

/** The object of one variant: strict, as every section is. */
export function variant<
  const Key extends string,
  const Name extends string,
  const Shape extends z.ZodRawShape,
>(key: Key, name: Name, description: string, shape: Shape) {
  type Whole = { readonly [K in Key]: z.ZodLiteral<Name> } & Shape;
  return z.strictObject({ [key]: kind(name, description), ...shape } as unknown as Whole);
}

type WithSchema = { readonly schema: z.core.$ZodTypeDiscriminable };

type SchemasOf<List extends readonly WithSchema[]> = {
  readonly [Place in keyof List]: List[Place]["schema"];
};

/** One of the listed variants. */
export function variants<const Key extends string, const List extends readonly [WithSchema, ...WithSchema[]]>(
  key: Key,
  list: List,
) {
  return z.discriminatedUnion(key, list.map(({ schema }) => schema) as unknown as SchemasOf<List>);
}
