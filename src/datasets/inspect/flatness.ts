// Whether a picture is drawn in a few flat colors, as flags, signs and sprites are: most of its pixels share a few
// levels of lightness and look like their neighbours. Of 1,600 photographs none is so flat; 0.62 and 5 are the least
// flat of the drawings that were looked at, 0.52 and 5 the flattest photograph, a desert.

/** Levels of this height in L*. */
const levelHeight = 2;
const [mostShare, mostLevels] = [0.7, 5];
/** In units of Lab, and the share of neighbours that are as near. */
const [nearDistance, leastNear] = [1, 0.55];

export type Flatness = {
  readonly isFlat: boolean;
  /** Whether the same picture, resized in another way, might come out on the other side. */
  readonly isCloseCall: boolean;
};

/** `lab` is [rows, columns, 3], square. */
export function flatnessOf(lab: Float32Array): Flatness {
  const levels = levelsOf(lab);
  const near = shareOfNear(lab, Math.sqrt(lab.length / 3));
  const isFlat = levels <= mostLevels && near >= leastNear;
  const mightBe = levels <= mostLevels + 4 && near >= leastNear - 0.2;
  const mightNot = levels > mostLevels - 3 || near < leastNear + 0.2;
  return { isFlat, isCloseCall: isFlat ? mightNot : mightBe };
}

/** How many of the fullest levels hold most pixels. */
function levelsOf(lab: Float32Array): number {
  const counts = new Uint32Array(100 / levelHeight + 1);
  for (let at = 0; at < lab.length; at += 3) {
    const level = Math.floor(Math.min(100, Math.max(0, lab[at]!)) / levelHeight);
    counts[level] = counts[level]! + 1;
  }
  const fullest = counts.sort().reverse();
  let [levels, held] = [0, 0];
  while (held < (mostShare * lab.length) / 3) held += fullest[levels++]!;
  return levels;
}

function shareOfNear(lab: Float32Array, side: number): number {
  let near = 0;
  const compare = (a: number, b: number) => {
    const [l, x, y] = [lab[a]! - lab[b]!, lab[a + 1]! - lab[b + 1]!, lab[a + 2]! - lab[b + 2]!];
    if (l * l + x * x + y * y < nearDistance ** 2) near++;
  };
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const at = 3 * (row * side + column);
      if (column + 1 < side) compare(at, at + 3);
      if (row + 1 < side) compare(at, at + 3 * side);
    }
  }
  return near / (2 * side * (side - 1));
}
