// Names that a user wrote against the names that a file knows: a near miss is suggested, all are listed.

import { UserError } from "../../errors.ts";
import { nearMiss } from "../../near-miss.ts";

/** Throws UserError unless `known` holds `name`; `what` says what kind of name, such as "category". */
export function requireKnownName(key: string, what: string, name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  const near = nearMiss(name, known);
  const suggestion = near === null ? "" : `; did you mean ${JSON.stringify(near)}?`;
  const list = known.join(", ");
  throw new UserError(
    `${key}: expected a known ${what}, got ${JSON.stringify(name)}${suggestion} (known: ${list})`,
  );
}
