// A table as RFC 4180 has it. For a spreadsheet, a text that one would take for a formula gets an apostrophe in front, as OWASP's
// "CSV Injection" says; numbers stay numbers, negative ones too, also those that are texts, such as SQL's printf('%.2f', -0.5).

import { type FieldValue, textOf } from "./matches.ts";

/** For a spreadsheet. */
export function csvLine(cells: readonly FieldValue[]): string {
  return lineOf(
    cells.map(cellText).map((text) => (formula.test(text) && !number.test(text) ? `'${text}` : text)),
  );
}

/** For programs: every text as it is. */
export function plainCsvLine(cells: readonly FieldValue[]): string {
  return lineOf(cells.map(cellText));
}

function lineOf(texts: readonly string[]): string {
  return `${texts.map(quoted).join(",")}\r\n`;
}

function cellText(value: FieldValue): string {
  if (value === null) return "";
  return Array.isArray(value) ? value.join(" ") : textOf(value);
}

/** Spreadsheets look behind blanks, and take the wide forms of the signs for the signs. */
const formula = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/u;

const number = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|Infinity)$/i;

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
