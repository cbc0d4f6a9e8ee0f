// Reads a COCO instances file piece by piece: train2017's has 448 MB, most of it outlines that nobody asks for.
// A scan of the bytes cuts out one element of a top-level list at a time; JSON.parse reads each.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { messageOf, UserError } from "../../errors.ts";

export type CocoAnnotations = {
  /** File name -> image id. */
  readonly imageIds: ReadonlyMap<string, number>;
  /** Category id -> category name. */
  readonly categories: ReadonlyMap<number, string>;
  /** Image id -> ids of the categories that its annotations show; empty unless asked for. */
  readonly shown: ReadonlyMap<number, readonly number[]>;
};

/** Which annotations count. */
export type CountRule = {
  /** Least area, pixels of the original. */
  readonly minArea: number;
  readonly crowds: boolean;
};

/** `counting` null reads no more than the list of images. null when there is no such file; UserError when it is not one. */
export async function readCocoAnnotations(
  path: string,
  counting: CountRule | null,
): Promise<CocoAnnotations | null> {
  if ((await stat(path).catch(() => null)) === null) return null;
  const imageIds = new Map<string, number>();
  const categories = new Map<number, string>();
  const shown = new Map<number, number[]>();
  const secondIds = new Map<number, number>(); // of files listed twice, as in lists that were merged, to the first
  const show = (image: number, category: number) => {
    const seen = shown.get(image);
    if (seen === undefined) shown.set(image, [category]);
    else if (!seen.includes(category)) seen.push(category);
  };
  const wanted = new Set(["images", ...(counting ? ["categories", "annotations"] : [])]);

  try {
    for await (const { list, text } of listElements(path, wanted)) {
      const row = JSON.parse(text) as Record<string, unknown>;
      if (list === "images") {
        const [name, id] = [expectText(row, "file_name"), expectNumber(row, "id")];
        const first = imageIds.get(name);
        if (first === undefined) imageIds.set(name, id);
        else if (first !== id) secondIds.set(id, first);
      } else if (list === "categories") categories.set(expectNumber(row, "id"), expectText(row, "name"));
      else if (counting && counts(row, counting)) {
        show(expectNumber(row, "image_id"), expectNumber(row, "category_id"));
      }
    }
  } catch (error) {
    throw new UserError(`${path}: expected a COCO instances file, got ${messageOf(error)}`);
  }
  if (imageIds.size === 0)
    throw new UserError(`${path}: expected a COCO instances file, got no list of images`);
  for (const [second, first] of secondIds) {
    for (const category of shown.get(second) ?? []) show(first, category);
  }
  return { imageIds, categories, shown };
}

function counts(row: Record<string, unknown>, { minArea, crowds }: CountRule): boolean {
  if (!crowds && row.iscrowd === 1) return false;
  return minArea === 0 || expectNumber(row, "area") >= minArea;
}

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

/** The objects of the top-level lists named `wanted`, as JSON text; reads no further than the last of these lists. */
async function* listElements(
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

function expectText(row: Record<string, unknown>, key: string): string {
  const value = row[key];
  if (typeof value !== "string") throw new Error(`an entry without ${key}`);
  return value;
}

function expectNumber(row: Record<string, unknown>, key: string): number {
  const value = row[key];
  if (typeof value !== "number") throw new Error(`an entry without ${key}`);
  return value;
}
