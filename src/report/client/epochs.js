// The epoch that the pictures show: one for the whole page and the viewer.

import { data } from "./dom.js";

const epochs = data.samples?.epochs ?? [];
let at = data.samples?.start ?? 0;
const listeners = [];

export const epochAt = () => at;
export const epochName = (index = at) => epochs[index];
export const onEpoch = (listener) => listeners.push(listener);

export function setEpoch(index) {
  const next = Math.min(epochs.length - 1, Math.max(0, index));
  if (next === at || epochs.length === 0) return;
  at = next;
  for (const listener of listeners) listener();
}

/** The picture of a row at an epoch, or of the epoch before it that has one: { blob, epoch }, or null. */
export function pictureAt(row, column, index = at) {
  for (let epoch = index; epoch >= 0; epoch--) {
    const blob = row.cells[epoch][column];
    if (blob !== null) return { blob, epoch };
  }
  return null;
}
