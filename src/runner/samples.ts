// The sample grids: the same images of every set, colorized as training goes on.

import sharp from "sharp";
import { bytesOf, displayed, greyPicture } from "../color/displayed.ts";
import { labToLumaChroma, rgbToLab } from "../color/lab.ts";
import type { PreparedDataset } from "../datasets/prepare/prepare.ts";
import type { EngineState } from "../engine/engine.ts";
import type { SetName } from "../runs/series.ts";
import type { NewImage } from "../store/pictures.ts";
import type { ImageKind } from "../store/rows.ts";
import type { Evaluator } from "./evaluate.ts";

/** The images of a set that are drawn: the first ones, which are in seeded order. */
export type SampleSet = {
  readonly name: SetName;
  /** Reads from the data set. */
  readonly evaluator: Evaluator;
  readonly dataset: Pick<PreparedDataset, "ids">;
  readonly indices: Uint32Array;
};

/** Colorizes the images of a set, where the network makes colors; the real and grey pictures come with them where asked for. */
export async function drawSamples(
  { name: set, evaluator, dataset, indices }: SampleSet,
  state: EngineState,
  epoch: number,
  withTruth: boolean,
): Promise<NewImage[]> {
  const images: NewImage[] = [];
  if (evaluator.output === "labels") return images;
  await evaluator.forEach(state, indices, async ({ rgb, prediction }, index) => {
    const imageId = dataset.ids[indices[index]!]!;
    const add = async (kind: ImageKind, pixels: Uint8Array) => {
      const bytes = await encodeLossless(pixels, Math.sqrt(pixels.length / 3));
      const of = kind === "colorized" ? epoch : 0;
      images.push({ epoch: of, set, index, kind, imageId, mime: "image/webp", bytes });
    };
    const { luma } = labToLumaChroma(rgbToLab(rgb));
    if (withTruth) {
      await add("real", rgb);
      await add("grey", greyPicture(luma));
    }
    await add(
      "colorized",
      evaluator.output === "rgb" ? bytesOf(prediction) : displayed(luma, prediction).rgb,
    );
  });
  return images;
}

/** As WebP. Lossless: pictures are looked at for exactly the faint colors that compression takes first. */
export async function encodeLossless(rgb: Uint8Array, size: number): Promise<Uint8Array> {
  const image = sharp(rgb, { raw: { width: size, height: size, channels: 3 } });
  return image.webp({ lossless: true, effort: 4 }).toBuffer();
}
