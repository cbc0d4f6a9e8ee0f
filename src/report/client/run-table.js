// The table of runs: sorted by any column, filtered by words and by columns.

import { all, one } from "./dom.js";
import { setFiltered } from "./selection.js";

export function startRunTable() {
  for (const table of all("table.sortable")) makeSortable(table);
  const table = one("[data-runs-table]");
  const field = one("[data-filter]");
  if (!table || !field) return;
  const rows = all("tbody tr", table);
  const names = all("thead th", table).map((head) => head.textContent.trim());
  const counter = one("[data-filter-count]");
  let waiting = 0;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, rows.length > 200 ? 120 : 0);
  });
  function filter() {
    const terms = field.value.trim().toLowerCase().split(/\s+/).filter(Boolean).map(termOf(names));
    const kept = rows.filter((row) => terms.every((term) => term(row)));
    const shown = new Set(kept);
    for (const row of rows) row.hidden = !shown.has(row);
    counter.textContent = `${kept.length} of ${rows.length} runs`;
    setFiltered(terms.length === 0 ? null : new Set(kept.map((row) => Number(row.dataset.run))));
  }
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
  heads.forEach((head, column) => {
    one("[data-sort]", head)?.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of heads) other.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const body = table.tBodies[0];
      const keyed = [...body.rows].map((row) => ({ row, key: keyOf(row.cells[column]) }));
      keyed.sort((a, b) => order(a.key, b.key, up));
      body.append(...keyed.map(({ row }) => row));
    });
  });
}

/** Numbers before words; what is missing comes last in both directions. */
function order(a, b, up) {
  const gone = (key) => key === "" || key === "–" || key === "NaN";
  if (gone(a) || gone(b)) return Number(gone(a)) - Number(gone(b));
  const [x, y] = [Number(a), Number(b)];
  const both = !Number.isNaN(x) && !Number.isNaN(y);
  return (both ? x - y : a.localeCompare(b)) * (up ? 1 : -1);
}
