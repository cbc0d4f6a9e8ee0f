// Planes of numbers at another size, one axis after the other: Lanczos 3 where a picture becomes smaller, Catmull-Rom's
// cubic where it grows. Smaller ones are filtered as wide as they are coarse; at the border the weights that are left count.

export type Plane = { readonly width: number; readonly height: number; readonly values: Float32Array };

type Kernel = { readonly reach: number; weight(distance: number): number };

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

const lanczos3: Kernel = { reach: 3, weight: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) };

/** Keys 1981 with a = -1/2. */
const cubic: Kernel = {
  reach: 2,
  weight(distance) {
    const x = Math.abs(distance);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  },
};

export function resampled({ width, height, values }: Plane, toWidth: number, toHeight: number): Plane {
  const wide = alongRows(values, width, height, toWidth);
  return { width: toWidth, height: toHeight, values: alongColumns(wide, toWidth, height, toHeight) };
}

type Taps = { readonly from: number; readonly weights: Float64Array };

function tapsOf(from: number, to: number): Taps[] {
  const kernel = to < from ? lanczos3 : cubic;
  const stretch = Math.max(1, from / to);
  return Array.from({ length: to }, (_, place) => {
    const centre = ((place + 0.5) * from) / to - 0.5;
    const first = Math.max(0, Math.ceil(centre - kernel.reach * stretch));
    const last = Math.min(from - 1, Math.floor(centre + kernel.reach * stretch));
    const weights = Float64Array.from({ length: last - first + 1 }, (_, index) =>
      kernel.weight((first + index - centre) / stretch),
    );
    const sum = weights.reduce((a, b) => a + b, 0);
    return { from: first, weights: weights.map((weight) => weight / sum) };
  });
}

function alongRows(values: Float32Array, width: number, height: number, to: number): Float32Array {
  if (to === width) return values;
  const result = new Float32Array(to * height);
  for (const [place, { from, weights }] of tapsOf(width, to).entries()) {
    for (let row = 0; row < height; row++) {
      let sum = 0;
      const start = row * width + from;
      for (let index = 0; index < weights.length; index++) sum += weights[index]! * values[start + index]!;
      result[row * to + place] = sum;
    }
  }
  return result;
}

function alongColumns(values: Float32Array, width: number, height: number, to: number): Float32Array {
  if (to === height) return values;
  const result = new Float32Array(width * to);
  for (const [place, { from, weights }] of tapsOf(height, to).entries()) {
    const target = result.subarray(place * width, (place + 1) * width);
    for (let index = 0; index < weights.length; index++) {
      const weight = weights[index]!;
      const start = (from + index) * width;
      for (let column = 0; column < width; column++) target[column]! += weight * values[start + column]!;
    }
  }
  return result;
}
