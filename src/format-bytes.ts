// A leaf, because data sets are told in sizes as well as runs; parse-size.ts is the way back.

/** Such as "778 MiB"; two digits below ten of a unit. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} B`;
  let value = bytes;
  let unit = -1;
  for (; value >= 1023.5 && unit < 3; unit++) value /= 1024;
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${["KiB", "MiB", "GiB", "TiB"][unit]}`;
}
