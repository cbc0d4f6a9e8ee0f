// Colors of curves and of values, told apart by color-blind readers, on white and on black.

/** Okabe and Ito's without black and yellow. */
const palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"] as const;
/** Beyond the palette the same colors come again, dashed. */
const dashes = [[], [7, 4], [2, 3], [10, 3, 2, 3]] as const;
/** One of many. */
export const neutral = "#8a93a0";

export function strokeOf(color: number | null): string {
  return color === null ? neutral : palette[color % palette.length]!;
}

export function dashOf(color: number | null): readonly number[] {
  return color === null ? [] : dashes[Math.floor(color / palette.length) % dashes.length]!;
}

/** matplotlib's viridis at seven places; 0 is dark violet, 1 is yellow. */
const viridis = ["#440154", "#443983", "#31688e", "#21918c", "#35b779", "#90d743", "#fde725"] as const;

export function valueColor(share: number): string {
  if (!Number.isFinite(share)) return neutral;
  const at = Math.min(1, Math.max(0, share)) * (viridis.length - 1);
  const low = Math.min(viridis.length - 2, Math.floor(at));
  const channel = (hex: string, index: number) =>
    Number.parseInt(hex.slice(1 + 2 * index, 3 + 2 * index), 16);
  const mixed = [0, 1, 2].map((index) => {
    const [from, to] = [channel(viridis[low]!, index), channel(viridis[low + 1]!, index)];
    return Math.round(from + (to - from) * (at - low))
      .toString(16)
      .padStart(2, "0");
  });
  return `#${mixed.join("")}`;
}

/** Black or white, whichever is read on `valueColor(share)`. */
export function inkOn(share: number): string {
  return share > 0.55 ? "#111111" : "#ffffff";
}
