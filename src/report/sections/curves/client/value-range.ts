// The ends of a chart's axes.

import type { PanelData } from "../data.ts";

/** What matters here of a line. */
type Line = {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly raw: Float32Array | null;
  readonly band: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> } | null;
};

export function extent(lines: readonly Line[]): [number, number] {
  const last = lines.reduce((most, { x }) => Math.max(most, x.at(-1) ?? 0), 0);
  return [0, last > 0 ? last : 1];
}

export type ValueRange = {
  readonly ends: readonly [number, number];
  /** How many values are above. */
  readonly above: number;
  /** How many have no place on a logarithmic axis: zero, and what is below it. */
  readonly notPositive: number;
};

/** Beyond so many times the middle curve's top, a curve does not decide what the linear frame shows. */
const farAbove = 8;

/** Of a linear axis what is far above the rest is left out, of a logarithmic one what is not above 0; both are counted. */
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
  const notPositive = isLog ? count(lines, (value) => value <= 0) : 0;
  if (low > high) return { ends: isLog ? [0.1, 1] : [0, 1], above: 0, notPositive };
  if (isLog) return { ends: [low / 1.1, high * 1.1], above: 0, notPositive };
  if (range) return { ends: range, above: 0, notPositive };
  const most = mixed ? Number.POSITIVE_INFINITY : farAbove * quantile(tops, 0.5);
  const usual = tops.filter((top) => top <= most).reduce((greatest, top) => Math.max(greatest, top), low);
  const top = low >= 0 && high > 1.5 * usual ? usual : high;
  const room = 0.06 * (top - low || Math.abs(top) || 1);
  const floor = low >= 0 && low < 0.35 * top ? 0 : low - room;
  const above = top < high ? count(lines, (value) => value > top + room) : 0;
  return { ends: [floor, top + room], above, notPositive };
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

/** Of the finite values. */
function count(lines: readonly Line[], isCounted: (value: number) => boolean): number {
  return lines.reduce(
    (sum, { y }) => sum + y.filter((value) => Number.isFinite(value) && isCounted(value)).length,
    0,
  );
}

/** What a reader has to be told of values that the axis does not show; null where it shows all. */
export function hiddenWords({
  above,
  notPositive,
}: Pick<ValueRange, "above" | "notPositive">): string | null {
  if (above > 0)
    return `${above} ${above === 1 ? "value lies" : "values lie"} above the linear frame; the logarithmic scale shows all.`;
  if (notPositive > 0)
    return `${notPositive} ${notPositive === 1 ? "value is" : "values are"} 0 or less and ${notPositive === 1 ? "has" : "have"} no place on a logarithmic scale: the bars at its floor.`;
  return null;
}
