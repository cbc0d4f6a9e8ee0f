// Pictures that an exported file is checked with: the run's unseen ones that it stored, or drawn ones.

import sharp from "sharp";
import { drawScene } from "../../datasets/scenes/scenes.ts";
import type { Store } from "../../store/open-store.ts";
import type { RunRow } from "../../store/rows.ts";
import type { TestPictures } from "./check-export.ts";

const most = 4;

/** Of the size of the run's pictures. */
export async function unseenPictures(
  { id, experiment }: RunRow,
  store: Store,
): Promise<TestPictures & { readonly drawn: boolean }> {
  const { size } = experiment.image;
  const stored = store
    .images(id)
    .filter(({ set, kind }) => set === "unseen" && kind === "real")
    .slice(0, most);
  const pictures = await Promise.all(
    stored.map(async ({ blobHash }) => {
      const raw = await sharp(store.picture(blobHash).bytes).removeAlpha().raw().toBuffer();
      return new Uint8Array(raw);
    }),
  );
  // Runs of long ago stored other sizes.
  const whole = pictures.filter(({ length }) => length === size * size * 3);
  if (whole.length > 0) return { height: size, width: size, pictures: whole, drawn: false };
  return { ...drawnPictures(size, size, most), drawn: true };
}

export function drawnPictures(height: number, width: number, count: number): TestPictures {
  const side = Math.max(height, width);
  const pictures = Array.from({ length: count }, (_, index) => {
    const scene = drawScene(1, index, side);
    const picture = new Uint8Array(height * width * 3);
    for (let row = 0; row < height; row++) {
      picture.set(scene.subarray(row * side * 3, row * side * 3 + width * 3), row * width * 3);
    }
    return picture;
  });
  return { height, width, pictures };
}
