// The color difference CIEDE2000 of two colors in CIE Lab, with all parametric factors 1. Sharma, Wu, Dalal: The
// CIEDE2000 Color-Difference Formula (2005), whose 34 published pairs it meets to 1e-4. A difference of 1 is just
// noticed by a trained eye side by side.

// Numbers are written out, as constants of a module are read slowly, and a run asks millions of times.

/** Lab and Lab -> difference. */
export function ciede2000(l1: number, a1: number, b1: number, l2: number, a2: number, b2: number): number {
  // Greyish colors: a is stretched, so that bluish and yellowish greys are told apart as they are by people.
  const meanC = (Math.sqrt(a1 * a1 + b1 * b1) + Math.sqrt(a2 * a2 + b2 * b2)) / 2;
  const stretch = 1.5 - 0.5 * Math.sqrt(saturated(meanC));
  const x1 = stretch * a1;
  const x2 = stretch * a2;
  const c1 = Math.sqrt(x1 * x1 + b1 * b1);
  const c2 = Math.sqrt(x2 * x2 + b2 * b2);
  const product = c1 * c2;
  const h1 = hue(x1, b1);
  const h2 = hue(x2, b2);

  // The way between both hues is the shorter one round the circle, and the mean lies on it.
  let dh = product === 0 ? 0 : h2 - h1;
  let h = product === 0 ? h1 + h2 : (h1 + h2) / 2;
  if (dh > Math.PI || dh < -Math.PI) {
    h += h1 + h2 < 2 * Math.PI ? Math.PI : -Math.PI;
    dh += dh > 0 ? -2 * Math.PI : 2 * Math.PI;
  }
  const dL = l2 - l1;
  const dC = c2 - c1;
  const dH = 2 * Math.sqrt(product) * Math.sin(dh / 2);

  const fromMiddle = ((l1 + l2) / 2 - 50) ** 2;
  const c = (c1 + c2) / 2;
  // 1 - 0.17 cos(h - 30°) + 0.24 cos(2h) + 0.32 cos(3h + 6°) - 0.2 cos(4h - 63°), each from cos(h) and sin(h).
  const cos = Math.cos(h);
  const sin = Math.sin(h);
  const cos2 = 2 * cos * cos - 1;
  const sin2 = 2 * sin * cos;
  const t =
    1 -
    0.17 * (0.8660254037844387 * cos + 0.5 * sin) +
    0.24 * cos2 +
    0.32 *
      (0.9945218953682733 * (cos2 * cos - sin2 * sin) - 0.10452846326765347 * (sin2 * cos + cos2 * sin)) -
    0.2 * (0.4539904997395468 * (2 * cos2 * cos2 - 1) + 0.8910065241883679 * 2 * sin2 * cos2);
  const byL = dL / (1 + (0.015 * fromMiddle) / Math.sqrt(20 + fromMiddle));
  const byC = dC / (1 + 0.045 * c);
  const byH = dH / (1 + 0.015 * c * t);
  // Blues turn towards purple; far from there the factor is below 1e-13.
  const fromBlue = ((h * 180) / Math.PI - 275) / 25;
  const rotation =
    fromBlue * fromBlue > 30
      ? 0
      : -2 * Math.sqrt(saturated(c)) * Math.sin((Math.PI / 3) * Math.exp(-fromBlue * fromBlue));
  return Math.sqrt(Math.max(0, byL * byL + byC * byC + byH * byH + rotation * byC * byH));
}

/** 0 for grey towards 1 for strong chroma. */
function saturated(chroma: number): number {
  const square = chroma * chroma;
  const power = square * square * square * chroma;
  return power / (power + 6103515625); // 25^7
}

/** In [0, 2 pi); 0 for grey. */
function hue(a: number, b: number): number {
  const angle = Math.atan2(b, a);
  return angle < 0 ? angle + 2 * Math.PI : angle;
}
