// The sample grids: the same seen and unseen images, colorized as training goes on.

import sharp from "sharp";
import { bytesOf, displayed, greyPicture } from "../color/displayed.ts";
import { labToLumaChroma, rgbToLab } from "../color/lab.ts";
import type { PreparedDataset } from "../datasets/prepare/prepare.ts";
import type { EngineState } from "../engine/engine.ts";
import type { ImageKind, ImageSet } from "../store/rows.ts";
import type { NewImage } from "../store/run-writer.ts";
import type { Evaluator } from "./evaluate.ts";

/** Indices of the images that are drawn: the first ones of each side, which are in seeded order. */
export type SampleSets = Readonly<Record<ImageSet, Uint32Array>>;

/** Colorizes the sample images, where the network makes colors; at epoch 0 the real and the grey pictures come with them. */
export async function drawSamples(
  evaluator: Evaluator,
  state: EngineState,
  dataset: PreparedDataset,
  sets: SampleSets,
  epoch: number,
): Promise<NewImage[]> {
  const images: NewImage[] = [];
  if (evaluator.output === "labels") return images;
  for (const set of ["seen", "unseen"] as const) {
    await evaluator.forEach(state, sets[set], async ({ rgb, prediction }, index) => {
      const imageId = dataset.ids[sets[set][index]!]!;
      const add = async (kind: ImageKind, pixels: Uint8Array) => {
        const bytes = await encodeLossless(pixels, Math.sqrt(pixels.length / 3));
        images.push({ epoch, set, index, kind, imageId, mime: "image/webp", bytes });
      };
      const { luma } = labToLumaChroma(rgbToLab(rgb));
      if (epoch === 0) {
        await add("real", rgb);
        await add("grey", greyPicture(luma));
      }
      await add(
        "colorized",
        evaluator.output === "rgb" ? bytesOf(prediction) : displayed(luma, prediction).rgb,
      );
    });
  }
  return images;
}

/** As WebP. Lossless: pictures are looked at for exactly the faint colors that compression takes first. */
export async function encodeLossless(rgb: Uint8Array, size: number): Promise<Uint8Array> {
  const image = sharp(rgb, { raw: { width: size, height: size, channels: 3 } });
  return image.webp({ lossless: true, effort: 4 }).toBuffer();
}
