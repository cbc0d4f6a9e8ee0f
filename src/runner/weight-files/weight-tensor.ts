// Tensors of files that other programs wrote, read when they are asked for.

import { UserError } from "../../errors.ts";
import { sizeOf } from "../../training-step.ts";
import { dequantize } from "./dequantize.ts";

/** As safetensors names them. */
export type NumberFormat = "F64" | "F32" | "F16" | "BF16" | "I64" | "I32" | "I16" | "I8" | "U8" | "BOOL";

export const bytesOfNumber: Readonly<Record<NumberFormat, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

export type WeightTensor = {
  readonly format: NumberFormat;
  readonly shape: readonly number[];
  /** Its numbers in the order of its shape, the last axis fastest. Throws UserError for whole numbers. */
  read(): Promise<Float32Array>;
};

/** Tensors by name, and what else the file says. */
export type WeightFile = {
  readonly tensors: Readonly<Record<string, WeightTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
  close(): void;
};

/** Little-endian numbers of one format; float64 is rounded. `what` names the tensor. Throws UserError for whole numbers. */
export function floatsOf(bytes: Uint8Array, format: NumberFormat, what: string): Float32Array {
  switch (format) {
    case "F32":
      return dequantize(bytes, "float32", undefined, what);
    case "F16":
      return dequantize(bytes, "float16", undefined, what);
    case "BF16": {
      // The upper half of a float32.
      const halves = new Uint16Array(Uint8Array.from(bytes).buffer);
      return new Float32Array(Uint32Array.from(halves, (half) => half * 2 ** 16).buffer);
    }
    case "F64":
      return Float32Array.from(new Float64Array(Uint8Array.from(bytes).buffer));
    default:
      throw new UserError(`${what}: expected floating-point numbers, got ${format}`);
  }
}

/** A tensor that lies in `storage` with strides, as PyTorch's do; both count numbers. */
export function gathered(
  storage: Float32Array,
  {
    shape,
    strides,
    offset,
  }: { readonly shape: readonly number[]; readonly strides: readonly number[]; readonly offset: number },
): Float32Array {
  const result = new Float32Array(sizeOf(shape));
  const index = shape.map(() => 0);
  let place = offset;
  for (let at = 0; at < result.length; at++) {
    result[at] = storage[place]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      place -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}
