// sRGB and linear light: the transfer curve of IEC 61966-2-1 and the matrix to CIE XYZ under D65, with the numbers
// that scikit-image uses. Linear light is in [0, 1]. Encoding to 8 bits is exact: a table of thresholds, no pow.

/** Linear RGB -> CIE XYZ, one row each for X, Y, Z. */
export const xyzFromRgb = [
  [0.412453, 0.35758, 0.180423],
  [0.212671, 0.71516, 0.072169],
  [0.019334, 0.119193, 0.950227],
] as const;

/** CIE XYZ of the white D65, 2 degree observer. */
export const white = [0.95047, 1, 1.08883] as const;

/** The transfer curve is a line up to `linear` (in linear light), a power above. */
export const transfer = { linear: 0.0031308, slope: 12.92, scale: 1.055, offset: 0.055, gamma: 2.4 } as const;

/** The linear light of a value in [0, 1]. */
export function decodeSrgb(value: number): number {
  return value > 0.04045
    ? ((value + transfer.offset) / transfer.scale) ** transfer.gamma
    : value / transfer.slope;
}

/** The value in [0, 1] of linear light in [0, 1]; what is outside is clipped. */
function encodeSrgb(light: number): number {
  if (!(light > 0)) return 0;
  if (light >= 1) return 1;
  return light > transfer.linear
    ? transfer.scale * light ** (1 / transfer.gamma) - transfer.offset
    : transfer.slope * light;
}

const encodingCells = 65536;
/** The last one closes the table. */
const encoded = Float32Array.from(
  { length: encodingCells + 2 },
  (_, cell) => 65535 * encodeSrgb(cell / encodingCells),
);

/** The nearest 16-bit value to linear light, within 0.01 of its border; what is outside [0, 1] is clipped. */
export function wordOfLinear(light: number): number {
  const at = Math.min(1, Math.max(0, light)) * encodingCells;
  const cell = Math.floor(at);
  const low = encoded[cell]!;
  return Math.round(low + (at - cell) * (encoded[cell + 1]! - low));
}

/** The linear light of every 8-bit value. */
export const linearOfByte = Float64Array.from({ length: 256 }, (_, byte) => decodeSrgb(byte / 255));

/** The linear light from which on a value rounds to this byte; the last one closes the table. */
const thresholds = Float64Array.from({ length: 257 }, (_, byte) =>
  byte === 0 ? 0 : byte === 256 ? Infinity : decodeSrgb((byte - 0.5) / 255),
);

/** A byte to start looking from: 3,500 cells are narrower than the narrowest byte, so at most one is missing. */
const cells = 3500;
const firstBytes = Uint8Array.from({ length: cells + 1 }, (_, cell) => {
  const light = cell / cells;
  return thresholds.findLastIndex((threshold) => threshold <= light);
});

/** The nearest 8-bit value to linear light; what is outside [0, 1] is clipped. */
export function byteOfLinear(light: number): number {
  if (!(light > 0)) return 0;
  if (light >= 1) return 255;
  const byte = firstBytes[Math.floor(light * cells)]!;
  return light >= thresholds[byte + 1]! ? byte + 1 : byte;
}

/** The inverse of a 3x3 matrix, rows in and rows out. */
export function inverse3x3(rows: readonly (readonly number[])[]): number[][] {
  const at = (row: number, column: number) => rows[row % 3]![column % 3]!;
  const cofactor = (row: number, column: number) =>
    at(row + 1, column + 1) * at(row + 2, column + 2) - at(row + 1, column + 2) * at(row + 2, column + 1);
  const determinant = [0, 1, 2].reduce((sum, column) => sum + at(0, column) * cofactor(0, column), 0);
  return [0, 1, 2].map((row) => [0, 1, 2].map((column) => cofactor(column, row) / determinant));
}
