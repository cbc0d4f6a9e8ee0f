// A color profile (ICC.1:2022, version 4, matrix and curves) out of chromaticities and a transfer curve, for files
// that say what their numbers mean without holding a profile.

/** CIE x, y. */
export type Chromaticity = readonly [x: number, y: number];

export type Primaries = {
  readonly white: Chromaticity;
  readonly red: Chromaticity;
  readonly green: Chromaticity;
  readonly blue: Chromaticity;
};

/** Light is number ** gamma, or as IEC 61966-2-1 has it. */
export type Curve = "srgb" | { readonly gamma: number };

type Vector = readonly [number, number, number];
type Matrix = readonly [Vector, Vector, Vector];

const d50: Vector = [0.9642, 1, 0.8249];
const bradford: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];

/** null where the primaries span no colors. */
export function makeProfile(primaries: Primaries, curve: Curve, model: "RGB" | "GRAY"): Buffer | null {
  const matrix = toD50(primaries);
  if (matrix === null) return null;
  const tags: [string, Buffer][] =
    model === "GRAY"
      ? [["kTRC", curveTag(curve)]]
      : (["r", "g", "b"] as const).flatMap((letter, column): [string, Buffer][] => [
          [`${letter}XYZ`, xyzTag(matrix.map((row) => row[column]!))],
          [`${letter}TRC`, curveTag(curve)],
        ]);
  return assemble(model, [
    ["desc", textTag("made")],
    ["cprt", textTag("none")],
    ["wtpt", xyzTag(d50)],
    ...tags,
  ]);
}

/** Columns are the primaries' XYZ, adapted to the profile connection space's white. */
function toD50({ white, red, green, blue }: Primaries): Matrix | null {
  const columns = [red, green, blue].map(xyzOf);
  const unscaled = [0, 1, 2].map((row) => columns.map((column) => column[row]!)) as unknown as Matrix;
  const inverse = inverted(unscaled);
  if (inverse === null || white[1] <= 0) return null;
  const scale = times(inverse, xyzOf(white));
  const rgbToXyz = unscaled.map((row) =>
    row.map((value, column) => value * scale[column]!),
  ) as unknown as Matrix;
  const from = times(bradford, xyzOf(white));
  const to = times(bradford, d50);
  const scaled = bradford.map((row, index) =>
    row.map((value) => (value * to[index]!) / from[index]!),
  ) as unknown as Matrix;
  const adapt = product(inverted(bradford)!, scaled);
  const matrix = product(adapt, rgbToXyz);
  return matrix.flat().every((value) => Math.abs(value) < 30) ? matrix : null;
}

function xyzOf([x, y]: Chromaticity): Vector {
  return [x / y, 1, (1 - x - y) / y];
}

function times(matrix: Matrix, [x, y, z]: Vector): Vector {
  return matrix.map(([a, b, c]) => a * x + b * y + c * z) as unknown as Vector;
}

function product(a: Matrix, b: Matrix): Matrix {
  const columns = [0, 1, 2].map((column) => times(a, b.map((row) => row[column]!) as unknown as Vector));
  return [0, 1, 2].map((row) => columns.map((column) => column[row]!)) as unknown as Matrix;
}

function inverted([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix | null {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  if (!Number.isFinite(determinant) || Math.abs(determinant) < 1e-9) return null;
  return [
    [e * i - f * h, c * h - b * i, b * f - c * e],
    [f * g - d * i, a * i - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ].map((row) => row.map((value) => value / determinant)) as unknown as Matrix;
}

function curveTag(curve: Curve): Buffer {
  const numbers = curve === "srgb" ? [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045] : [curve.gamma];
  const kind = Buffer.from([0, curve === "srgb" ? 3 : 0, 0, 0]);
  return Buffer.concat([Buffer.from("para\0\0\0\0", "latin1"), kind, fixed(numbers)]);
}

function xyzTag(values: readonly number[]): Buffer {
  return Buffer.concat([Buffer.from("XYZ \0\0\0\0", "latin1"), fixed(values)]);
}

function textTag(text: string): Buffer {
  const head = Buffer.alloc(28);
  head.write("mluc", 0, "latin1");
  for (const [index, value] of [1, 12].entries()) head.writeUInt32BE(value, 8 + 4 * index);
  head.write("enUS", 16, "latin1");
  head.writeUInt32BE(2 * text.length, 20);
  head.writeUInt32BE(28, 24);
  return Buffer.concat([head, Buffer.from(text, "utf16le").swap16()]);
}

/** s15Fixed16. */
function fixed(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeInt32BE(Math.round(value * 65536), 4 * index);
  return bytes;
}

function assemble(model: "RGB" | "GRAY", tags: readonly (readonly [string, Buffer])[]): Buffer {
  const table = Buffer.alloc(4 + 12 * tags.length);
  table.writeUInt32BE(tags.length, 0);
  const contents: Buffer[] = [];
  let at = 128 + table.length;
  for (const [index, [name, content]] of tags.entries()) {
    table.write(name, 4 + 12 * index, "latin1");
    table.writeUInt32BE(at, 8 + 12 * index);
    table.writeUInt32BE(content.length, 12 + 12 * index);
    contents.push(content, Buffer.alloc(-content.length & 3));
    at += content.length + (-content.length & 3);
  }
  const header = Buffer.alloc(128);
  header.writeUInt32BE(at, 0);
  header.writeUInt32BE(0x04200000, 8);
  header.write(`mntr${model.padEnd(4)}XYZ `, 12, "latin1");
  header.write("acsp", 36, "latin1");
  fixed(d50).copy(header, 68);
  return Buffer.concat([header, table, ...contents]);
}
