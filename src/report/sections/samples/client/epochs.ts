// The epoch that the pictures show: one for the whole page and the viewer.

import { data, onData } from "../../../client/dom.ts";
import type { RowData } from "../data.ts";

const read = () => data.samples ?? { epochs: [], start: 0 };

let { epochs, start } = read();
let at = start;
const listeners: (() => void)[] = [];

/** Who stands at the newest epoch, or where the page begins, goes along with it; who stands elsewhere stays. */
onData(() => {
  const [epoch, isLast, isStart] = [epochName(), at === epochs.length - 1, at === start];
  ({ epochs, start } = read());
  if (isLast) at = epochs.length - 1;
  else at = isStart ? start : epochs.findLastIndex((each) => each <= epoch);
  at = Math.max(0, at);
});

export function epochAt(): number {
  return at;
}

/** The epoch at a position; left out, at the one of now. */
export function epochName(index = at): number {
  return epochs[index] ?? 0;
}

export function onEpoch(listener: () => void): void {
  listeners.push(listener);
}

export function setEpoch(index: number): void {
  const next = Math.min(epochs.length - 1, Math.max(0, index));
  if (next === at || epochs.length === 0) return;
  at = next;
  for (const listener of listeners) listener();
}

/** A picture, and the position of its epoch. */
export type Shown = { readonly blob: number; readonly epoch: number };

/** The picture of a row now, or of the epoch before that has one; null for none. */
export function pictureAt({ cells }: RowData, column: number): Shown | null {
  for (let epoch = at; epoch >= 0; epoch--) {
    const blob = cells[epoch]?.[column] ?? null;
    if (blob !== null) return { blob, epoch };
  }
  return null;
}
