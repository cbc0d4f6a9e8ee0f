// The same conversions as in lab.ts as TensorFlow.js ops on float32: static shapes and arithmetic only, so that they
// can be traced. Both curves are a line below a threshold and a power above and continuous there to 4e-7, so that
// power(max(t, threshold)) + slope * min(t - threshold, 0) needs no condition and never takes the logarithm of 0.
// Sums are written out instead of a matrix product, which a GPU may round to 10 bits (TF32).

import {
  add,
  cast,
  clipByValue,
  concat,
  exp,
  gather,
  greaterEqual,
  lessEqual,
  log,
  logicalAnd,
  max,
  maximum,
  min,
  minimum,
  mul,
  slice,
  sub,
  type Tensor,
  type Tensor4D,
  tensor1d,
  tidy,
  zerosLike,
} from "@tensorflow/tfjs-core";
import { gamutTolerance } from "./gamut.ts";
import { chromaScale, curve, lumaScale, relativeFromRgb, rgbFromRelative } from "./lab.ts";
import { linearOfByte, transfer } from "./srgb.ts";

export type LumaChromaTensors = {
  /** [N, H, W, 1], L / 50 - 1. */
  readonly luma: Tensor4D;
  /** [N, H, W, 2], a / 110 and b / 110. */
  readonly chroma: Tensor4D;
};

/** sRGB, int32 [N, H, W, 3] in 0..255 -> luma and chroma. */
export function rgbToLumaChroma(rgb: Tensor4D): LumaChromaTensors {
  return tidy(() => {
    const linear = gather<Tensor>(tensor1d(Float32Array.from(linearOfByte)), rgb) as Tensor4D;
    const root = lightness(weightedSums(linear, relativeFromRgb));
    // L = 116 f(y) - 16; a = 500 (f(x) - f(y)); b = 200 (f(y) - f(z)).
    const luma = sub(mul(channels(root, 1, 1), 116 / lumaScale), 16 / lumaScale + 1) as Tensor4D;
    const differences = sub(channels(root, 0, 2), channels(root, 1, 2));
    const chroma = mul(differences, tensor1d([500 / chromaScale, 200 / chromaScale])) as Tensor4D;
    return { luma, chroma };
  });
}

/** Luma [N, H, W, 1] and chroma [N, H, W, 2] -> sRGB [N, H, W, 3] in [0, 1], clipped channel by channel. */
export function lumaChromaToRgb(luma: Tensor4D, chroma: Tensor4D): Tensor4D {
  return tidy(() => encoded(linearLight(luma, chroma)));
}

/** The same without touching the drawing, as gamut.ts does it: a color that no screen shows keeps its L and hue. */
export function lumaChromaToDisplayRgb(luma: Tensor4D, chroma: Tensor4D): Tensor4D {
  return tidy(() => {
    const limited = clipByValue(luma, -1, 1) as Tensor4D;
    let share: Tensor = zerosLike(limited);
    for (let step = 0.5; step >= 1 / 4096; step /= 2) {
      const less = mul(chroma, add(share, step)) as Tensor4D;
      share = add(share, mul(step, displayable(linearLight(limited, less))));
    }
    const kept = maximum(share, displayable(linearLight(limited, chroma)));
    return encoded(linearLight(limited, mul(chroma, kept) as Tensor4D));
  });
}

/** 1 where a screen can show linear RGB, 0 elsewhere: [N, H, W, 1]. */
function displayable(linear: Tensor4D): Tensor {
  const fits = logicalAnd(
    greaterEqual(min(linear, 3, true), -gamutTolerance),
    lessEqual(max(linear, 3, true), 1 + gamutTolerance),
  );
  return cast(fits, "float32");
}

/** Linear RGB, not clipped. */
function linearLight(luma: Tensor4D, chroma: Tensor4D): Tensor4D {
  const y = add(mul(luma, lumaScale / 116), (lumaScale + 16) / 116) as Tensor4D;
  const offsets = mul(chroma, tensor1d([chromaScale / 500, -chromaScale / 200])) as Tensor4D;
  const root = concat([add(y, channels(offsets, 0, 1)), y, add(y, channels(offsets, 1, 1))], 3) as Tensor4D;
  return weightedSums(inverseLightness(root), rgbFromRelative);
}

/** Linear light -> sRGB in [0, 1]. */
function encoded(linear: Tensor4D): Tensor4D {
  const { linear: threshold, slope, scale, offset, gamma } = transfer;
  const power = sub(mul(raised(maximum(linear, threshold), 1 / gamma), scale), offset);
  const value = add(power, mul(minimum(sub(linear, threshold), 0), slope));
  return clipByValue(value, 0, 1) as Tensor4D;
}

/** f of CIE Lab. */
function lightness(t: Tensor): Tensor4D {
  const { threshold, slope } = curve;
  const root = raised(maximum(t, threshold), 1 / 3);
  return add(root, mul(minimum(sub(t, threshold), 0), slope)) as Tensor4D;
}

function inverseLightness(t: Tensor): Tensor4D {
  const { edge, slope } = curve;
  const above = maximum(t, edge);
  const cube = mul(mul(above, above), above);
  return add(cube, mul(minimum(sub(t, edge), 0), 1 / slope)) as Tensor4D;
}

/** x to the power of an exponent for x > 0; exp and log are several times faster than pow where both are vectorised. */
function raised(x: Tensor, exponent: number): Tensor {
  return exp(mul(log(x), exponent));
}

/** [N, H, W, 3] times the rows of a 3x3 matrix. */
function weightedSums(x: Tensor4D, rows: readonly (readonly number[])[]): Tensor4D {
  const terms = [0, 1, 2].map((input) =>
    mul(channels(x, input, 1), tensor1d(rows.map((row) => row[input]!))),
  );
  return add(add(terms[0]!, terms[1]!), terms[2]!) as Tensor4D;
}

function channels(x: Tensor4D, first: number, count: number): Tensor4D {
  const [batch, height, width] = x.shape;
  return slice(x, [0, 0, 0, first], [batch, height, width, count]);
}
