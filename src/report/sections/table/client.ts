// Tables of runs and of trials: sorted by any column, filtered by words and by columns.

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

type Term = (row: HTMLTableRowElement) => boolean;

function filter(field: HTMLInputElement): void {
  const names = all("[data-runs-table] thead th").map((head) => (head.textContent ?? "").trim());
  const words = field.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const terms = words.map((word) => termOf(names, word));
  const rows = rowsOf();
  const kept = rows.filter((row) => terms.every((term) => term(row)));
  const shown = new Set(kept);
  for (const row of rows) row.hidden = !shown.has(row);
  need("[data-filter-count]").textContent = `${kept.length} of ${rows.length} runs`;
  setFiltered(terms.length === 0 ? null : new Set(kept.flatMap(({ dataset }) => runOf(dataset.run))));
}

/** Trials without a run have no number. */
function runOf(number: string | undefined): number[] {
  return number === undefined || number === "" ? [] : [Number(number)];
}

/** `batch_size>=32` looks at the column whose name ends with it; anything else is looked for in the whole row. */
function termOf(names: readonly string[], text: string): Term {
  const [, name, operator, wanted] = /^([^<>=]+)(<=|>=|<|>|=)(.+)$/.exec(text) ?? [];
  const column = name === undefined ? -1 : findColumn(names, name);
  if (column < 0) return (row) => (row.textContent ?? "").toLowerCase().includes(text);
  return (row) => compare(keyOf(row.cells[column]), operator!, wanted!);
}

function findColumn(names: readonly string[], name: string): number {
  const spelled = names.map((each) => each.toLowerCase().replaceAll(" ", "_"));
  const wanted = name.replaceAll(" ", "_");
  const exact = spelled.indexOf(wanted);
  return exact >= 0
    ? exact
    : spelled.findIndex((each) => each.endsWith(`.${wanted}`) || each.startsWith(wanted));
}

function compare(key: string, operator: string, wanted: string): boolean {
  if (operator === "=") return key.toLowerCase() === wanted || (key !== "" && Number(key) === Number(wanted));
  const [a, b] = [Number(key), Number(wanted)];
  if (key === "" || Number.isNaN(a)) return false;
  if (operator.startsWith("<")) return operator === "<" ? a < b : a <= b;
  return operator === ">" ? a > b : a >= b;
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
  const gone = (key: string) => key === "" || key === "–" || key === "NaN";
  if (gone(a) || gone(b)) return Number(gone(a)) - Number(gone(b));
  const [x, y] = [Number(a), Number(b)];
  const both = !Number.isNaN(x) && !Number.isNaN(y);
  return (both ? x - y : a.localeCompare(b)) * (up ? 1 : -1);
}
