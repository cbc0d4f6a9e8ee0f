// The number formats that tensorflowjs_converter stores weights in.

import { UserError } from "../../errors.ts";

/** uint8 and uint16 stand for q * scale + min. */
export type Quantization = {
  readonly dtype: string;
  readonly scale?: number;
  readonly min?: number;
};

export const bytesOfElement = { float32: 4, float16: 2, int32: 4, uint16: 2, uint8: 1, bool: 1 } as const;

/** `what` names the tensor in errors. Numbers lie little-endian. */
export function dequantize(
  bytes: Uint8Array,
  stored: string,
  quantization: Quantization | undefined,
  what: string,
): Float32Array {
  // A copy, which lies on a boundary of four bytes.
  const { buffer } = Uint8Array.from(bytes);
  if (stored === "float32") return new Float32Array(buffer);
  if (stored === "float16") return Float32Array.from(new Uint16Array(buffer), floatOfHalf);
  const { scale, min } = quantization ?? {};
  if ((stored !== "uint8" && stored !== "uint16") || typeof scale !== "number" || typeof min !== "number") {
    throw new UserError(
      `${what} is quantized as ${stored} without scale and min; convert it again without quantization`,
    );
  }
  const whole = stored === "uint8" ? new Uint8Array(buffer) : new Uint16Array(buffer);
  return Float32Array.from(whole, (number) => number * scale + min);
}

function floatOfHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
