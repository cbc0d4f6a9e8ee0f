// Archives: a packed run, and a data set as .tar.gz and as .zip.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { extractTar } from "../../../src/datasets/fetch/extract-tar.ts";
import { extractZip } from "../../../src/datasets/fetch/extract-zip.ts";
import { withUnpacked } from "../../../src/runner/travel/archive.ts";
import { writeTar } from "../../../src/write-tar.ts";
import { writeZip } from "../../datasets/fetch/write-zip.ts";
import { write } from "../../datasets/pictures.ts";
import type { MakeTarget } from "../target.ts";

type Contents = Readonly<Record<string, Buffer>>;

const dataset: Contents = {
  "pictures/a.jpg": Buffer.alloc(700, "abc"),
  "pictures/b.jpg": Buffer.from("b"),
  "labels.txt": Buffer.from("a 1\n"),
};
const run: Contents = {
  "runs.db": Buffer.alloc(1024, 2),
  "k3v9x2mp/checkpoints/step-00000001.safetensors": Buffer.alloc(99, 3),
};

export const makeTarget: MakeTarget = async (folder) => {
  const tar = await tarOf(dataset, path.join(folder, "dataset"));
  const zipped = Object.entries(dataset).map(([name, content], at) => ({
    name,
    content,
    deflated: at === 0,
  }));
  const originals = [
    { name: "run.tar", content: await tarOf(run, path.join(folder, "run")) },
    { name: "dataset.zip", content: writeZip(zipped) },
    { name: "dataset.tar.gz", content: gzipSync(tar) },
    // Packed only after the change, which then stands behind gzip's checksum.
    { name: "dataset.tar", content: tar },
  ];
  return {
    originals,
    repaired: ({ name }, content) => (name.endsWith(".tar") ? withChecksums(content) : content),
    async read({ name }, content) {
      const work = mkdtempSync(path.join(folder, "work-"));
      try {
        if (name === "run.tar") {
          writeFileSync(path.join(work, name), content);
          await withUnpacked(path.join(work, name), () => {});
          return "loaded";
        }
        const file = path.join(work, name === "dataset.zip" ? name : "dataset.tar.gz");
        writeFileSync(file, name === "dataset.tar" ? gzipSync(content) : content);
        const target = path.join(work, "target");
        mkdirSync(target);
        await (name === "dataset.zip" ? extractZip : extractTar)(file, target, {
          takes: () => true,
          mostBytes: 2 ** 20,
          mostEntries: 100,
          signal: new AbortController().signal,
          onProgress() {},
        });
        assert.deepEqual(
          readdirSync(work).sort(),
          [path.basename(file), "target"],
          "nothing beside the folder",
        );
        if (name !== "dataset.tar") requireWhole(target);
        return "loaded";
      } finally {
        rmSync(work, { recursive: true, force: true });
      }
    },
  };
};

/** What carries a checksum has the bytes that it was made with, whatever it is called now. */
function requireWhole(target: string): void {
  for (const entry of readdirSync(target, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const found = readFileSync(path.join(entry.parentPath, entry.name));
    const isWhole = Object.values(dataset).some((content) => content.equals(found));
    assert.ok(isWhole, `${entry.name} has other bytes than were packed`);
  }
}

async function tarOf(contents: Contents, folder: string): Promise<Buffer> {
  const files = Object.entries(contents).map(([name, content]) => {
    const file = path.join(folder, name);
    write(file, content);
    return { path: name, file };
  });
  const pieces: Uint8Array[] = [];
  for await (const piece of writeTar(files)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** With the sums of its headers as they would be. */
function withChecksums(tar: Buffer): Buffer {
  const copy = Buffer.from(tar);
  for (let at = 0; at + 512 <= copy.length; ) {
    const header = copy.subarray(at, at + 512);
    const sum = header.reduce((total, byte, place) => total + (place >= 148 && place < 156 ? 32 : byte), 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
    const size = Number.parseInt(header.toString("latin1", 124, 135), 8);
    at += 512 + 512 * Math.ceil(Math.max(0, size || 0) / 512);
  }
  return copy;
}
