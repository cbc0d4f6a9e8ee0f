// The table of runs: sorted by any column, filtered by words and by columns.

import { all, newcomers, onData, one } from "./dom.js";
import { setFiltered } from "./selection.js";

export function startRunTable() {
  const unknown = newcomers();
  const start = () => {
    unknown(all("table.sortable")).forEach(makeSortable);
    unknown(all("[data-filter]")).forEach(startFilter);
  };
  start();
  onData(() => {
    start();
    for (const head of all("table.sortable [aria-sort]")) sortBy(head);
    if (one("[data-filter]")) filter();
  });
}

function startFilter(field) {
  let waiting = 0;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, rowsOf().length > 200 ? 120 : 0);
  });
  // In a form Enter would send it off.
  field.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
}

const rowsOf = () => all("[data-runs-table] tbody tr");

function filter() {
  const names = all("[data-runs-table] thead th").map((head) => head.textContent.trim());
  const words = one("[data-filter]").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const terms = words.map(termOf(names));
  const rows = rowsOf();
  const kept = rows.filter((row) => terms.every((term) => term(row)));
  const shown = new Set(kept);
  for (const row of rows) row.hidden = !shown.has(row);
  one("[data-filter-count]").textContent = `${kept.length} of ${rows.length} runs`;
  setFiltered(terms.length === 0 ? null : new Set(kept.map((row) => Number(row.dataset.run))));
}

/** `batch_size>=32` looks at the column whose name ends with it; anything else is looked for in the whole row. */
const termOf = (names) => (text) => {
  const [, name, operator, wanted] = /^([^<>=]+)(<=|>=|<|>|=)(.+)$/.exec(text) ?? [];
  const column = name === undefined ? -1 : findColumn(names, name);
  if (column < 0) return (row) => row.textContent.toLowerCase().includes(text);
  return (row) => compare(keyOf(row.cells[column]), operator, wanted);
};

function findColumn(names, name) {
  const spelled = names.map((each) => each.toLowerCase().replaceAll(" ", "_"));
  const wanted = name.replaceAll(" ", "_");
  const exact = spelled.indexOf(wanted);
  return exact >= 0
    ? exact
    : spelled.findIndex((each) => each.endsWith(`.${wanted}`) || each.startsWith(wanted));
}

function compare(key, operator, wanted) {
  if (operator === "=") return key.toLowerCase() === wanted || (key !== "" && Number(key) === Number(wanted));
  const [a, b] = [Number(key), Number(wanted)];
  if (key === "" || Number.isNaN(a)) return false;
  return { "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b }[operator];
}

const keyOf = (cell) => cell.dataset.key ?? cell.textContent.trim();

function makeSortable(table) {
  const heads = all("thead th", table);
  for (const head of heads)
    one("[data-sort]", head)?.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of heads) if (one("[data-sort]", other)) other.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      sortBy(head);
    });
}

/** As the head of the column says. */
function sortBy(head) {
  const direction = head.getAttribute("aria-sort");
  if (direction === "none") return;
  const body = head.closest("table").tBodies[0];
  const keyed = [...body.rows].map((row) => ({ row, key: keyOf(row.cells[head.cellIndex]) }));
  keyed.sort((a, b) => order(a.key, b.key, direction === "ascending"));
  if (keyed.some(({ row }, at) => row !== body.rows[at])) body.append(...keyed.map(({ row }) => row));
}

/** Numbers before words; what is missing comes last in both directions. */
function order(a, b, up) {
  const gone = (key) => key === "" || key === "–" || key === "NaN";
  if (gone(a) || gone(b)) return Number(gone(a)) - Number(gone(b));
  const [x, y] = [Number(a), Number(b)];
  const both = !Number.isNaN(x) && !Number.isNaN(y);
  return (both ? x - y : a.localeCompare(b)) * (up ? 1 : -1);
}
