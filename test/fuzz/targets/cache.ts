// Prepared images, whose index and every picture carry a checksum.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { crc32 } from "node:zlib";
import { cacheVersion, createCache, openCache } from "../../../src/datasets/cache/cache.ts";
import type { MakeTarget } from "../target.ts";

const size = 8;
const names = ["index.json", "images.rgb"];

export const makeTarget: MakeTarget = async (folder) => {
  const pixels = [0, 1, 2].map((image) =>
    Uint8Array.from({ length: size * size * 3 }, (_, at) => at + 40 * image),
  );
  const images = pixels.map((picture, image) => ({
    id: `folder/${image}.png`,
    side: null,
    hash: `${image}`.repeat(64),
    checksum: crc32(picture),
    width: 90,
    height: 70,
    colorfulness: 31.25,
    print: null,
    profile: null,
    untold: null,
    asNumbers: false,
  }));
  const index = {
    version: cacheVersion,
    size,
    images,
    skipped: [{ path: "broken.jpg", reason: "empty file" }],
  };
  const whole = path.join(folder, "whole");
  mkdirSync(whole);
  const writer = await createCache(whole, "a", 0);
  await writer.append(pixels);
  await writer.publish(index);
  const originals = names.map((name) => ({ name, content: readFileSync(path.join(whole, "a", name)) }));
  const changed = path.join(folder, "changed");
  mkdirSync(path.join(changed, "a"), { recursive: true });

  return {
    originals,
    async read({ name }, content) {
      for (const each of originals)
        writeFileSync(path.join(changed, "a", each.name), each.name === name ? content : each.content);
      const cache = await openCache(changed, "a");
      if (cache === null) return { refused: "not whole: prepared anew" };
      try {
        const read = new Uint8Array(pixels.length * size * size * 3);
        cache.read([0, 1, 2], read);
        assert.deepEqual(cache.index, index);
        assert.deepEqual(Buffer.from(read), Buffer.concat(pixels));
      } finally {
        cache.close();
      }
      return "loaded";
    },
  };
};
