// The zod schema of one data set out of several kinds, made of their declarations.

import { z } from "zod";
import { kind as literal } from "../../settings/leaves.ts";

type Declared = { readonly kind: string; readonly description: string; readonly options: z.ZodRawShape };

/** Distributes over kinds. */
type VariantOf<Kind, Shared> = Kind extends {
  readonly kind: infer Name extends string;
  readonly options: infer Options;
}
  ? z.ZodObject<{ kind: z.ZodLiteral<Name> } & Options & Shared, z.core.$strict>
  : never;

/** `shared` are the keys that stand once, whatever the kind. */
export function variantsOf<Kind extends Declared, Shared extends z.ZodRawShape>(
  kinds: Readonly<Record<string, Kind>>,
  shared: Shared,
) {
  const variants = Object.values<Declared>(kinds).map(({ kind, description, options }) =>
    z.strictObject({ kind: literal(kind, description), ...options, ...shared }),
  );
  // What each variant holds is lost to the compiler in the loop, and known from the declarations.
  return z.discriminatedUnion("kind", variants as unknown as [VariantOf<Kind, Shared>]);
}
