// The filter by categories, written as names or as COCO's ids, which run from 1 to 90 with gaps.

import { UserError } from "../../errors.ts";
import { knownName } from "./known-names.ts";

/** The names that `chosen` means; `categories` is id -> name. Throws UserError for what it does not know, in `key`.categories. */
export function categoryNames(
  chosen: readonly (string | number)[],
  categories: ReadonlyMap<string, string>,
  key: string,
): ReadonlySet<string> {
  const known = [...new Set(categories.values())];
  const names = chosen.map((one) => {
    if (typeof one === "string") return knownName(`${key}.categories`, "category", one, known);
    const name = categories.get(String(one));
    if (name !== undefined) return name;
    const list = [...categories].map(([id, each]) => `${id} ${each}`).join(", ");
    throw new UserError(
      `${key}.categories: expected the id of a known category, got ${one} (known: ${list})`,
    );
  });
  return new Set(names);
}
