// Whether fields fulfil an expression. What a value is compared as, the field says, never the quotes around it: text with
// what was written, numbers with numbers, dates with dates. A value that no field of that kind can equal is an error.

import { nfc } from "../same-text.ts";
import { dateSpan, type Span } from "./date-span.ts";
import type { Expression, Literal, Operator, Scalar } from "./expression.ts";
import { type FieldKind, kindOfValue } from "./field-kinds.ts";

/** A field that is a list is compared item by item. */
export type FieldValue = Scalar | Date | readonly string[];

export type FieldTest = (fieldOf: (field: string) => FieldValue) => boolean;

/** The kinds that a field has among all rows; none where no row has a value. */
export type KindsOf = (field: string) => ReadonlySet<FieldKind>;

/** Throws a UserError that points at the first value that its field cannot be compared with. */
export function testOf(expression: Expression, kindsOf: KindsOf): FieldTest {
  switch (expression.kind) {
    case "and": {
      const tests = expression.parts.map((part) => testOf(part, kindsOf));
      return (fieldOf) => tests.every((test) => test(fieldOf));
    }
    case "or": {
      const tests = expression.parts.map((part) => testOf(part, kindsOf));
      return (fieldOf) => tests.some((test) => test(fieldOf));
    }
    case "not": {
      const inner = testOf(expression.inner, kindsOf);
      return (fieldOf) => !inner(fieldOf);
    }
    case "in": {
      const { field } = expression;
      const tests = expression.values.map((value) => valueTest(field, "=", value, kindsOf(field)));
      return (fieldOf) => tests.some((test) => test(fieldOf(field)));
    }
    case "compare": {
      const { field, operator } = expression;
      const test = valueTest(field, operator, expression.value, kindsOf(field));
      return (fieldOf) => test(fieldOf(field));
    }
  }
}

type ValueTest = (found: FieldValue) => boolean;

/** What is not there is equal to null only, and neither greater nor less than anything; NaN counts as not there. */
function valueTest(
  field: string,
  operator: Operator,
  literal: Literal,
  kinds: ReadonlySet<FieldKind>,
): ValueTest {
  if (operator === "!=" || operator === "!~") {
    const test = valueTest(field, operator === "!=" ? "=" : "~", literal, kinds);
    return (found) => !test(found);
  }
  if (operator === "~") {
    if (literal.value === null) throw literal.wrong(`a text for ${field} ~`);
    const wanted = nfc(literal.text).toLowerCase();
    return eachItem(
      (found) => kindOfValue(found) !== null && nfc(textOf(found)).toLowerCase().includes(wanted),
    );
  }
  if (literal.value === null) {
    if (operator !== "=") throw literal.wrong(`${wordsFor(kinds)} for ${field} ${operator}`);
    return (found) => kindOfValue(found) === null;
  }
  return eachItem(comparison(field, operator, literal, kinds));
}

function eachItem(test: ValueTest): ValueTest {
  return (found) => (isList(found) ? found.some(test) : test(found));
}

type Order = "=" | "<" | "<=" | ">" | ">=";

function comparison(
  field: string,
  operator: Order,
  literal: Literal,
  kinds: ReadonlySet<FieldKind>,
): ValueTest {
  const mayBe = (kind: FieldKind) => kinds.has(kind) || kinds.size === 0;
  const span = kinds.has("time") ? dateSpan(literal.text) : null;
  if (span !== null) return (found) => found instanceof Date && holdsFor(operator, found.getTime(), span);
  const number = literal.text.trim() === "" ? Number.NaN : Number(literal.text);
  if (mayBe("number") && !Number.isNaN(number))
    return (found) => typeof found === "number" && holds(operator, found, number);
  const truth = { true: true, false: false }[literal.text];
  if (mayBe("truth") && truth !== undefined && operator === "=") return (found) => found === truth;
  if (!mayBe("text")) throw literal.wrong(`${wordsFor(kinds, operator)} for ${field}`);
  const wanted = nfc(literal.text);
  return (found) => typeof found === "string" && holds(operator, nfc(found), wanted);
}

function holds<Value extends number | string>(operator: Order, found: Value, wanted: Value): boolean {
  switch (operator) {
    case "=":
      return found === wanted;
    case "<":
      return found < wanted;
    case "<=":
      return found <= wanted;
    case ">":
      return found > wanted;
    case ">=":
      return found >= wanted;
  }
}

/** A date is the moment at which it begins; equal to it is all that lies within what was written. */
function holdsFor(operator: Order, found: number, { from, to }: Span): boolean {
  return operator === "=" ? found >= from && found < to : holds(operator, found, from);
}

const words: Readonly<Record<FieldKind, string>> = {
  number: "a number",
  text: "a text",
  truth: "true or false",
  time: "a date such as 2026-11-23 or '2026-11-23 14:20'",
};

function wordsFor(kinds: ReadonlySet<FieldKind>, operator: Operator = "="): string {
  if (kinds.has("truth") && kinds.size === 1 && operator !== "=") return "= or !=, as it is true or false,";
  return kinds.size === 0 ? "a value" : [...kinds].map((kind) => words[kind]).join(" or ");
}

function isList(value: FieldValue): value is readonly string[] {
  return Array.isArray(value);
}

/** As tables show it and `~` looks into it. */
export function textOf(value: FieldValue): string {
  if (value instanceof Date) return value.toISOString();
  return isList(value) ? value.join(", ") : String(value);
}

/** By rising value, lists as text; what is not there comes last, also where `descending`. */
export function compareFields(a: FieldValue, b: FieldValue, descending: boolean): number {
  const missing = (value: FieldValue) => kindOfValue(value) === null;
  if (missing(a) || missing(b)) return Number(missing(a)) - Number(missing(b));
  const order =
    typeof a === "number" && typeof b === "number"
      ? a - b
      : textOf(a).localeCompare(textOf(b), "en", { numeric: true });
  return descending ? -order : order;
}
