// Whether a picture has color, also where grey is stored as RGB or toned: in sepia, selenium or a duotone, color
// follows from lightness alone. So a* and b* are averaged by lightness (steps of 4 in L*), and what counts is how
// far the pixels lie from their average: the 95th percentile, in units of Lab. Of 10,375 photographs (COCO,
// CelebA, ADE20K scenes, landscapes) it drops 19: 15 are grey or toned; a white bathroom, a cave, a scene at night
// and a grey sky are not. Of 30 old photographs it drops the 18 grey and 4 sepia ones and keeps 8 faded or
// hand-colored ones. Kept although toned: sepia with strong stains or little contrast (2 or 3 of 7,997 faces), a blue
// tone as strong as a sky's, and grey pictures with one colored thing that covers more than a twentieth.

import { rgbToLab } from "../../color/lab.ts";

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
const [mostTint, exact] = [16, 1];

export function isGreyscale(colorfulness: number): boolean {
  return colorfulness <= mostOfGreyscale;
}

export type Colorfulness = {
  /** How many times the spread that a toned greyscale picture has at most; 0 is neutral grey. */
  readonly value: number;
  /** Whether the same picture, resized in another way, might come out on the other side. */
  readonly isCloseCall: boolean;
};

/** uint8 RGB [pixels, 3]. */
export function colorfulnessOf(rgb: Uint8Array): Colorfulness {
  const lab = rgbToLab(rgb);
  const pixels = lab.length / 3;
  const { tone, lightnessSpread, hue } = toneOf(lab);
  const chroma = new Float64Array(pixels);
  const distance = new Float64Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const [l, a, b] = [lab[3 * pixel]!, lab[3 * pixel + 1]!, lab[3 * pixel + 2]!];
    const [toneA, toneB] = tone(l);
    chroma[pixel] = Math.hypot(a, b);
    distance[pixel] = Math.hypot(a - toneA, b - toneB);
  }
  const measures = {
    strength: percentile95(chroma),
    spread: percentile95(distance),
    lightnessSpread,
    hue,
  };
  const value = ratioOf(measures);
  const side = isGreyscale(value);
  return { value, isCloseCall: neighbours(measures).some((each) => isGreyscale(ratioOf(each)) !== side) };
}

type Measures = {
  /** 95th percentile of the chroma, and of the distance from the tone. */
  readonly strength: number;
  readonly spread: number;
  readonly lightnessSpread: number;
  readonly hue: number;
};

function ratioOf({ strength, spread, lightnessSpread, hue }: Measures): number {
  if (lightnessSpread < leastLightnessSpread) return strength / noise;
  return spread / allowance(strength, hue);
}

/** What the same picture may measure in another size: more than the differences seen between 32, 64 and 256. */
function neighbours({ strength, spread, lightnessSpread, hue }: Measures): Measures[] {
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
          });
        }
      }
    }
  }
  return found;
}

function allowance(strength: number, hue: number): number {
  if (hue >= sepia.from && hue <= sepia.to && strength <= sepia.mostChroma) {
    return Math.min(sepia.most, Math.max(noise, sepia.share * strength));
  }
  return strength <= mostTint ? noise : exact;
}

/** The average color at every lightness, and how the whole is: its hue in degrees, the deviation of its L*. */
function toneOf(lab: Float32Array) {
  const pixels = lab.length / 3;
  const bins = Math.floor(100 / lightnessStep) + 1;
  const sums = new Float64Array(3 * bins);
  const binOf = (l: number) => Math.min(bins - 1, Math.max(0, Math.floor(l / lightnessStep)));
  let [sumL, sumLL, sumA, sumB] = [0, 0, 0, 0];
  for (let at = 0; at < lab.length; at += 3) {
    const [l, a, b] = [lab[at]!, lab[at + 1]!, lab[at + 2]!];
    const bin = 3 * binOf(l);
    sums[bin] = sums[bin]! + 1;
    sums[bin + 1] = sums[bin + 1]! + a;
    sums[bin + 2] = sums[bin + 2]! + b;
    sumL += l;
    sumLL += l * l;
    sumA += a;
    sumB += b;
  }
  return {
    tone(l: number): [number, number] {
      const bin = 3 * binOf(l);
      return [sums[bin + 1]! / sums[bin]!, sums[bin + 2]! / sums[bin]!];
    },
    lightnessSpread: Math.sqrt(Math.max(0, sumLL / pixels - (sumL / pixels) ** 2)),
    hue: ((Math.atan2(sumB, sumA) * 180) / Math.PI + 360) % 360,
  };
}

function percentile95(values: Float64Array): number {
  const sorted = values.toSorted();
  return sorted[Math.floor(0.95 * sorted.length)]!;
}
