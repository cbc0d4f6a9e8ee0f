// A network that sees a large square in overlapping tiles. What lies near a tile's border, where the network sees less around
// it, is left out, then tiles blend: a network that looks no further than an eighth of a tile gives what it gives of the whole.

import type { Predictor } from "../runner/open-predictor.ts";

export type Tiling = {
  /** Side of the whole square, pixels. */
  readonly size: number;
  /** Tiles begin at its multiples, so that halved grids of the network lie where those of the whole do. */
  readonly step: number;
};

/** Of a tile: how much of it the next one covers at least; of that, how much at each end is left out. */
const overlapShare = 1 / 3;
const marginShare = 3 / 8;

/** `tile` sees one tile; its size and `size` are multiples of `step`, and `size` is larger than the tile. */
export function tiledPredictor(tile: Predictor, { size, step }: Tiling): Predictor {
  const side = tile.size;
  const channels = tile.output === "rgb" ? 3 : 2;
  const overlap = Math.ceil((side * overlapShare) / step) * step;
  const starts = startsOf(size, side, side - overlap);
  const weights = starts.map((start) => weightsOf(side, overlap, start === 0, start === size - side));
  const sums = new Float64Array(size);
  for (const [at, start] of starts.entries())
    for (const [place, weight] of weights[at]!.entries()) sums[start + place]! += weight;
  return {
    ...tile,
    size,
    async predict(luma, whole = luma) {
      const square = luma(size);
      const result = new Float32Array(size * size * channels);
      for (const [down, top] of starts.entries()) {
        for (const [across, left] of starts.entries()) {
          const found = await tile.predict(() => cut(square, size, { left, top, side }), whole);
          for (let row = 0; row < side; row++) {
            const share = weights[down]![row]! / sums[top + row]!;
            if (share === 0) continue;
            for (let column = 0; column < side; column++) {
              const weight = (share * weights[across]![column]!) / sums[left + column]!;
              const to = ((top + row) * size + left + column) * channels;
              const from = (row * side + column) * channels;
              for (let channel = 0; channel < channels; channel++)
                result[to + channel]! += weight * found[from + channel]!;
            }
          }
        }
      }
      return result;
    },
  };
}

/** Where tiles begin, so far apart as `stride`; the last one ends with the square. */
function startsOf(size: number, side: number, stride: number): number[] {
  const last = size - side;
  return [...Array.from({ length: Math.ceil(last / stride) }, (_, at) => at * stride), last];
}

/** By place in a tile: 1 inside, falling to 0 before its ends, but at those of the whole square. */
function weightsOf(side: number, overlap: number, isFirst: boolean, isLast: boolean): Float64Array {
  const margin = marginShare * overlap;
  const inside = (distance: number) => Math.min(1, Math.max(0, (distance - margin) / (overlap - 2 * margin)));
  return Float64Array.from({ length: side }, (_, place) =>
    Math.min(isFirst ? 1 : inside(place + 0.5), isLast ? 1 : inside(side - place - 0.5)),
  );
}

type Cut = { readonly left: number; readonly top: number; readonly side: number };

function cut(square: Float32Array, size: number, { left, top, side }: Cut): Float32Array {
  const tile = new Float32Array(side * side);
  for (let row = 0; row < side; row++) {
    const from = (top + row) * size + left;
    tile.set(square.subarray(from, from + side), row * side);
  }
  return tile;
}
