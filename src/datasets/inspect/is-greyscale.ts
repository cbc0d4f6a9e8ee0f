// Whether a picture has color, also where grey is stored as RGB or toned: in sepia, selenium, cyanotype or a duotone,
// color follows from lightness alone. So a* and b* are averaged by lightness (steps of 4 in L*, and lines between), and
// what counts is how far the pixels lie from their average: the 95th percentile, in units of Lab. In a drawing of few
// flat colors each may have a lightness of its own, too: it is told by being flat (flatness.ts), stronger than a tone
// ever is, or of more than one hue. Of 10,375 photographs (COCO, CelebA, ADE20K scenes, landscapes) it drops 19: 15 are
// grey or toned; a white bathroom, a cave, a scene at night and a grey sky are not. Of 30 old photographs it drops the 18
// grey and 4 sepia ones and keeps 8 faded or hand-colored ones. Kept although toned: sepia with strong stains or little
// contrast (2 or 3 of 7,997 faces), grainy cyanotypes, and grey pictures with one colored thing that covers more than a
// twentieth.

import { rgbToLab } from "../../color/lab.ts";
import { flatnessOf } from "./flatness.ts";

/** Up to here a picture counts as greyscale. */
const mostOfGreyscale = 1;

const lightnessStep = 4;
/** Below this spread of L* nothing tells a tone from a color: a clear sky, a wall. */
const leastLightnessSpread = 10;
/** JPEG's and the scanner's noise, in units of Lab. */
const noise = 2.4;
/** Paper ages unevenly: what a sepia picture (hue in degrees) may have in addition, as a share of its chroma. */
const sepia = { from: 50, to: 100, mostChroma: 36, share: 0.22, most: 5.2 };
/** A stronger tone of another hue is one only where it is all but exact: skies and snow are blue. */
const [mostTint, exact] = [16, 2];
/** No tone is stronger. */
const mostOfTone = 60;
/** In a picture of flat colors, what is stronger is color. */
const leastOfFlat = 20;
/** How far a tone may lie from its one hue, in units of Lab: shadows and highlights of faint tones differ. */
const hueSlack = 10;

export function isGreyscale(colorfulness: number): boolean {
  return colorfulness <= mostOfGreyscale;
}

export type Colorfulness = {
  /** How many times the spread that a toned greyscale picture has at most; 0 is neutral grey. */
  readonly value: number;
  /** Whether the same picture, resized in another way, might come out on the other side. */
  readonly isCloseCall: boolean;
};

/** uint8 RGB [side, side, 3]. */
export function colorfulnessOf(rgb: Uint8Array): Colorfulness {
  const lab = rgbToLab(rgb);
  const flatness = flatnessOf(lab);
  const measures = { ...measuresOf(lab), isFlat: flatness.isFlat };
  const value = ratioOf(measures);
  const side = isGreyscale(value);
  const others = neighbours(measures, flatness.isCloseCall);
  return { value, isCloseCall: others.some((each) => isGreyscale(ratioOf(each)) !== side) };
}

type Measures = {
  /** 95th percentile of the chroma, and of the distance from the tone. */
  readonly strength: number;
  readonly spread: number;
  readonly lightnessSpread: number;
  readonly hue: number;
  readonly isFlat: boolean;
};

function ratioOf({ strength, spread, lightnessSpread, hue, isFlat }: Measures): number {
  const isNoTone = strength > mostOfTone || (isFlat && strength >= leastOfFlat);
  if (isNoTone || lightnessSpread < leastLightnessSpread) return strength / noise;
  return spread / allowance(strength, hue);
}

/** What the same picture may measure in another size: more than the differences seen between 32, 64 and 256. */
function neighbours(
  { strength, spread, lightnessSpread, hue, isFlat }: Measures,
  either: boolean,
): Measures[] {
  const found: Measures[] = [];
  for (const a of [0.8, 1.25]) {
    for (const b of [0.6, 1.7]) {
      for (const c of [0.85, 1.2]) {
        for (const d of [-8, 8]) {
          found.push({
            strength: a * strength,
            spread: b * spread,
            lightnessSpread: c * lightnessSpread,
            hue: hue + d,
            isFlat,
          });
        }
      }
    }
  }
  return either ? found.flatMap((each) => [each, { ...each, isFlat: !isFlat }]) : found;
}

