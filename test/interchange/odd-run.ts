// A run that tries what other tools are to keep.

import sharp from "sharp";
import { openStore } from "../../src/store/open-store.ts";
import { log, newRun, saveDataset } from "../store/fixtures.ts";

/** A run with values that are no finite numbers, and pictures at two epochs. */
export async function oddRun(runs: string): Promise<string> {
  const store = openStore(runs);
  saveDataset(store);
  const run = store.createRun(newRun({ name: "a / b: grün" }));
  const inputs = [Number.NaN, 0.1 + 0.2, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -2.5, 1e300];
  inputs.forEach((value, at) => {
    log(run, at + 1, { "train/loss": value });
  });
  log(run, 2, { "unseen/psnr": 21.5 });
  log(run, 4, { "unseen/psnr": 22.5 });
  for (const epoch of [0, 2]) {
    const rgb = Buffer.alloc(4 * 3 * 3, 40 * epoch + 10);
    const bytes = await sharp(rgb, { raw: { width: 4, height: 3, channels: 3 } })
      .webp({ lossless: true })
      .toBuffer();
    const picture = { set: "unseen", index: 0, imageId: "b.png", mime: "image/webp", bytes } as const;
    if (epoch === 0) run.logImages([{ ...picture, epoch, kind: "real" }]);
    run.logImages([{ ...picture, epoch, kind: "colorized" }]);
  }
  run.finish("FINISHED");
  store.close();
  return run.id;
}
