// What a PNG's chunks say about its colors, besides the profile, which libpng reads (PNG, third edition, 4.3).

import type { CodePoints } from "./cicp.ts";
import type { Primaries } from "./make-profile.ts";

export type PngColors = {
  readonly codePoints: (CodePoints & { readonly matrix: number; readonly isFullRange: boolean }) | null;
  /** Whether there is a profile, whole or not. */
  readonly hasProfile: boolean;
  readonly isSrgb: boolean;
  /** The exponent that the numbers were made of light with; null where none or nonsense is given. */
  readonly gamma: number | null;
  readonly primaries: Primaries | null;
};

const signature = "89504e470d0a1a0a";

/** null where it is no PNG. */
export function pngColors(bytes: Buffer): PngColors | null {
  if (bytes.toString("hex", 0, 8) !== signature) return null;
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const name = bytes.toString("latin1", at + 4, at + 8);
    if (name === "IDAT" || at + 12 + length > bytes.length) break;
    if (!chunks.has(name)) chunks.set(name, bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const cicp = chunks.get("cICP");
  const gama = chunks.get("gAMA");
  const gamma = gama?.length === 4 ? gama.readUInt32BE(0) / 1e5 : 0;
  return {
    codePoints:
      cicp?.length === 4
        ? { primaries: cicp[0]!, transfer: cicp[1]!, matrix: cicp[2]!, isFullRange: cicp[3] === 1 }
        : null,
    hasProfile: chunks.has("iCCP"),
    isSrgb: chunks.has("sRGB"),
    gamma: gamma >= 0.01 && gamma <= 10 ? gamma : null,
    primaries: primariesIn(chunks.get("cHRM")),
  };
}

function primariesIn(chunk: Buffer | undefined): Primaries | null {
  if (chunk?.length !== 32) return null;
  const pair = (index: number) =>
    [chunk.readUInt32BE(8 * index) / 1e5, chunk.readUInt32BE(8 * index + 4) / 1e5] as const;
  const pairs = [0, 1, 2, 3].map(pair);
  if (!pairs.every(([x, y]) => y > 0 && x + y <= 1)) return null;
  return { white: pairs[0]!, red: pairs[1]!, green: pairs[2]!, blue: pairs[3]! };
}
