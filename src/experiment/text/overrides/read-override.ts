// One override of the command line in Hydra's grammar, such as `train.epochs=2` or `train.batch_size=16,32`. Left out, and
// refused by name: config groups (`db/mysql=…`), packages (`key@package`), interpolation (`${…}`), every function but
// choice and range, `~key=value`, and an empty key.
// https://hydra.cc/docs/advanced/override_grammar/basic/ and https://hydra.cc/docs/advanced/override_grammar/extended/

import { UserError } from "../../../errors.ts";
import { quoted } from "../located.ts";
import { type Cursor, refuse, rest, take } from "./cursor.ts";
import { functionName, type Plain, readElement } from "./element.ts";
import { readFunction } from "./functions.ts";

export type Override =
  /** `key=value`, and `+key=value` and `++key=value`: the schema says what may be there. */
  | { readonly kind: "set"; readonly path: readonly string[]; readonly value: Plain }
  /** `key=a,b`, `key=choice(a,b)` and `key=range(3)`. */
  | { readonly kind: "sweep"; readonly path: readonly string[]; readonly values: readonly Plain[] }
  /** `~key`. */
  | { readonly kind: "remove"; readonly path: readonly string[] }
  | { readonly kind: "problem"; readonly path: readonly string[]; readonly text: string };

export function readOverride(word: string): Override {
  const [, sign, key, text] = /^(\+{1,2}|~|)([^=]*)(?:=(.*))?$/s.exec(word)!;
  const parts = key!.split(".");
  const about = keyProblem(key!);
  if (about !== null || parts.some((part) => part === "") || (sign !== "~" && text === undefined))
    return { kind: "problem", path: [], text: about ?? `expected key.path=value, got ${quoted(word)}` };
  if (sign === "~" && text !== undefined)
    return { kind: "problem", path: parts, text: `expected ~${key} without a value, got ${quoted(word)}` };
  if (sign === "~") return { kind: "remove", path: parts };
  try {
    return { path: parts, ...readValue({ text: text!, at: 0 }) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { kind: "problem", path: parts, text: error.message };
  }
}

/** No experiment has half as many; thousands would take half a minute to be refused one after the other. */
const deepest = 64;

function keyProblem(key: string): string | null {
  if (key.includes("@")) return `key@package is not supported, got ${quoted(key)}`;
  const depth = key.split(".").length;
  if (depth > deepest) return `expected key.path=value of at most ${deepest} keys, got ${depth} of them`;
  if (key.includes("/")) return `groups are not supported: expected key.path with dots, got ${quoted(key)}`;
  return /[\s+~:,'"()[\]{}]/.test(key) ? `expected key.path=value, got the key ${quoted(key)}` : null;
}

type Value =
  | { readonly kind: "set"; readonly value: Plain }
  | { readonly kind: "sweep"; readonly values: readonly Plain[] };

function readValue(cursor: Cursor): Value {
  take(cursor, /[ \t]*/y);
  if (cursor.at === cursor.text.length) return { kind: "set", value: "" };
  const name = functionName(cursor);
  if (name !== null) {
    const values = readFunction(cursor, name);
    if (cursor.at < cursor.text.length)
      refuse(`expected ${name}(…) as the whole value, got ${rest(cursor)} after it`);
    return { kind: "sweep", values };
  }
  const values = [readElement(cursor)];
  while (take(cursor, /[ \t]*,[ \t]*/y) !== null) values.push(readElement(cursor));
  if (cursor.at < cursor.text.length)
    refuse(
      `expected the end or a comma, got ${rest(cursor)}; quote a text, or write \\ before such characters`,
    );
  return values.length === 1 ? { kind: "set", value: values[0]! } : { kind: "sweep", values };
}
