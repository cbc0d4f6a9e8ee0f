// Names that a user wrote against the names that a file knows: a near miss is suggested, and they are listed.

import { UserError } from "../../errors.ts";
import { shortened } from "../../escaped.ts";
import { nearMiss } from "../../near-miss.ts";
import { sameText } from "../../same-text.ts";

/** Characters: COCO's 80 categories have some 800. */
const mostListed = 1000;

/** The one of `known` that `name` means. Throws UserError where there is none; `what` says what kind of name, such as "category". */
export function knownName(key: string, what: string, name: string, known: readonly string[]): string {
  const found = known.find((each) => sameText(each, name));
  if (found !== undefined) return found;
  const near = nearMiss(name, known);
  const suggestion = near === null ? "" : `; did you mean ${JSON.stringify(near)}?`;
  const list = shortened(known.join(", "), mostListed);
  throw new UserError(
    `${key}: expected a known ${what}, got ${JSON.stringify(name)}${suggestion} (known: ${list})`,
  );
}
