// The language of --where over rows of any kind: trials in the terminal, and the rows of a page, whose script bundles this.
// Nothing of Node, and nothing that knows runs.

import { UserError } from "../errors.ts";
import { nearMiss } from "../near-miss.ts";
import { fieldsOf, parseExpression } from "./expression.ts";
import { type FieldValue, matches } from "./matches.ts";

export type Fields = Readonly<Record<string, FieldValue>>;

export type RowTest = (row: Fields) => boolean;

/** Every field by its whole name. Throws UserError, which begins with `option`, for what cannot be read and for fields that no row has. */
export function expressionFilter(text: string, names: readonly string[], option: string): RowTest {
  const expression = parseExpression(text, option);
  for (const field of fieldsOf(expression)) {
    if (names.includes(field)) continue;
    const near = names.find((name) => name.endsWith(`.${field}`)) ?? nearMiss(field, names);
    throw new UserError(
      `${option}: unknown field ${JSON.stringify(field)}${near === null ? "" : `, did you mean ${near}?`} (known: ${names.join(", ")})`,
    );
  }
  return (row) => matches(expression, (field) => row[field] ?? null);
}

/**
 * For a box to type in, at every letter: an expression where it is one, with fields by the end or the beginning of their
 * names and in any case of letters; otherwise words that a row has to have, among which comparisons such as batch_size>=32
 * may stand.
 */
export function boxFilter(text: string, names: readonly string[]): RowTest {
  const trimmed = text.trim();
  if (trimmed === "") return () => true;
  const whole = lenient(trimmed, names);
  if (whole !== null) return whole;
  const terms = trimmed.split(/\s+/).map((term) => lenient(term, names) ?? wordTest(term));
  return (row) => terms.every((term) => term(row));
}

/** What is wrong with text in such a box that is meant as an expression, in one line; null for words and where nothing is. */
export function boxProblem(text: string, names: readonly string[]): string | null {
  const isWrong = (term: string) => /[=<>~]/.test(term) && lenient(term, names) === null;
  const trimmed = text.trim();
  if (lenient(trimmed, names) !== null || !trimmed.split(/\s+/).some(isWrong)) return null;
  try {
    const [unknown] = fieldsOf(parseExpression(trimmed, "")).filter(
      (field) => fieldNamed(field, names) === null,
    );
    const near = unknown === undefined ? null : nearMiss(unknown, names);
    return `no column ${unknown}${near === null ? "" : `, did you mean ${near}?`}`;
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    return thrown.message.split("\n")[0]!.replace(/^: /, "");
  }
}

/** null where the text is no expression over these fields. */
function lenient(text: string, names: readonly string[]): RowTest | null {
  try {
    const expression = parseExpression(text, "");
    const known = new Map(fieldsOf(expression).map((field) => [field, fieldNamed(field, names)]));
    if ([...known.values()].includes(null)) return null;
    return (row) => matches(expression, (field) => row[known.get(field)!] ?? null);
  } catch (thrown) {
    if (thrown instanceof UserError) return null;
    throw thrown;
  }
}

/** "batch_size" is "train.batch_size", and "best" is "best unseen loss". */
function fieldNamed(wanted: string, names: readonly string[]): string | null {
  const plain = (name: string) => name.toLowerCase().replaceAll(" ", "_");
  const asked = plain(wanted);
  return (
    names.find((name) => plain(name) === asked) ??
    names.find((name) => plain(name).endsWith(`.${asked}`)) ??
    names.find((name) => plain(name).startsWith(asked)) ??
    null
  );
}

function wordTest(word: string): RowTest {
  const wanted = word.toLowerCase();
  return (row) => Object.values(row).some((value) => String(value).toLowerCase().includes(wanted));
}
