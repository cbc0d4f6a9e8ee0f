// Where a reader of an override stands in its text, and what every part of the grammar looks for.

import { UserError } from "../../../errors.ts";
import { quoted } from "../located.ts";

export type Cursor = { readonly text: string; at: number };

/** Moves past what a sticky pattern matches here; null where it does not match. */
export function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = cursor.at;
  const match = pattern.exec(cursor.text);
  if (match !== null) cursor.at = pattern.lastIndex;
  return match;
}

/** Blanks and tabs, as Hydra: a line break is a letter like any other. */
export function skipBlanks(cursor: Cursor): void {
  take(cursor, /[ \t]*/y);
}

/** What comes next, for messages. */
export function rest({ text, at }: Cursor): string {
  return at < text.length ? quoted(text.slice(at)) : "the end";
}

/** A UserError whose text completes "key.path: ". */
export function refuse(text: string): never {
  throw new UserError(text);
}
