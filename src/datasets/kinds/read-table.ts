// Lists as people have them: values between blanks, commas, semicolons or tabs, quoted or not, with any line end, as
// the official text files, Kaggle's CSV and whatever a spreadsheet or pandas made of them.

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { UserError } from "../../errors.ts";

export type TableRow = {
  readonly line: number;
  /** Each without quotes and the blanks around; null where a quote is not closed. */
  readonly values: readonly string[] | null;
};

/** Lines that hold something; each is cut into values only when asked, as 200,000 lines of 40 fill the memory. */
export async function readTable(path: string): Promise<readonly TableRow[]> {
  const text = (await readFile(path, "utf8")).replace(/^\uFEFF/, "");
  if (text.trimStart().startsWith("<")) {
    throw new UserError(
      `${path}: expected ${basename(path)}, got a web page, perhaps a download that was refused`,
    );
  }
  const lines = text.split(/\r\n|\n|\r/).map((content, index) => ({ content, line: index + 1 }));
  const filled = lines.filter(({ content }) => /[^\s,;]/.test(content));
  // Not the first line alone: that of the official attributes holds nothing but their number.
  const start = filled.slice(0, 3).map(({ content }) => content);
  const separator = [",", ";"].find((each) => start.some((content) => content.includes(each))) ?? null;
  return filled.map(({ content, line }) => ({
    line,
    get values() {
      return cut(content.trim(), separator);
    },
  }));
}

/** `separator` null: blanks and tabs. */
function cut(line: string, separator: string | null): readonly string[] | null {
  const isQuoted = line.includes('"');
  if (!isQuoted) {
    return separator === null ? line.split(/\s+/) : line.split(separator).map((value) => value.trim());
  }
  const values: string[] = [];
  const end = separator ?? "\\s+";
  const value = new RegExp(`\\s*(?:"((?:[^"]|"")*)"\\s*?|((?:(?!${end})[^"])*))(${end}|$)`, "y");
  for (;;) {
    const found = value.exec(line);
    if (found === null) return null;
    values.push(found[1]?.replaceAll('""', '"').trim() ?? found[2]!.trim());
    if (found[3] === "") return values;
  }
}
