// A table of text that fits the terminal: less important columns go first, then the widest text is cut.

import { stripVTControlCharacters } from "node:util";

export type Column<Row> = {
  readonly title: string;
  readonly align: "left" | "right";
  /** Columns with the greatest number are left out first; those with 0 always stay. */
  readonly expendable: number;
  /** May be cut to so many characters; columns without it are never cut. */
  readonly shortest?: number;
  cell(row: Row): string;
};

const gap = "  ";

/** Lines, the first of them the titles. `width` null is any width. */
export function formatTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number | null,
): string[] {
  let shown = columns.map((column) => {
    const cells = [column.title, ...rows.map((row) => column.cell(row))];
    return { column, cells, width: Math.max(...cells.map(visibleLength)) };
  });
  const total = () => shown.reduce((sum, each) => sum + each.width, gap.length * (shown.length - 1));

  const excess = () => (width === null ? 0 : Math.max(0, total() - width));
  /** What cutting could save at most. */
  const slack = () =>
    shown.reduce((sum, each) => sum + Math.max(0, each.width - (each.column.shortest ?? each.width)), 0);
  while (excess() > slack()) {
    const most = Math.max(...shown.map(({ column }) => column.expendable));
    if (most === 0) break;
    shown = shown.filter(({ column }) => column.expendable !== most);
  }
  for (const each of shown) {
    if (each.column.shortest !== undefined)
      each.width = Math.max(Math.min(each.width, each.column.shortest), each.width - excess());
  }
  return Array.from({ length: rows.length + 1 }, (_, index) =>
    shown
      .map(({ column, cells, width: room }) => fit(cells[index]!, room, column.align))
      .join(gap)
      .trimEnd(),
  );
}

/** The same as a table in Markdown, every column whole. */
export function formatMarkdown<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(markdownCell).join(" | ")} |`;
  return [
    line(columns.map(({ title }) => title)),
    line(columns.map(({ align }) => (align === "left" ? "---" : "--:"))),
    ...rows.map((row) => line(columns.map((column) => column.cell(row)))),
  ];
}

/** Signs that Markdown would obey. */
function markdownCell(text: string): string {
  return stripVTControlCharacters(text).replace(/[\\|<*_`]/g, (sign) =>
    sign === "<" ? "&lt;" : `\\${sign}`,
  );
}

function visibleLength(text: string): number {
  return stripVTControlCharacters(text).length;
}

function fit(text: string, width: number, align: "left" | "right"): string {
  const length = visibleLength(text);
  if (length > width) return `${stripVTControlCharacters(text).slice(0, width - 1)}…`;
  const blanks = " ".repeat(width - length);
  return align === "left" ? text + blanks : blanks + text;
}
