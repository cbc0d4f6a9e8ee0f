// The curve of a grey ICC profile (ICC.1:2022, kTRC): number in [0, 1] -> luminance relative to its white.

export type GreyCurve = (value: number) => number;

/** null where the profile has none that can be read. */
export function greyCurve(icc: Buffer): GreyCurve | null {
  try {
    const count = icc.readUInt32BE(128);
    for (let tag = 0; tag < Math.min(count, 100); tag++) {
      const at = 132 + 12 * tag;
      if (icc.toString("latin1", at, at + 4) === "kTRC") return curveAt(icc, icc.readUInt32BE(at + 4));
    }
    return null;
  } catch (error) {
    if (error instanceof RangeError) return null; // it is cut short
    throw error;
  }
}

function curveAt(icc: Buffer, at: number): GreyCurve | null {
  const kind = icc.toString("latin1", at, at + 4);
  if (kind === "curv") return sampled(icc, at);
  return kind === "para" ? parametric(icc, at) : null;
}

function sampled(icc: Buffer, at: number): GreyCurve | null {
  const count = icc.readUInt32BE(at + 8);
  if (count === 0) return (value) => value;
  if (count === 1) {
    const gamma = icc.readUInt16BE(at + 12) / 256;
    return (value) => value ** gamma;
  }
  if (count > 65536) return null;
  const values = Float64Array.from(
    { length: count },
    (_, place) => icc.readUInt16BE(at + 12 + 2 * place) / 65535,
  );
  return (value) => {
    const place = Math.min(1, Math.max(0, value)) * (count - 1);
    const low = Math.min(count - 2, Math.floor(place));
    return values[low]! + (place - low) * (values[low + 1]! - values[low]!);
  };
}

function parametric(icc: Buffer, at: number): GreyCurve | null {
  const type = icc.readUInt16BE(at + 8);
  const lengths = [1, 3, 4, 5, 7];
  const length = lengths[type];
  if (length === undefined) return null;
  const [g = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = Array.from(
    { length },
    (_, place) => icc.readInt32BE(at + 12 + 4 * place) / 65536,
  );
  const power = (value: number) => Math.max(0, a * value + b) ** g;
  if (type === 0) return (value) => value ** g;
  if (type === 1) return (value) => (value >= -b / a ? power(value) : 0);
  if (type === 2) return (value) => (value >= -b / a ? power(value) + c : c);
  return (value) => (value >= d ? power(value) + e : c * value + f);
}
