// Whether a run's fields fulfil an expression.

import type { Expression, Operator, Scalar } from "./expression.ts";

/** A field that is a list is compared item by item. */
export type FieldValue = Scalar | readonly string[];

export function matches(expression: Expression, fieldOf: (field: string) => FieldValue): boolean {
  switch (expression.kind) {
    case "and":
      return matches(expression.left, fieldOf) && matches(expression.right, fieldOf);
    case "or":
      return matches(expression.left, fieldOf) || matches(expression.right, fieldOf);
    case "not":
      return !matches(expression.inner, fieldOf);
    case "in":
      return expression.values.some((value) => compare(fieldOf(expression.field), "=", value));
    case "compare":
      return compare(fieldOf(expression.field), expression.operator, expression.value);
  }
}

/** What is not there is equal to null only, and neither greater nor less than anything; NaN counts as not there. */
function compare(found: FieldValue, operator: Operator, wanted: Scalar): boolean {
  if (operator === "!=") return !compare(found, "=", wanted);
  if (operator === "!~") return !compare(found, "~", wanted);
  if (isList(found)) return found.some((item) => compare(item, operator, wanted));
  const value = typeof found === "number" && Number.isNaN(found) ? null : found;
  if (operator === "=") return value === wanted;
  if (value === null || wanted === null) return false;
  if (operator === "~") return String(value).toLowerCase().includes(String(wanted).toLowerCase());
  if (typeof value !== typeof wanted) return false;
  switch (operator) {
    case "<":
      return value < wanted;
    case "<=":
      return value <= wanted;
    case ">":
      return value > wanted;
    case ">=":
      return value >= wanted;
  }
}

function isList(value: FieldValue): value is readonly string[] {
  return Array.isArray(value);
}

/** By rising value, lists as text; what is not there comes last, also where `descending`. */
export function compareFields(a: FieldValue, b: FieldValue, descending: boolean): number {
  const [left, right] = [a, b].map((value) => (isList(value) ? value.join(", ") : value));
  const missing = (value: unknown) => value === null || Number.isNaN(value);
  if (missing(left) || missing(right)) return Number(missing(left)) - Number(missing(right));
  const order =
    typeof left === "number" && typeof right === "number"
      ? left - right
      : String(left).localeCompare(String(right), "en", { numeric: true });
  return descending ? -order : order;
}
