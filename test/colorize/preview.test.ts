// Originals as pages show them: whatever is colored can be shown, in the colors that it has.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import sharp from "sharp";
import { writeSheet } from "../../src/cli/target/colorize-sheet.ts";
import { previewOf } from "../../src/colorize/preview.ts";
import { patches, pngOf, tiffOf } from "../datasets/formats/files.ts";

/** Bands beside the colors: sharp alone refuses more than five, and takes the fourth for transparency. */
const sevenBands = tiffOf(patches([[10, 160, 20, 1, 2, 3, 4]], 8, 40), { tags: { 338: [0, 0, 0, 0] } });

test("a preview has the colors of its original, whatever its bands and bits", async () => {
  const shown = async (original: Buffer) => {
    const { mime, bytes } = await previewOf(original, { largest: 20, quality: 100 });
    assert.equal(mime, "image/webp");
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height, info.channels], [20, 20, 3]);
    return [...data.subarray(0, 3)];
  };
  const cases = [
    [sevenBands, [10, 160, 20]],
    [pngOf(patches([[10, 160, 20]], 16, 40)), [10, 160, 20]],
    [pngOf(patches([[160]], 16, 40)), [160, 160, 160]],
  ] as const;
  for (const [original, expected] of cases) {
    const found = await shown(original);
    assert.ok(
      found.every((value, channel) => Math.abs(value - expected[channel]!) <= 3),
      `${found} instead of ${expected}`,
    );
  }
});

test("the page of a colored folder leaves out what cannot be read by now, and says so", async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "hueristic-sheet-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const at = (name: string) => path.join(folder, name);
  writeFileSync(at("whole.tif"), sevenBands);
  writeFileSync(at("damaged.tif"), sevenBands.subarray(0, 100));
  const files = ["whole.tif", "damaged.tif"].map((name) => ({
    source: at(name),
    format: "tiff" as const,
    targets: [at("whole.tif")],
  }));
  const warnings: string[] = [];
  const output = { warn: (text: string) => warnings.push(text) };
  const { signal } = new AbortController();
  await writeSheet(at("page.html"), files, ["a network"], { now: 0, signal, output });
  assert.match(warnings.join("\n"), /^\S*damaged\.tif: left out of \S*page\.html: not an image/);
  assert.equal(readFileSync(at("page.html"), "utf8").match(/data:image\/webp;base64,/g)!.length, 2);
});
