// The language of --where over rows of any kind: trials in the terminal, and the rows of a page, whose script bundles this.
// Nothing of Node, and nothing that knows runs.

import { UserError } from "../errors.ts";
import { nearMiss } from "../near-miss.ts";
import { nfc } from "../same-text.ts";
import { fieldsOf, parseExpression } from "./expression.ts";
import { type FieldValue, type KindsOf, testOf, textOf } from "./matches.ts";

export type Fields = Readonly<Record<string, FieldValue>>;

export type RowTest = (row: Fields) => boolean;

/** The fields of rows, and of what kind their values are. */
export type Columns = { readonly names: readonly string[]; readonly kindsOf: KindsOf };

/** Every field by its whole name. Throws UserError, which begins with `option`, for what cannot be read and for fields that no row has. */
export function expressionFilter(text: string, { names, kindsOf }: Columns, option: string): RowTest {
  const expression = parseExpression(text, option);
  for (const field of fieldsOf(expression)) {
    if (names.includes(field)) continue;
    const near = names.find((name) => name.endsWith(`.${field}`)) ?? nearMiss(field, names);
    throw new UserError(
      `${option}: unknown field ${JSON.stringify(field)}${near === null ? "" : `, did you mean ${near}?`} (known: ${names.join(", ")})`,
    );
  }
  const fulfils = testOf(expression, kindsOf);
  return (row) => fulfils((field) => row[field] ?? null);
}

/**
 * For a box to type in, at every letter: an expression where it is one, with fields by the end or the beginning of their
 * names and in any case of letters; otherwise words that a row has to have, among which comparisons such as batch_size>=32
 * may stand.
 */
export function boxFilter(text: string, columns: Columns): RowTest {
  const trimmed = text.trim();
  if (trimmed === "") return () => true;
  const whole = lenient(trimmed, columns);
  if (typeof whole !== "string") return whole;
  const terms = trimmed.split(/\s+/).map((term) => {
    const test = lenient(term, columns);
    return typeof test === "string" ? wordTest(term) : test;
  });
  return (row) => terms.every((term) => term(row));
}

/** What is wrong with text in such a box that is meant as an expression, in one line; null for words and where nothing is. */
export function boxProblem(text: string, columns: Columns): string | null {
  const trimmed = text.trim();
  const whole = lenient(trimmed, columns);
  if (typeof whole !== "string") return null;
  const wrong = trimmed
    .split(/\s+/)
    .filter((term) => /[=<>~]/.test(term))
    .map((term) => ({ term, problem: lenient(term, columns) }))
    .find(({ problem }) => typeof problem === "string");
  if (wrong === undefined) return null;
  // Among words a comparison such as loss<abc is wrong by itself; what is no expression at all is part of a longer one.
  return isExpression(wrong.term) && !isExpression(trimmed) ? (wrong.problem as string) : whole;
}

/** A text where it is no expression over these columns: why. */
function lenient(text: string, { names, kindsOf }: Columns): RowTest | string {
  try {
    const expression = parseExpression(text, "");
    const known = new Map(fieldsOf(expression).map((field) => [field, fieldNamed(field, names)]));
    const unknown = [...known].find(([, name]) => name === null)?.[0];
    if (unknown !== undefined) {
      const near = nearMiss(unknown, names);
      return `no column ${unknown}${near === null ? "" : `, did you mean ${near}?`}`;
    }
    const fulfils = testOf(expression, (field) => kindsOf(known.get(field)!));
    return (row) => fulfils((field) => row[known.get(field)!] ?? null);
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    return thrown.message.split("\n")[0]!.replace(/^: /, "");
  }
}

function isExpression(text: string): boolean {
  try {
    parseExpression(text, "");
    return true;
  } catch (thrown) {
    if (thrown instanceof UserError) return false;
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
  const wanted = nfc(word).toLowerCase();
  return (row) => Object.values(row).some((value) => nfc(textOf(value)).toLowerCase().includes(wanted));
}
