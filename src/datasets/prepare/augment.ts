// Other views of the same picture, drawn anew for every epoch: flipped, cropped from a larger one (pix2pix: resized to
// 286, cropped to 256), turned and zoomed (emilwallner's notebooks). A stream keyed by seed, epoch and the image's place
// among the seen ones decides, so that a resumed run sees what it would have seen. Only training looks at these views.

import type { RandomStream } from "../../random.ts";

/** What `train.augment` says. */
export type AugmentConfig = {
  readonly flip: boolean;
  /** Prepared so many times as large. */
  readonly crop: number;
  /** Degrees, either way. */
  readonly rotate: number;
  /** A share, either way. */
  readonly zoom: number;
};

/** Side at which images are prepared so that `crop` has something to choose from. */
export function preparedSize(size: number, { crop }: AugmentConfig): number {
  return Math.round(size * crop);
}

/** Writes a view of an image, uint8 RGB [from, from, 3], as [size, size, 3] at byte `offset`. */
export type Augmenter = (image: Uint8Array, into: Uint8Array, offset: number, stream: RandomStream) => void;

export function createAugmenter(config: AugmentConfig, from: number, size: number): Augmenter {
  const margin = from - size;
  return (image, into, offset, stream) => {
    const flip = config.flip && stream.uniform() < 0.5;
    const [left, top] = [stream.below(margin + 1), stream.below(margin + 1)];
    if (config.rotate === 0 && config.zoom === 0) {
      cropped(image, from, { left, top, flip }, into, offset, size);
      return;
    }
    const between = (range: number) => (2 * stream.uniform() - 1) * range;
    const angle = between((config.rotate * Math.PI) / 180);
    const scale = 1 + between(config.zoom);
    const [across, down] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
    turned(image, from, { left, top, flip, across, down }, into, offset, size);
  };
}

type Window = { readonly left: number; readonly top: number; readonly flip: boolean };

function cropped(
  image: Uint8Array,
  from: number,
  { left, top, flip }: Window,
  into: Uint8Array,
  offset: number,
  size: number,
): void {
  for (let y = 0; y < size; y++) {
    const row = ((top + y) * from + left) * 3;
    const to = offset + y * size * 3;
    if (!flip) {
      into.set(image.subarray(row, row + size * 3), to);
      continue;
    }
    for (let x = 0; x < size; x++) {
      const at = row + (size - 1 - x) * 3;
      for (let channel = 0; channel < 3; channel++) into[to + x * 3 + channel] = image[at + channel]!;
    }
  }
}

/** Turned and zoomed about the window's middle, bilinearly; beyond the edge the nearest pixel goes on. */
function turned(
  image: Uint8Array,
  from: number,
  { left, top, flip, across, down }: Window & { readonly across: number; readonly down: number },
  into: Uint8Array,
  offset: number,
  size: number,
): void {
  const middle = (size - 1) / 2;
  const last = from - 1;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const dx = flip ? middle - x : x - middle;
      const dy = y - middle;
      const sx = Math.min(last, Math.max(0, left + middle + across * dx - down * dy));
      const sy = Math.min(last, Math.max(0, top + middle + down * dx + across * dy));
      const [x0, y0] = [Math.floor(sx), Math.floor(sy)];
      const [fx, fy] = [sx - x0, sy - y0];
      const a = (y0 * from + x0) * 3;
      const right = x0 < last ? 3 : 0;
      const below = y0 < last ? from * 3 : 0;
      const to = offset + (y * size + x) * 3;
      for (let channel = 0; channel < 3; channel++) {
        const upper = image[a + channel]! * (1 - fx) + image[a + right + channel]! * fx;
        const lower = image[a + below + channel]! * (1 - fx) + image[a + below + right + channel]! * fx;
        into[to + channel] = Math.round(upper * (1 - fy) + lower * fy);
      }
    }
  }
}
