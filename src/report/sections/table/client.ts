// Tables of runs and of trials: sorted by any column, filtered by words and by expressions over the columns.

import { declaredKind, type FieldKind, kindsAmong } from "../../../query/field-kinds.ts";
import { boxFilter, boxProblem, type Columns, type Fields } from "../../../query/filter.ts";
import type { FieldValue } from "../../../query/matches.ts";
import { all, need, newcomers, onData, one } from "../../client/dom.ts";
import { setFiltered } from "../../client/selection.ts";

export function start(): void {
  const unknown = newcomers();
  const begin = () => {
    unknown(all<HTMLTableElement>("table.sortable")).forEach(makeSortable);
    unknown(all<HTMLInputElement>("[data-filter]")).forEach(startFilter);
  };
  begin();
  onData(() => {
    begin();
    for (const head of all<HTMLTableCellElement>("table.sortable [aria-sort]")) sortBy(head);
    const field = one<HTMLInputElement>("[data-filter]");
    if (field) filter(field);
  });
}

function startFilter(field: HTMLInputElement): void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => filter(field), rowsOf().length > 200 ? 120 : 0);
  });
  // In a form Enter would send it off.
  field.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
}

const rowsOf = () => all<HTMLTableRowElement>("[data-runs-table] tbody tr");

/** In the language of `list --where`, by what it calls the columns or by their heads; or by words. */
function filter(field: HTMLInputElement): void {
  const heads = headsOf();
  const rows = rowsOf();
  const fields = new Map(rows.map((row) => [row, fieldsOfRow(row, heads)]));
  const columns = columnsOf(heads, [...fields.values()]);
  const problem = boxProblem(field.value, columns);
  const isEmpty = problem !== null || field.value.trim() === "";
  const test = isEmpty ? () => true : boxFilter(field.value, columns);
  const kept = rows.filter((row) => test(fields.get(row)!));
  const shown = new Set(kept);
  for (const row of rows) row.hidden = !shown.has(row);
  const said = need("[data-filter-count]");
  said.textContent = problem ?? `${kept.length} of ${rows.length} runs`;
  said.classList.toggle("problem", problem !== null);
  setFiltered(isEmpty ? null : new Set(kept.flatMap(({ dataset }) => runOf(dataset.run))));
}

type NamedHead = {
  readonly column: number;
  readonly names: readonly string[];
  /** null where the cells say it. */
  readonly kind: FieldKind | null;
};

function headsOf(): NamedHead[] {
  return all("[data-runs-table] thead th").map(({ dataset, textContent }, column) => ({
    column,
    names: [dataset.field ?? "", (textContent ?? "").trim()].filter((name) => name !== ""),
    kind: declaredKind(dataset.field ?? ""),
  }));
}

function columnsOf(heads: readonly NamedHead[], rows: readonly Fields[]): Columns {
  const declared = new Map(heads.flatMap(({ names, kind }) => names.map((name) => [name, kind] as const)));
  return {
    names: [...declared.keys()],
    kindsOf(name) {
      const kind = declared.get(name) ?? null;
      return kind === null ? kindsAmong(name, () => rows.map((row) => row[name] ?? null)) : new Set([kind]);
    },
  };
}

/** Under no name everything that a reader sees: words are looked for there. */
function fieldsOfRow(row: HTMLTableRowElement, heads: readonly NamedHead[]): Fields {
  const named = heads.flatMap(({ column, names, kind }) => {
    const value = fieldValue(row.cells[column], kind);
    return names.map((name) => [name, value] as const);
  });
  return Object.fromEntries([["", row.textContent], ...named]);
}

/** Tags are a list; what is missing is null. */
function fieldValue(cell: HTMLTableCellElement | undefined, kind: FieldKind | null): FieldValue {
  const tags = cell === undefined ? [] : all(".tag", cell);
  if (tags.length > 0) return tags.map(({ dataset, textContent }) => dataset.key ?? textContent ?? "");
  const key = keyOf(cell);
  if (isMissing(key)) return null;
  if (kind === "text") return key;
  if (kind === "time") return new Date(key);
  const number = Number(key);
  return Number.isNaN(number) ? key : number;
}

/** Trials without a run have no number. */
function runOf(number: string | undefined): number[] {
  return number === undefined || number === "" ? [] : [Number(number)];
}

/** What a cell is sorted and compared by; a row may lack it. */
function keyOf(cell: HTMLTableCellElement | undefined): string {
  return cell?.dataset.key ?? cell?.textContent?.trim() ?? "";
}

function makeSortable(table: HTMLTableElement): void {
  const heads = all<HTMLTableCellElement>("thead th", table);
  for (const head of heads)
    one("[data-sort]", head)?.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of heads) if (one("[data-sort]", other)) other.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      sortBy(head);
    });
}

/** As the head of the column says. */
function sortBy(head: HTMLTableCellElement): void {
  const direction = head.getAttribute("aria-sort");
  const body = head.closest("table")?.tBodies[0];
  if (direction === "none" || body === undefined) return;
  const keyed = [...body.rows].map((row) => ({ row, key: keyOf(row.cells[head.cellIndex]) }));
  keyed.sort((a, b) => order(a.key, b.key, direction === "ascending"));
  if (keyed.some(({ row }, at) => row !== body.rows[at])) body.append(...keyed.map(({ row }) => row));
}

/** Numbers before words; what is missing comes last in both directions. */
function order(a: string, b: string, up: boolean): number {
  if (isMissing(a) || isMissing(b)) return Number(isMissing(a)) - Number(isMissing(b));
  const [x, y] = [Number(a), Number(b)];
  const both = !Number.isNaN(x) && !Number.isNaN(y);
  return (both ? x - y : a.localeCompare(b)) * (up ? 1 : -1);
}

function isMissing(key: string): boolean {
  return key === "" || key === "–" || key === "NaN";
}
