// A value together with the place where it was written, so that every problem can name its line,
// also after files and overrides were laid over each other.

import { shortened } from "../../escaped.ts";
import { type Path, pathText } from "../../settings/paths.ts";

export type { Path };

export type Place = {
  /** As the user named it, or "command line". */
  readonly file: string;
  /** Absolute folder that relative paths in this place start from. */
  readonly folder: string;
  /** 1-based; null on the command line. */
  readonly line: number | null;
};

export type LocatedScalar = {
  readonly type: "scalar";
  readonly value: string | number | boolean | null;
  /** As it was written. */
  readonly source: string;
  readonly place: Place;
};

export type LocatedList = {
  readonly type: "list";
  readonly items: readonly Located[];
  readonly place: Place;
};

export type LocatedMapping = {
  readonly type: "mapping";
  readonly entries: ReadonlyMap<string, Located>;
  readonly place: Place;
  /** Made from dotted paths such as `tags.0=a`: numbers among its keys name items of a list. */
  readonly byPath?: true;
};

export type Located = LocatedScalar | LocatedList | LocatedMapping;

/** Something wrong with what a user wrote. The message of a UserError has a line for each. */
export type Problem = { readonly place: Place; readonly path: Path; readonly text: string };

/** `file:line: key.path: text`. */
export function problemLine({ place, path, text }: Problem): string {
  const where = place.line === null ? place.file : `${place.file}:${place.line}`;
  const what = shortened(text, 1000);
  return path.length === 0 ? `${where}: ${what}` : `${where}: ${shortened(pathText(path), 200)}: ${what}`;
}

const mostLines = 20;

/** A line for each problem, each once; of very many the first, and how many more there are. */
export function problemLines(problems: readonly Problem[]): string {
  const lines = [...new Set(problems.map(problemLine))];
  const more = lines.length - mostLines;
  return (more > 1 ? [...lines.slice(0, mostLines), `and ${more} more problems`] : lines).join("\n");
}

/** What stands there in a few words, for "got …". */
export function describe(value: Located | null): string {
  if (value === null) return "nothing";
  if (value.type !== "scalar") return `a ${value.type}`;
  if (value.value === null) return "nothing";
  return typeof value.value === "string" ? quoted(value.value) : value.source.slice(0, 60);
}

export function quoted(text: string): string {
  return JSON.stringify(shortened(text, 60));
}

/** The deepest value on the way along `path`, and whether that is the value at its end. */
export function locate(root: Located, path: Path): { readonly value: Located; readonly found: boolean } {
  let value = root;
  for (const key of path) {
    const next =
      value.type === "mapping"
        ? value.entries.get(String(key))
        : value.type === "list"
          ? value.items[Number(key)]
          : undefined;
    if (next === undefined) return { value, found: false };
    value = next;
  }
  return { value, found: true };
}

/** Without the places. Objects have no prototype, so that a key such as `__proto__` is a key like any other. */
export function toPlain(value: Located): unknown {
  if (value.type === "scalar") return value.value;
  if (value.type === "list") return value.items.map(toPlain);
  const plain: Record<string, unknown> = Object.create(null);
  for (const [key, entry] of value.entries) plain[key] = toPlain(entry);
  return plain;
}

/** The reverse, with one place for all of it. */
export function located(plain: unknown, place: Place): Located {
  if (Array.isArray(plain)) return { type: "list", items: plain.map((item) => located(item, place)), place };
  if (typeof plain === "object" && plain !== null) {
    const entries = Object.entries(plain).map(([key, value]) => [key, located(value, place)] as const);
    return { type: "mapping", entries: new Map(entries), place };
  }
  const value = plain as LocatedScalar["value"];
  return { type: "scalar", value, source: String(value), place };
}
