// Which runs are shown: one truth for the table, the curves and the pictures.

import { all, data } from "./dom.js";

const count = data.runs?.length ?? 0;
const groups = data.groups ?? [];
const hiddenGroups = new Set();
let filtered = null;
const listeners = [];

export const groupOf = new Array(count).fill(null);
groups.forEach(({ runs }, group) => {
  for (const run of runs) groupOf[run] = group;
});

export const isShown = (run) => !(filtered && !filtered.has(run)) && !hiddenGroups.has(groupOf[run]);
export const isGroupHidden = (group) => hiddenGroups.has(group);
export const onSelection = (listener) => listeners.push(listener);

/** Runs that pass the filter of the table; null for all. */
export function setFiltered(runs) {
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

function changed() {
  for (const row of all(".grid tr[data-run]")) row.hidden = !isShown(Number(row.dataset.run));
  for (const listener of listeners) listener();
}
