// The ends of a chart's axes.

import type { PanelData } from "../data.ts";
import type { Line } from "./line.ts";

export function extent(lines: readonly Line[]): [number, number] {
  const last = lines.reduce((most, { x }) => Math.max(most, x.at(-1) ?? 0), 0);
  return [0, last > 0 ? last : 1];
}

export type ValueRange = {
  readonly ends: readonly [number, number];
  /** How many values are above. */
  readonly above: number;
};

/** Beyond so many times the middle curve's top, a curve does not decide what the linear frame shows. */
const farAbove = 8;

/** Of a linear axis what is far above the rest is left out, and counted. */
export function valueRange(
  lines: readonly Line[],
  { range, mixed }: PanelData,
  scale: "linear" | "logarithmic",
): ValueRange {
  const isLog = scale === "logarithmic";
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const tops: number[] = [];
  for (const { y, raw, band } of lines) {
    let top = Number.NEGATIVE_INFINITY;
    for (const values of [y, raw, band?.low, band?.high])
      for (let at = 0; at < (values?.length ?? 0); at++) {
        const value = values![at]!;
        if (!Number.isFinite(value) || (isLog && value <= 0)) continue;
        if (value < low) low = value;
        if (value > top) top = value;
      }
    if (!Number.isFinite(top)) continue;
    high = Math.max(high, top);
    tops.push(Math.min(top, withoutSpikes(y)));
  }
  if (low > high) return { ends: isLog ? [0.1, 1] : [0, 1], above: 0 };
  if (isLog) return { ends: [low / 1.1, high * 1.1], above: 0 };
  if (range) return { ends: range, above: 0 };
  const most = mixed ? Number.POSITIVE_INFINITY : farAbove * quantile(tops, 0.5);
  const usual = tops.filter((top) => top <= most).reduce((greatest, top) => Math.max(greatest, top), low);
  const top = low >= 0 && high > 1.5 * usual ? usual : high;
  const room = 0.06 * (top - low || Math.abs(top) || 1);
  const floor = low >= 0 && low < 0.35 * top ? 0 : low - room;
  return { ends: [floor, top + room], above: top < high ? countAbove(lines, top + room) : 0 };
}

/** A curve's greatest value, or what nearly all of it stays below where single values stand far above. */
function withoutSpikes(values: Float32Array): number {
  const finite = Array.from(values).filter(Number.isFinite);
  const usual = quantile(finite, 0.95);
  const most = finite.reduce((greatest, value) => Math.max(greatest, value), usual);
  return most > 4 * usual ? 1.5 * usual : most;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}

function countAbove(lines: readonly Line[], top: number): number {
  return lines.reduce(
    (sum, { y }) => sum + y.filter((value) => value > top && Number.isFinite(value)).length,
    0,
  );
}
