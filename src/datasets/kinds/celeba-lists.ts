// CelebA's two lists. Text: values between blanks; Kaggle's CSV: values between commas under a header line.

import { readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { UserError } from "../../errors.ts";

/** In the order of their numbers. */
export const celebaSplits = ["train", "val", "test"] as const;

export type CelebaSplit = (typeof celebaSplits)[number];

/** The path of `name`.txt or `name`.csv in the folders where copies keep it; null when there is none. */
export async function findList(root: string, name: string): Promise<string | null> {
  for (const folder of ["", "Eval", "Anno"]) {
    for (const extension of ["txt", "csv"]) {
      const path = join(root, folder, `${name}.${extension}`);
      if ((await stat(path).catch(() => null))?.isFile()) return path;
    }
  }
  return null;
}

/** File name -> split. */
export async function readPartition(path: string): Promise<ReadonlyMap<string, CelebaSplit>> {
  const partition = new Map<string, CelebaSplit>();
  for (const { line, values } of await readLines(path)) {
    const [name, number] = values;
    if (name === "image_id") continue;
    const split = celebaSplits[Number(number)];
    if (values.length !== 2 || name === undefined || split === undefined) {
      throw new UserError(`${path}:${line}: expected a file name and 0, 1 or 2, got ${show(values)}`);
    }
    partition.set(name, split);
  }
  return partition;
}

export type Attributes = {
  readonly names: readonly string[];
  /** File name -> its row in `flags`. */
  readonly rows: ReadonlyMap<string, number>;
  /** 1 where the face has the attribute, else 0: uint8 [rows, names]. */
  readonly flags: Uint8Array;
};

/** A file that stops early is read as far as it goes; so is a last line that was cut off. */
export async function readAttributes(path: string): Promise<Attributes> {
  const lines = await readLines(path);
  // The text form begins with a line that holds only the count.
  const header = lines[0]?.values.length === 1 ? 1 : 0;
  const names = (lines[header]?.values ?? []).filter((name) => name !== "image_id");
  const rows = new Map<string, number>();
  const flags = new Uint8Array(lines.length * names.length);
  for (const [index, { line, values }] of lines.slice(header + 1).entries()) {
    const [name, ...marks] = values;
    const isLast = index === lines.length - header - 2;
    if (
      marks.length !== names.length ||
      !marks.every((mark) => mark === "1" || mark === "-1" || mark === "0")
    ) {
      if (isLast) break;
      const expected = `a file name and ${names.length} times 1 or -1`;
      throw new UserError(`${path}:${line}: expected ${expected}, got ${show(values)}`);
    }
    rows.set(name!, index);
    for (const [column, mark] of marks.entries()) flags[index * names.length + column] = mark === "1" ? 1 : 0;
  }
  return { names, rows, flags };
}

/** Lines that are not blank; each is cut into values only when asked, as 200,000 lines of 40 fill the memory. */
async function readLines(path: string): Promise<{ readonly line: number; readonly values: string[] }[]> {
  const text = (await readFile(path, "utf8")).replace(/^\uFEFF/, "");
  if (text.trimStart().startsWith("<")) {
    throw new UserError(
      `${path}: expected ${basename(path)}, got a web page, perhaps a download that was refused`,
    );
  }
  const separator = path.endsWith(".csv") ? /\s*,\s*/ : /\s+/;
  return text.split("\n").flatMap((content, index) => {
    if (/^\s*(,|$)/.test(content)) return [];
    return {
      line: index + 1,
      get values() {
        return content.trim().split(separator);
      },
    };
  });
}

function show(values: readonly string[]): string {
  const text = values.join(" ");
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
