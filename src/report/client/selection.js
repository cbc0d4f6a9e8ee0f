// Which runs are shown: one truth for the table, the curves and the pictures.

import { all, data, onData } from "./dom.js";

let groups = data.groups ?? [];
const hiddenGroups = new Set();
let filtered = null;
const listeners = [];

export let groupOf = numbersOfGroups();
onData(() => {
  // With runs gone, numbers mean others.
  if ((data.groups?.length ?? 0) < groups.length) hiddenGroups.clear();
  groups = data.groups ?? [];
  groupOf = numbersOfGroups();
  hideRows();
});

function numbersOfGroups() {
  const numbers = new Array(data.runs?.length ?? 0).fill(null);
  groups.forEach(({ runs }, group) => {
    for (const run of runs) numbers[run] = group;
  });
  return numbers;
}

export const isShown = (run) => !(filtered && !filtered.has(run)) && !hiddenGroups.has(groupOf[run]);
export const isGroupHidden = (group) => hiddenGroups.has(group);
export const onSelection = (listener) => listeners.push(listener);

/** Runs that pass the filter of the table; null for all. */
export function setFiltered(runs) {
  if (runs === null && filtered === null) return;
  filtered = runs;
  changed();
}

export function toggleGroup(group) {
  if (!hiddenGroups.delete(group)) hiddenGroups.add(group);
  changed();
}

/** Only this one; once more brings all back. */
export function isolateGroup(group) {
  const isolated = hiddenGroups.size === groups.length - 1 && !hiddenGroups.has(group);
  hiddenGroups.clear();
  if (!isolated)
    for (let other = 0; other < groups.length; other++) if (other !== group) hiddenGroups.add(other);
  changed();
}

function hideRows() {
  for (const row of all(".grid tr[data-run]")) row.hidden = !isShown(Number(row.dataset.run));
}

function changed() {
  hideRows();
  for (const listener of listeners) listener();
}
