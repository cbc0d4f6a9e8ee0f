// Pictures of every format that is read, as a data set prepares them and as colorize opens them.

import { writeFileSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import { decodePhotograph } from "../../../src/colorize/decode-photograph.ts";
import { Refusal } from "../../../src/datasets/formats/open-picture.ts";
import { decodeFile } from "../../../src/datasets/prepare/decode.ts";
import type { MakeTarget } from "../target.ts";

const noise = { type: "gaussian", mean: 128, sigma: 40 } as const;
const noisy = () => sharp({ create: { width: 40, height: 34, channels: 3, background: "white", noise } });
const exif = { IFD0: { Make: "made", Orientation: "6" } };

const pictures = {
  "plain.jpg": () => noisy().withExif(exif).jpeg(),
  "progressive.jpg": () => noisy().jpeg({ progressive: true }),
  "cmyk.jpg": () => noisy().toColorspace("cmyk").jpeg(),
  "profile.jpg": () => noisy().withIccProfile("p3").jpeg(),
  "plain.png": () => noisy().png(),
  "palette.png": () => noisy().png({ palette: true }),
  "deep-with-alpha.png": () => noisy().ensureAlpha(0.5).toColorspace("rgb16").withIccProfile("p3").png(),
  "plain.webp": () => noisy().webp(),
  "plain.gif": () => noisy().gif(),
  "lzw.tiff": () => noisy().withExif(exif).tiff({ compression: "lzw" }),
  "lab.tiff": () => noisy().toColorspace("lab").tiff({ compression: "none" }),
  "plain.avif": () => noisy().avif({ effort: 0 }),
};

export const makeTarget: MakeTarget = async (folder) => {
  const originals = await Promise.all(
    Object.entries(pictures).map(async ([name, make]) => ({ name, content: await make().toBuffer() })),
  );
  return {
    originals,
    async read({ name }, content) {
      const file = path.join(folder, name);
      writeFileSync(file, content);
      const decoded = await decodeFile(file, 32);
      const opened = await decodePhotograph(content).catch((error: unknown) => {
        if (error instanceof Refusal) return error;
        throw error;
      });
      if ("reason" in decoded) return { refused: decoded.reason };
      return opened instanceof Refusal ? { refused: opened.message } : "loaded";
    },
  };
};