function allowance(strength: number, hue: number): number {
  if (hue >= sepia.from && hue <= sepia.to && strength <= sepia.mostChroma) {
    return Math.min(sepia.most, Math.max(noise, sepia.share * strength));
  }
  return strength <= mostTint ? noise : exact;
}

function measuresOf(lab: Float32Array): Omit<Measures, "isFlat"> {
  const pixels = lab.length / 3;
  const { knots, means, lightnessSpread } = toneOf(lab);
  const length = Math.hypot(means[0], means[1]) || 1;
  const [hueA, hueB] = [means[0] / length, means[1] / length];
  const chroma = new Float64Array(pixels);
  const distance = new Float64Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const [l, a, b] = [lab[3 * pixel]!, lab[3 * pixel + 1]!, lab[3 * pixel + 2]!];
    // The tone at this lightness, on the line between the means of two steps.
    let above = 0;
    while (above < knots.length - 3 && knots[above]! < l) above += 3;
    const below = Math.max(0, above - 3);
    const run = knots[above]! - knots[below]!;
    const share = run === 0 ? 1 : Math.min(1, (l - knots[below]!) / run);
    const toneA = knots[below + 1]! + share * (knots[above + 1]! - knots[below + 1]!);
    const toneB = knots[below + 2]! + share * (knots[above + 2]! - knots[below + 2]!);
    const isSameHue = toneA * hueA + toneB * hueB > 0;
    const offHue = isSameHue ? Math.abs(toneA * hueB - toneB * hueA) : Math.sqrt(toneA ** 2 + toneB ** 2);
    chroma[pixel] = Math.sqrt(a ** 2 + b ** 2);
    distance[pixel] = Math.sqrt((a - toneA) ** 2 + (b - toneB) ** 2 + Math.max(0, offHue - hueSlack) ** 2);
  }
  return {
    strength: percentile95(chroma),
    spread: percentile95(distance),
    lightnessSpread,
    hue: ((Math.atan2(means[1], means[0]) * 180) / Math.PI + 360) % 360,
  };
}

/** The mean L*, a*, b* of every step of lightness that has any, of a* and b* in all, and the deviation of L*. */
function toneOf(lab: Float32Array) {
  const pixels = lab.length / 3;
  const bins = Math.floor(100 / lightnessStep) + 1;
  const counts = new Float64Array(bins);
  const sums = new Float64Array(3 * bins);
  let [sumL, sumLL, sumA, sumB] = [0, 0, 0, 0];
  for (let at = 0; at < lab.length; at += 3) {
    const [l, a, b] = [lab[at]!, lab[at + 1]!, lab[at + 2]!];
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(l / lightnessStep)));
    counts[bin] = counts[bin]! + 1;
    sums[3 * bin] = sums[3 * bin]! + l;
    sums[3 * bin + 1] = sums[3 * bin + 1]! + a;
    sums[3 * bin + 2] = sums[3 * bin + 2]! + b;
    sumL += l;
    sumLL += l * l;
    sumA += a;
    sumB += b;
  }
  const knots: number[] = [];
  for (const [bin, count] of counts.entries()) {
    if (count > 0) for (let axis = 0; axis < 3; axis++) knots.push(sums[3 * bin + axis]! / count);
  }
  return {
    knots,
    means: [sumA / pixels, sumB / pixels] as const,
    lightnessSpread: Math.sqrt(Math.max(0, sumLL / pixels - (sumL / pixels) ** 2)),
  };
}

function percentile95(values: Float64Array): number {
  const sorted = values.sort();
  return sorted[Math.floor(0.95 * sorted.length)]!;
}
