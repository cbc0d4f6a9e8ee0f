import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import sharp, { type Sharp } from "sharp";
import { nearDuplicates, type Pictures } from "../../../src/datasets/inspect/near-duplicates.ts";
import { perceptualHash } from "../../../src/datasets/inspect/perceptual-hash.ts";
import { drawScene } from "../../../src/datasets/scenes/scenes.ts";
import { randomStream } from "../../../src/random.ts";
import { folderConfig, prepare, temporaryFolder, write } from "../pictures.ts";

const scene = (index: number, size = 96): Sharp =>
  sharp(drawScene(5, index, size), { raw: { width: size, height: size, channels: 3 } });

/** `pictures` are uint8 RGB [32, 32, 3]. */
function picturesOf(pictures: readonly Uint8Array[]): Pictures {
  return {
    prints: pictures.map(perceptualHash),
    size: 32,
    read: (indices, into) => into.set(pictures[indices[0]!]!),
  };
}

const range = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, at) => from + at);

test("compressed again, resized, brightened or made grey is the same picture", async () => {
  const changes: ((picture: Sharp) => Sharp)[] = [
    (picture) => picture.jpeg({ quality: 30 }),
    (picture) => picture.resize(60, 60).jpeg({ quality: 80 }),
    (picture) => picture.linear(1.15, 8).png(),
    (picture) => picture.grayscale().png(),
  ];
  const small = (bytes: Buffer) => sharp(bytes).resize(32, 32).toColorspace("srgb").raw().toBuffer();
  const indices = Array.from(range(0, 20));
  const originals = await Promise.all(
    indices.map(async (index) => small(await scene(index).png().toBuffer())),
  );
  for (const [number, change] of changes.entries()) {
    const copies = await Promise.all(
      indices.map(async (index) => small(await change(scene(index)).toBuffer())),
    );
    const found = await nearDuplicates(picturesOf([...originals, ...copies]), {
      seen: range(0, 20),
      unseen: range(20, 40),
    });
    const right = found.filter(({ seen, unseen }) => unseen - seen === 20).length;
    assert.ok(right >= 18 && found.length === right, `change ${number}: ${right} of ${found.length}`);
  }
});

test("other pictures, dark ones and blank ones are not", async () => {
  const stream = randomStream("dark");
  const dark = Array.from({ length: 40 }, () =>
    Uint8Array.from({ length: 3072 }, () => Math.floor(3 * stream.uniform())),
  );
  const blank = [0, 90, 255].map((value) => new Uint8Array(3072).fill(value));
  const others = Array.from({ length: 157 }, (_, index) => drawScene(7, index, 32));
  const pictures = picturesOf([...dark, ...blank, ...others]);
  const odd = (_: number, at: number) => at % 2 === 1;
  const all = range(0, 200);
  const sides = { seen: all.filter(odd), unseen: all.filter((_, at) => !odd(_, at)) };
  assert.deepEqual(await nearDuplicates(pictures, sides), []);
  assert.equal(perceptualHash(blank[1]!), null);
});

test("twenty thousand hashes are compared in a moment", async () => {
  const stream = randomStream("hashes");
  const digits = () =>
    Math.floor(stream.uniform() * 65536)
      .toString(16)
      .padStart(4, "0");
  const prints = Array.from({ length: 20_000 }, () => digits() + digits() + digits() + digits());
  const pictures = { prints, size: 32, read: () => assert.fail("no pair is near") };
  const began = performance.now();
  const found = await nearDuplicates(pictures, { seen: range(0, 18_000), unseen: range(18_000, 20_000) });
  assert.deepEqual(found, []);
  assert.ok(performance.now() - began < 5000);
});

test("a note tells of them, and they stay where they are", async (t) => {
  const root = temporaryFolder(t);
  for (let index = 0; index < 20; index++) {
    write(join(root, `${index}.png`), await scene(index).png().toBuffer());
    write(join(root, `${index} again.jpg`), await scene(index).jpeg({ quality: 60 }).toBuffer());
  }
  const prepared = await prepare(t, folderConfig(root), temporaryFolder(t), { size: 32 });
  assert.equal(prepared.unseen.length, 8);
  const { nearDuplicates: near, ids } = prepared;
  assert.ok(near.length >= 5);
  for (const { seen, unseen } of near) {
    assert.equal(Number.parseInt(ids[seen]!, 10), Number.parseInt(ids[unseen]!, 10));
  }
  assert.match(
    prepared.notes.join(),
    /^\d unseen images nearly the same as seen ones, such as "\d+.*" and "\d+.*"$/,
  );
  const small = await prepare(t, folderConfig(root), temporaryFolder(t), { size: 16 });
  assert.deepEqual(small.nearDuplicates, []);
});
