// A table for a spreadsheet: RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe in front, as
// OWASP's "CSV Injection" says; numbers stay numbers, negative ones too.

import { type FieldValue, textOf } from "./matches.ts";

export function csvLine(cells: readonly FieldValue[]): string {
  return `${cells.map((cell) => quoted(cellText(cell))).join(",")}\r\n`;
}

function cellText(value: FieldValue): string {
  if (value === null) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = Array.isArray(value) ? value.join(" ") : textOf(value);
  return formula.test(text) ? `'${text}` : text;
}

/** Spreadsheets look behind blanks, and take the wide forms of the signs for the signs. */
const formula = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/u;

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
