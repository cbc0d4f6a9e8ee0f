// The epoch that the pictures show: one for the whole page and the viewer.

import { data, onData } from "./dom.js";

let { epochs = [], start = 0 } = data.samples ?? {};
let at = start;
const listeners = [];

/** Who stands at the newest epoch, or where the page begins, goes along with it; who stands elsewhere stays. */
onData(() => {
  const [epoch, isLast, isStart] = [epochs[at], at === epochs.length - 1, at === start];
  ({ epochs = [], start = 0 } = data.samples ?? {});
  if (isLast) at = epochs.length - 1;
  else at = isStart ? start : epochs.findLastIndex((each) => each <= epoch);
  at = Math.max(0, at);
});

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
