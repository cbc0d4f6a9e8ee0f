// CelebA's two lists, list_eval_partition and list_attr_celeba, as text or CSV, with or without a header line.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import { isImageName } from "./image-files.ts";
import { readTable, type TableRow } from "./read-table.ts";

/** In the order of their numbers. */
export const celebaSplits = ["train", "val", "test"] as const;

export type CelebaSplit = (typeof celebaSplits)[number];

/** What programs write where they have no value; pandas reads all of these as none. */
const blanks = new Set(["", "nan", "NaN", "NA", "N/A", "<NA>", "NULL", "null", "None"]);

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

/** File name -> split; null where its row has none, as in lists that were joined. */
export async function readPartition(path: string): Promise<ReadonlyMap<string, CelebaSplit | null>> {
  const rows = await readTable(path);
  const header = partitionHeader(rows[0]);
  const { width, name: nameColumn, split: splitColumn } = partitionColumns(path, header);
  const partition = new Map<string, CelebaSplit | null>();
  for (const row of header === null ? rows : rows.slice(1)) {
    const values = trimmed(row.values, width);
    const name = values?.[nameColumn];
    const split = splitOf(values?.[splitColumn] ?? "");
    if (!name || split === undefined || values!.length > width) {
      throw new UserError(`${path}:${row.line}: expected a file name and 0, 1 or 2, got ${show(row)}`);
    }
    const before = partition.get(name) ?? null;
    if (before !== null && split !== null && before !== split) {
      const first = rows.find(({ values }) => values?.[nameColumn] === name)!;
      const both = `${JSON.stringify(name)} as ${split}, and as ${before} in line ${first.line}`;
      throw new UserError(`${path}:${row.line}: expected one split for each file, got ${both}`);
    }
    partition.set(name, split ?? before);
  }
  return partition;
}

export type Attributes = {
  readonly names: readonly string[];
  /** File name -> its row in `flags`. */
  readonly rows: ReadonlyMap<string, number>;
  /** 1 where the face has the attribute, else 0: uint8 [rows, names]. */
  readonly flags: Uint8Array;
  /** How many rows lack a value; they are not in `rows`. */
  readonly incomplete: number;
};

/** A file that stops early is read as far as it goes; so is a last line that was cut off. */
export async function readAttributes(path: string): Promise<Attributes> {
  const table = await readTable(path);
  // The text form begins with a line that holds only the count.
  const start = table[0]?.values?.length === 1 ? 1 : 0;
  const header = trimmed(table[start]?.values ?? null, 0) ?? [];
  const data = table.slice(start + 1);
  const { width, name: nameColumn, columns } = attributeColumns(header, data[0]);
  const rows = new Map<string, number>();
  const flags = new Uint8Array(data.length * columns.length);
  let incomplete = 0;
  for (const [index, row] of data.entries()) {
    const values = trimmed(row.values, width);
    const name = values?.[nameColumn];
    const marks = columns.map((column) => markOf(values?.[column] ?? ""));
    if (!name || values!.length !== width || marks.includes(undefined)) {
      if (index === data.length - 1) break;
      const expected = `a file name and ${columns.length} times 1 or -1`;
      throw new UserError(`${path}:${row.line}: expected ${expected}, got ${show(row)}`);
    }
    if (marks.includes(null)) {
      incomplete++;
      continue;
    }
    flags.set(marks as number[], index * columns.length);
    const first = rows.get(name);
    if (first !== undefined && !isSameRow(flags, columns.length, first, index)) {
      const both = `other ones of ${JSON.stringify(name)} than in line ${data[first]!.line}`;
      throw new UserError(`${path}:${row.line}: expected the same attributes for each file, got ${both}`);
    }
    rows.set(name, index);
  }
  return { names: columns.map((column) => header[column + header.length - width]!), rows, flags, incomplete };
}

const nameHeaders = ["image_id", "image", "file_name", "filename", "file", "name"];
const splitHeaders = ["partition", "split", "evaluation_status"];

/** The values of the first line where they are names of columns; null where they are a file's. */
function partitionHeader(row: TableRow | undefined): readonly string[] | null {
  const values = trimmed(row?.values ?? null, 0);
  const last = values?.at(-1);
  if (!values || last === undefined || values.some(isImageName)) return null;
  return values.length > 1 && Number.isNaN(Number(last)) ? values : null;
}

function partitionColumns(path: string, header: readonly string[] | null) {
  if (header === null) return { width: 2, name: 0, split: 1 };
  const filled = header.flatMap((name, column) => (name === "" ? [] : [column]));
  const [name, split] = [columnOf(header, nameHeaders), columnOf(header, splitHeaders)];
  if (name !== null && split !== null) return { width: header.length, name, split };
  // Two columns under names of their own can only be these.
  if (filled.length === 2) return { width: header.length, name: filled[0]!, split: filled[1]! };
  const got = JSON.stringify(header.join(","));
  throw new UserError(`${path}:1: expected columns named image_id and partition, got ${got}`);
}

function attributeColumns(header: readonly string[], first: TableRow | undefined) {
  // Text has no name above the files'.
  const isText = trimmed(first?.values ?? null, 0)?.length === header.length + 1;
  if (isText) return { width: header.length + 1, name: 0, columns: header.map((_, column) => column + 1) };
  const name = columnOf(header, nameHeaders) ?? 0;
  const columns = header.flatMap((title, column) =>
    column === name || title === "" || title.startsWith("Unnamed:") ? [] : [column],
  );
  return { width: header.length, name, columns };
}

function columnOf(header: readonly string[], known: readonly string[]): number | null {
  const column = header.findIndex((title) => known.includes(title.toLowerCase()));
  return column < 0 ? null : column;
}

/** undefined where `value` is no split. */
function splitOf(value: string): CelebaSplit | null | undefined {
  if (blanks.has(value)) return null;
  return /^[012](\.0*)?$/.test(value) ? celebaSplits[Number(value)] : undefined;
}

function markOf(value: string): 0 | 1 | null | undefined {
  if (value === "1") return 1;
  if (value === "-1") return 0;
  if (blanks.has(value)) return null;
  return /^(-1|0|1)(\.0*)?$/.test(value) ? (Number(value) === 1 ? 1 : 0) : undefined;
}

/** Without the blanks beyond `width`, which a separator at the end of a line leaves. */
function trimmed(values: readonly string[] | null, width: number): readonly string[] | null {
  if (values === null || values.length <= width || values.at(-1) !== "") return values;
  return trimmed(values.slice(0, -1), width);
}

function isSameRow(flags: Uint8Array, width: number, a: number, b: number): boolean {
  const row = (index: number) => flags.subarray(index * width, (index + 1) * width);
  return Buffer.compare(row(a), row(b)) === 0;
}

function show({ values }: TableRow): string {
  if (values === null) return "a quote that is not closed";
  const text = values.join(" ");
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
