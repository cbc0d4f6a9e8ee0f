// The middle of a photograph is what a training picture made of the same file is, in lightness.

import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { labToLumaChroma, rgbToLab } from "../../src/color/lab.ts";
import { openPhotograph } from "../../src/colorize/colorize-photograph.ts";
import { decodeFile } from "../../src/datasets/prepare/decode.ts";
import { drawScene } from "../../src/datasets/scenes/scenes.ts";
import { write } from "../datasets/pictures.ts";
import { temporaryFolder } from "../temporary-folder.ts";

test("wide and tall photographs are cut as training pictures are", async (t) => {
  const folder = temporaryFolder(t);
  const scene = sharp(drawScene(1, 3, 256), { raw: { width: 256, height: 256, channels: 3 } });
  for (const [width, height] of [
    [240, 160],
    [160, 240],
  ] as const) {
    const bytes = await scene
      .clone()
      .resize(width, height, { fit: "cover", position: "left" })
      .png()
      .toBuffer();
    const file = path.join(folder, `${width}.png`);
    write(file, bytes);
    const options = { upsampling: "guided", saturation: 1, keepTone: true, raw: false } as const;
    const photograph = await openPhotograph(bytes, options, new AbortController().signal);
    const prepared = await decodeFile(file, 32);
    assert.ok("pixels" in prepared);
    const { luma } = labToLumaChroma(rgbToLab(prepared.pixels));
    const centre = photograph.centre(32);
    assert.equal(centre.length, luma.length);
    const apart = (shift: number) => {
      const differences = luma.map((value, at) => Math.abs(value - (centre[at + shift] ?? value)));
      return differences.reduce((a, b) => a + b) / luma.length;
    };
    // 1 of L, as lightness is averaged here and 8-bit sRGB there; a pixel beside it is far from that.
    assert.ok(apart(0) < 0.02, `${width}x${height}: ${apart(0)}`);
    assert.ok(Math.min(apart(1), apart(-1), apart(32), apart(-32)) > 2 * apart(0));
  }
});
