// Numbers as people read them, in the terminal, in pages and in their scripts: nothing of Node here.

/** Four significant digits of what is no whole number, such as 0.02489; "not a number" and "infinite" as words. */
export function formatNumber(value: number): string {
  return formatDigits(value, 4);
}

/** The same with so many significant digits. */
export function formatDigits(value: number, digits: number): string {
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "infinite" : "minus infinite";
  if (value === 0) return "0";
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  return size >= 1e-4 && size < 1e6 ? String(Number(value.toPrecision(digits))) : value.toExponential(2);
}

/** "0.0323 ± 0.0003": mean and sample standard deviation. */
export function formatRepeats({
  mean,
  spread,
}: {
  readonly mean: number;
  readonly spread: number | null;
}): string {
  return spread === null ? formatNumber(mean) : `${formatNumber(mean)} ± ${formatDigits(spread, 2)}`;
}

/** Whole numbers in groups: 3,892,194. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Three or four digits, such as "54.4M"; below 1000 as it is. */
export function formatRough(count: number): string {
  let value = count;
  let unit = -1;
  for (; value >= 999.95 && unit < 3; unit++) value /= 1000;
  return unit < 0 ? String(count) : `${value.toFixed(1)}${["K", "M", "G", "T"][unit]}`;
}

/** "12.5 %" of 0.125. */
export function formatShare(share: number, decimals = 1): string {
  return `${(100 * share).toFixed(decimals)} %`;
}
