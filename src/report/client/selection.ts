// Which runs are shown: one truth for the table, the curves and the pictures.

import { all, data, onData } from "./dom.ts";

let { groups } = data;
const hiddenGroups = new Set<number | null>();
let filtered: ReadonlySet<number> | null = null;
const listeners: (() => void)[] = [];

/** Number of the group of every run; null for none. */
let groupNumbers = numbersOfGroups();

onData(() => {
  // With runs gone, numbers mean others.
  if (data.groups.length < groups.length) hiddenGroups.clear();
  ({ groups } = data);
  groupNumbers = numbersOfGroups();
  hideRows();
});

function numbersOfGroups(): (number | null)[] {
  const numbers = new Array<number | null>(data.runs.length).fill(null);
  groups.forEach(({ runs }, group) => {
    for (const run of runs) numbers[run] = group;
  });
  return numbers;
}

export function groupOf(run: number): number | null {
  return groupNumbers[run] ?? null;
}

export function isShown(run: number): boolean {
  return !(filtered && !filtered.has(run)) && !hiddenGroups.has(groupOf(run));
}

export function isGroupHidden(group: number): boolean {
  return hiddenGroups.has(group);
}

export function onSelection(listener: () => void): void {
  listeners.push(listener);
}

/** Runs that pass the filter of the table; null for all. */
export function setFiltered(runs: ReadonlySet<number> | null): void {
  if (runs === null && filtered === null) return;
  filtered = runs;
  changed();
}

export function toggleGroup(group: number): void {
  if (!hiddenGroups.delete(group)) hiddenGroups.add(group);
  changed();
}

/** Only this one; once more brings all back. */
export function isolateGroup(group: number): void {
  const isolated = hiddenGroups.size === groups.length - 1 && !hiddenGroups.has(group);
  hiddenGroups.clear();
  if (!isolated)
    for (let other = 0; other < groups.length; other++) if (other !== group) hiddenGroups.add(other);
  changed();
}

function hideRows(): void {
  for (const row of all(".grid tr[data-run]")) row.hidden = !isShown(Number(row.dataset.run));
}

function changed(): void {
  hideRows();
  for (const listener of listeners) listener();
}
