// Values of Hydra's override grammar: words, numbers, 'quoted' texts, [lists] and {mappings}. Where Hydra knows no such
// character outside of quotes (# ! & ; < > ^ ~ `, letters beyond ASCII) it is text here, and keys of mappings are texts.
// https://github.com/facebookresearch/hydra/blob/main/hydra/grammar/OverrideLexer.g4 and OverrideParser.g4

import { type Cursor, refuse, rest, skipBlanks, take } from "./cursor.ts";

export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

const deepest = 100;
/** What a backslash takes the meaning from. Before any other character it stands for itself, as in C:\pics. */
const escapable = "\\()[]{}:=, \t";
const structural = "()[]{}=,'\"";
export const sweepFunctions: readonly string[] = ["choice", "range"];
const call = /([A-Za-z_][\w-]*)[ \t]*\(/y;

/** Reads one value. */
export function readElement(cursor: Cursor, depth = 0): Plain {
  if (depth > deepest) refuse("expected a value, got one that is nested too deeply");
  const next = cursor.text[cursor.at];
  if (next === "[") return readList(cursor, depth);
  if (next === "{") return readMapping(cursor, depth);
  if (next === "'" || next === '"') return readQuoted(cursor, next);
  const name = functionName(cursor);
  if (name !== null) refuseWithin(name);
  return readWord(cursor, structural);
}

function refuseWithin(name: string): never {
  if (!sweepFunctions.includes(name)) refuseFunction(name);
  refuse(`expected ${name}(…) as the whole value, got it within one`);
}

export function refuseFunction(name: string): never {
  refuse(
    `expected ${sweepFunctions.join("(…) or ")}(…), got ${name}(…), which is not supported; quote a text`,
  );
}

/** The name in `name(`; null where no function is called. */
export function functionName(cursor: Cursor): string | null {
  const name = take({ ...cursor }, call)?.[1] ?? null;
  return name === null || typeof typed(name) !== "string" ? null : name;
}

function readList(cursor: Cursor, depth: number): readonly Plain[] {
  const items: Plain[] = [];
  readItems(cursor, "]", () => items.push(readElement(cursor, depth + 1)));
  return items;
}

function readMapping(cursor: Cursor, depth: number): Plain {
  const entries = new Map<string, Plain>();
  readItems(cursor, "}", () => {
    const key = readKey(cursor);
    if (entries.has(key)) refuse(`expected the key ${key} once, got it again`);
    if (take(cursor, /[ \t]*:[ \t]*/y) === null) refuse(`expected a colon after ${key}, got ${rest(cursor)}`);
    entries.set(key, readElement(cursor, depth + 1));
  });
  return Object.fromEntries(entries);
}

/** What stands between the bracket at the cursor and `close`, with a comma between two. */
export function readItems(cursor: Cursor, close: string, readItem: () => void): void {
  cursor.at++;
  skipBlanks(cursor);
  if (cursor.text[cursor.at] === close) {
    cursor.at++;
    return;
  }
  for (;;) {
    readItem();
    skipBlanks(cursor);
    const next = cursor.text[cursor.at];
    if (next !== "," && next !== close) refuse(`expected a comma or ${close}, got ${rest(cursor)}`);
    cursor.at++;
    if (next === close) return;
    skipBlanks(cursor);
  }
}

function readKey(cursor: Cursor): string {
  const next = cursor.text[cursor.at];
  if (next === "'" || next === '"') return readQuoted(cursor, next);
  const from = cursor.at;
  const word = readWord(cursor, `${structural}:`);
  return typeof word === "string" ? word : cursor.text.slice(from, cursor.at).trim();
}

/** A backslash counts only before the quote that encloses the text, and before such a one: 'it\'s', 'C:\', 'ends in \\'. */
function readQuoted(cursor: Cursor, quote: "'" | '"'): string {
  const pattern = quote === "'" ? /'((?:[^'\\]|\\.)*)'/sy : /"((?:[^"\\]|\\.)*)"/sy;
  const inner = take(cursor, pattern)?.[1];
  if (inner === undefined) refuse(`expected every quote closed, got ${rest(cursor)}`);
  return `${inner}${quote}`
    .replace(/(\\+)(['"])/g, (all, slashes: string, mark: string) =>
      mark === quote ? "\\".repeat(Math.floor(slashes.length / 2)) + mark : all,
    )
    .slice(0, -1);
}

/** A text, number, truth value or null, up to one of `ends` that no backslash precedes. */
function readWord(cursor: Cursor, ends: string): Plain {
  const { text, at: from } = cursor;
  let word = "";
  let isEscaped = false;
  let lastKept = 0; // of `word`: blanks at its end go, but for escaped ones
  for (; cursor.at < text.length && !ends.includes(text[cursor.at]!); cursor.at++) {
    const [char, next] = [text[cursor.at]!, text[cursor.at + 1]];
    if (char === "$" && next === "{") refuse(`interpolation, \${…}, is not supported; quote a text`);
    if (char === "\\" && next !== undefined && escapable.includes(next)) {
      isEscaped = true;
      word += next;
      cursor.at++;
    } else word += char;
    if (!" \t".includes(char)) lastKept = word.length;
  }
  if (lastKept === 0) {
    cursor.at = from;
    refuse(`expected a value, got ${rest(cursor)}`);
  }
  const kept = word.slice(0, lastKept);
  return isEscaped ? kept : typed(kept);
}

const int = /^[+-]?(?:0|[1-9](?:_?\d)*)$/;
const unsigned = "(?:0|[1-9](?:_?\\d)*)";
const point = `(?:${unsigned}\\.|${unsigned}?\\.\\d(?:_?\\d)*)`;
const float = new RegExp(`^[+-]?(?:${point}|(?:${unsigned}|${point})[eE][+-]?\\d(?:_?\\d)*)$`);

function typed(word: string): Plain {
  const small = word.toLowerCase();
  if (small === "null") return null;
  if (small === "true" || small === "false") return small === "true";
  const special = /^([+-]?)(inf|nan)$/.exec(small);
  if (special !== null) return special[2] === "nan" ? Number.NaN : special[1] === "-" ? -Infinity : Infinity;
  if (!int.test(word) && !float.test(word)) return word;
  const number = Number(word.replaceAll("_", "")) + 0;
  if (int.test(word) && !Number.isSafeInteger(number))
    refuse(`expected a whole number up to ${Number.MAX_SAFE_INTEGER}, got ${word}; quote a text`);
  return number;
}
