// Reads a COCO instances file. Ids are kept as text, as files have numbers beyond 2^53 and texts among them; one id for
// two images, as in files that were merged without numbering anew, would match everything and is refused.

import { stat } from "node:fs/promises";
import { messageOf, UserError } from "../../errors.ts";
import { listElements, parseElement, parseLongNumbers } from "./json-elements.ts";
import { spelledAlike } from "./match-names.ts";

export type CocoAnnotations = {
  /** File names of the images, as the file has them. */
  readonly names: ReadonlySet<string>;
  /** Category id -> category name. */
  readonly categories: ReadonlyMap<string, string>;
  /** File name -> ids of the categories that its annotations show; empty unless asked for. */
  readonly shown: ReadonlyMap<string, readonly string[]>;
  /** Ids of images that annotations show but the file does not list. */
  readonly strays: readonly string[];
};

/** Path on disk -> ids of the categories that its annotations show; a file without a row is not in it. */
export type CocoRows = ReadonlyMap<string, readonly string[]>;

/** Which annotations count. */
export type CountRule = {
  /** Least area, pixels of the original. */
  readonly minArea: number;
  readonly crowds: boolean;
};

/** `counting` null reads no more than the names of images. null when there is no such file; UserError when it is not one. */
export async function readCocoAnnotations(
  path: string,
  counting: CountRule | null,
): Promise<CocoAnnotations | null> {
  if ((await stat(path).catch(() => null)) === null) return null;
  const names = new Set<string>();
  const images = new Map<string, string>(); // id -> file name
  const categories = new Map<string, string>();
  const annotated = new Map<string, Set<string>>(); // image id -> category ids
  const places = { images: 0, categories: 0, annotations: 0 };
  const wanted = new Set(["images", ...(counting ? ["categories", "annotations"] : [])]);

  const read = (list: keyof typeof places, row: Row) => {
    if (list === "images") {
      const name = textOf(row, "file_name");
      names.add(name);
      if (counting) nameOnce(images, idOf(row, "id"), name, "image", spelledAlike);
    } else if (list === "categories") {
      nameOnce(categories, idOf(row, "id"), textOf(row, "name").trim(), "category", Object.is);
    } else if (counting && counts(row, counting)) {
      const image = idOf(row, "image_id");
      const shown = annotated.get(image) ?? new Set();
      annotated.set(image, shown.add(idOf(row, "category_id")));
    }
  };
  try {
    for await (const element of listElements(path, wanted)) {
      const list = element.list as keyof typeof places;
      const place = `${list}[${places[list]++}]`;
      try {
        read(list, rowOf(element.text));
      } catch (error) {
        throw new UserError(`${path}: ${place}: ${messageOf(error)}`);
      }
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path}: expected a COCO instances file, got ${messageOf(error)}`);
  }
  if (names.size === 0) throw new UserError(`${path}: expected a COCO instances file, got no list of images`);
  return { names, categories, ...byName(images, annotated) };
}

/** `namesOf`: path on disk -> the names in the file that mean it. */
export function shownOnDisk(
  { shown }: CocoAnnotations,
  namesOf: ReadonlyMap<string, readonly string[]>,
): CocoRows {
  const rows = new Map<string, readonly string[]>();
  for (const [path, names] of namesOf) {
    rows.set(path, [...new Set(names.flatMap((name) => shown.get(name) ?? []))]);
  }
  return rows;
}

type Row = Record<string, unknown>;

function byName(images: ReadonlyMap<string, string>, annotated: ReadonlyMap<string, ReadonlySet<string>>) {
  const shown = new Map<string, string[]>();
  const strays: string[] = [];
  for (const [id, categories] of annotated) {
    const name = images.get(id);
    if (name === undefined) strays.push(id);
    else shown.set(name, [...new Set([...(shown.get(name) ?? []), ...categories])]);
  }
  return { shown, strays };
}

/** Throws where `id` has another name already; one that is listed twice may have two ids. */
function nameOnce(
  names: Map<string, string>,
  id: string,
  name: string,
  what: string,
  isSame: (a: string, b: string) => boolean,
): void {
  const first = names.get(id);
  if (first === undefined) names.set(id, name);
  else if (!isSame(first, name)) {
    const both = `${JSON.stringify(first)} and ${JSON.stringify(name)}`;
    throw new Error(`expected an id of its own for each ${what}, got id ${id} for ${both}`);
  }
}

function counts(row: Row, { minArea, crowds }: CountRule): boolean {
  if (!crowds && isCrowd(row.iscrowd)) return false;
  if (minArea === 0) return true;
  const { area } = row;
  if (typeof area === "number") return area >= minArea;
  throw new Error(`expected an area for min_area, got ${shown(area)}`);
}

function isCrowd(value: unknown): boolean {
  if (value === true || value === 1 || value === "1") return true;
  if (value === undefined || value === null || value === false || value === 0 || value === "0") return false;
  throw new Error(`expected an iscrowd of 0 or 1, got ${shown(value)}`);
}

function rowOf(text: string): Row {
  const row = parseElement(text);
  const isRounded = [row.id, row.image_id, row.category_id].some(
    (id) => typeof id === "number" && Number.isInteger(id) && !Number.isSafeInteger(id),
  );
  return isRounded ? { ...row, ...parseLongNumbers(text), area: row.area } : row;
}

function textOf(row: Row, key: string): string {
  const value = row[key];
  if (typeof value === "string") return value;
  throw new Error(`expected a text as ${key}, got ${shown(value)}`);
}

function idOf(row: Row, key: string): string {
  const value = row[key];
  if (typeof value === "number" || typeof value === "string") return String(value);
  throw new Error(`expected a number or a text as ${key}, got ${shown(value)}`);
}

function shown(value: unknown): string {
  return value === undefined ? "none" : JSON.stringify(value);
}
