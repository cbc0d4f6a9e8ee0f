/** "15MB", "800 kB" or "1e6" -> bytes; null for what is no size. MB are millions of bytes, MiB 1024 x 1024. */
export function parseSize(text: string): number | null {
  const [, number, unit] = /^([\d.]+(?:e\d+)?)\s*(B|kB|KB|MB|GB|KiB|MiB|GiB)?$/.exec(text.trim()) ?? [];
  if (number === undefined) return null;
  const factors: Readonly<Record<string, number>> = {
    B: 1,
    kB: 1e3,
    KB: 1e3,
    MB: 1e6,
    GB: 1e9,
    KiB: 2 ** 10,
    MiB: 2 ** 20,
    GiB: 2 ** 30,
  };
  const bytes = Number(number) * factors[unit ?? "B"]!;
  return Number.isFinite(bytes) && bytes > 0 ? bytes : null;
}
