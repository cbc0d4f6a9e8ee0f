// The language of `--where`: comparisons of the fields of a run (or any row), joined by and, or, not and parentheses.
//
//   expression  = and { "or" and }                      and = not { "and" not }
//   not         = "not" not | "(" expression ")" | comparison
//   comparison  = field [ operator value | "in" "(" value { "," value } ")" ]
//   operator    = "=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">=" | "~" (contains) | "!~"
//   value       = number | 'text' | "text" | true | false | null | a date such as 2026-11-23T14:20Z | a word
//
// It only reads. Fields are named by the caller (run-fields.ts); nothing here knows runs.

import { UserError } from "../errors.ts";

export type Scalar = string | number | boolean | null;

export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~";

/** A value as it is written. */
export type Literal = {
  readonly value: Scalar;
  /** Without its quotes: what a text is compared with, whatever else it may be. */
  readonly text: string;
  /** The error that points at it. */
  readonly wrong: (expected: string) => UserError;
};

export type Expression =
  | { readonly kind: "and" | "or"; readonly parts: readonly Expression[] }
  | { readonly kind: "not"; readonly inner: Expression }
  | { readonly kind: "compare"; readonly field: string; readonly operator: Operator; readonly value: Literal }
  | { readonly kind: "in"; readonly field: string; readonly values: readonly Literal[] };

/** Of `not` and parentheses within one another: each is a call of the reader and of the test. */
const deepest = 100;

type Token = {
  readonly kind: "word" | "text" | "number" | "sign" | "end";
  readonly text: string;
  /** Index of its first character. */
  readonly at: number;
};

const pattern =
  /\s*(?:(?<word>[A-Za-z_][\w./:-]*|\d{4}-\d\d(?:-\d\d(?:T[\w:.+-]*)?)?)|(?<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![\w.]))|(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<sign><=|>=|!=|<>|==|!~|[=<>~(),]))/iuy;

const operators: Readonly<Record<string, Operator>> = {
  "=": "=",
  "==": "=",
  "!=": "!=",
  "<>": "!=",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
  "~": "~",
  "!~": "!~",
};

/** Throws a UserError that points at the place of what is wrong and begins with `option`. */
export function parseExpression(source: string, option = "--where"): Expression {
  const wrong = (token: Token, expected: string) => problemAt(source, token, expected, option);
  const tokens = tokenize(source, wrong);
  let position = 0;
  const peek = () => tokens[position]!;
  const take = () => tokens[position++]!;
  const isWord = (word: string) => peek().kind === "word" && peek().text.toLowerCase() === word;
  const isSign = (sign: string) => peek().kind === "sign" && peek().text === sign;
  const expect = (sign: string) => {
    if (!isSign(sign)) throw wrong(peek(), `"${sign}"`);
    take();
  };

  const joined = (word: "and" | "or", next: () => Expression) => (): Expression => {
    const parts = [next()];
    while (isWord(word)) {
      take();
      parts.push(next());
    }
    return parts.length === 1 ? parts[0]! : { kind: word, parts };
  };
  let depth = 0;
  const not = (): Expression => {
    const isNot = isWord("not");
    if (!isNot && !isSign("(")) return comparison();
    if (++depth > deepest) throw wrong(peek(), `at most ${deepest} levels of not and parentheses`);
    take();
    const inner = isNot ? not() : whole();
    depth--;
    if (isNot) return { kind: "not", inner };
    expect(")");
    return inner;
  };
  const whole = joined("or", joined("and", not));

  const comparison = (): Expression => {
    const field = take();
    if (field.kind !== "word" || keywords.has(field.text.toLowerCase()))
      throw wrong(field, "a field such as metrics.unseen.psnr");
    if (isWord("in")) {
      take();
      expect("(");
      const values = [value()];
      while (isSign(",")) {
        take();
        values.push(value());
      }
      expect(")");
      return { kind: "in", field: field.text, values };
    }
    const operator = peek().kind === "sign" ? operators[peek().text] : undefined;
    if (operator === undefined) throw wrong(peek(), `one of ${Object.keys(operators).join(" ")} or in`);
    take();
    return { kind: "compare", field: field.text, operator, value: value() };
  };
  const value = (): Literal => {
    const token = take();
    const literal = (value: Scalar, text: string): Literal => ({
      value,
      text,
      wrong: (expected) => wrong(token, expected),
    });
    if (token.kind === "number") return literal(Number(token.text), token.text);
    if (token.kind === "text") {
      const text = token.text.slice(1, -1).replaceAll(/\\(.)/gsu, "$1");
      return literal(text, text);
    }
    if (token.kind !== "word") throw wrong(token, "a value");
    const constant = constants.get(token.text.toLowerCase());
    return constant === undefined
      ? literal(token.text, token.text)
      : literal(constant, token.text.toLowerCase());
  };

  const expression = whole();
  if (peek().kind !== "end") throw wrong(peek(), "and, or, or the end");
  return expression;
}

const keywords = new Set(["and", "or", "not", "in"]);
const constants = new Map<string, Scalar>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

function tokenize(source: string, wrong: (token: Token, expected: string) => UserError): Token[] {
  const tokens: Token[] = [];
  const scan = new RegExp(pattern);
  for (;;) {
    const at = scan.lastIndex;
    const found = scan.exec(source);
    if (found === null) {
      const rest = source.slice(at).trimStart();
      const token: Token = { kind: "end", text: rest, at: source.length - rest.length };
      if (rest !== "")
        throw wrong(token, /^["']/.test(rest) ? "a closing quote" : "a field, an operator or a value");
      return [...tokens, token];
    }
    const [kind, text] = Object.entries(found.groups!).find(([, matched]) => matched !== undefined)!;
    tokens.push({ kind: kind as Token["kind"], text: text!, at: scan.lastIndex - text!.length });
  }
}

function problemAt(source: string, { text, at }: Token, expected: string, option: string): UserError {
  const got = text === "" ? "the end" : JSON.stringify(text.slice(0, 40));
  const line = source.replaceAll(/\s/g, " ");
  return new UserError(`${option}: expected ${expected}, got ${got}\n  ${line}\n  ${" ".repeat(at)}^`);
}

/** All fields that an expression names. */
export function fieldsOf(expression: Expression): string[] {
  switch (expression.kind) {
    case "not":
      return fieldsOf(expression.inner);
    case "and":
    case "or":
      return expression.parts.flatMap(fieldsOf);
    default:
      return [expression.field];
  }
}
