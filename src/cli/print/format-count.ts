/** Three or four digits, such as "54.4M"; below 1000 as it is. */
export function formatCount(count: number): string {
  let value = count;
  let unit = -1;
  for (; value >= 999.95 && unit < 3; unit++) value /= 1000;
  return unit < 0 ? String(count) : `${value.toFixed(1)}${["K", "M", "G", "T"][unit]}`;
}
