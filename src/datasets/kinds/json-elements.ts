// Cuts the elements out of the top-level lists of a large JSON file, piece by piece: COCO's train2017 has 448 MB.
// Elements are read as Python writes them, which knows NaN and Infinity, and integers of any length.

import { createReadStream } from "node:fs";
import { messageOf } from "../../errors.ts";

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

/** The objects of the top-level lists named `wanted`, as JSON text; reads no further than the last of these lists. */
export async function* listElements(
  path: string,
  wanted: ReadonlySet<string>,
): AsyncGenerator<{ list: string; text: string }> {
  let depth = 0;
  let inText = false;
  let escaped = false;
  let key = ""; // the latest text at depth 1: the name of the list that follows
  const toCome = new Set(wanted);
  let parts: Buffer[] = []; // of the text or element being cut out, from earlier chunks

  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    let start = parts.length > 0 ? 0 : -1; // where in this chunk the piece being cut out begins
    const cut = (end: number): string => {
      const text = Buffer.concat([...parts, chunk.subarray(start, end)]).toString();
      parts = [];
      start = -1;
      return text;
    };
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (inText) {
        if (escaped) escaped = false;
        else if (byte === backslash) escaped = true;
        else if (byte === quote) {
          inText = false;
          if (depth === 1 && start >= 0) key = JSON.parse(cut(at + 1)) as string;
        }
      } else if (byte === quote) {
        inText = true;
        if (depth === 1) start = at;
      } else if (byte === openBrace || byte === openBracket) {
        if (depth === 2 && byte === openBrace && wanted.has(key)) start = at;
        depth++;
      } else if (byte === closeBrace || byte === closeBracket) {
        depth--;
        if (depth === 2 && start >= 0) yield { list: key, text: cut(at + 1) };
        if (depth === 1 && toCome.delete(key) && toCome.size === 0) return;
      } else if (depth === 0 && byte !== comma && byte !== colon && byte > 0x20) {
        // A byte order mark, or no JSON at all, such as the HTML of an error page.
        if (byte < 0x80) throw new Error("something else than JSON");
      }
    }
    if (start >= 0) parts.push(Buffer.from(chunk.subarray(start)));
  }
  if (depth !== 0 || inText) throw new Error("a file that ends too early");
}

/** An element as JSON.parse reads it; NaN and Infinity are null. Throws where it is no JSON. */
export function parseElement(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    const plain = text.replace(textOrWord, (found) => (found.startsWith('"') ? found : "null"));
    try {
      return JSON.parse(plain) as Record<string, unknown>;
    } catch {
      // It quotes the text around, with its line breaks.
      throw new Error(messageOf(error).replace(/\s+/g, " "), { cause: error });
    }
  }
}

/** The same with every whole number of 16 digits and more as the text of its digits, which JSON.parse would round. */
export function parseLongNumbers(text: string): Record<string, unknown> {
  return parseElement(
    text.replace(textOrNumber, (found) => {
      const digits = /^(-?\d{16,})(\.0+)?$/.exec(found)?.[1];
      return digits === undefined ? found : `"${digits}"`;
    }),
  );
}

const textOrWord = /"(?:[^"\\]|\\.)*"|\bNaN\b|-?\bInfinity\b/g;
const textOrNumber = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;
