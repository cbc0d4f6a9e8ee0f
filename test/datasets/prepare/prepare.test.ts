import assert from "node:assert/strict";
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import type { PreparedDataset } from "../../../src/datasets/prepare/prepare.ts";
import { UserError } from "../../../src/errors.ts";
import {
  colorOf,
  folderConfig,
  namesOf,
  pixelsOf,
  plain,
  prepare,
  temporaryFolder,
  write,
  writePictures,
} from "../pictures.ts";

test("pictures are read back as they are, in any order and place", async (t) => {
  const root = temporaryFolder(t);
  await writePictures(root, 20);
  const prepared = await prepare(t, folderConfig(root), temporaryFolder(t));
  assert.equal(prepared.description, `folder "${basename(root)}": 16 seen, 4 unseen, 8x8`);
  const length = 8 * 8 * 3;
  const into = new Uint8Array(length * 3 + 5).fill(9);
  prepared.read([17, 3], into, 5 + length);
  assert.ok(into.subarray(0, 5 + length).every((value) => value === 9));
  for (const [place, index] of [17, 3].entries()) {
    const { r, g, b } = colorOf(index);
    assert.equal(prepared.ids[index], `${String(index).padStart(3, "0")}.png`);
    assert.deepEqual([...into.subarray(5 + length * (1 + place)).subarray(0, 3)], [r, g, b]);
  }
  assert.throws(() => prepared.read([0, 1, 2, 3], into), /4 images do not fit into 581 bytes from 0/);
  assert.throws(() => prepared.read([20], into), /image 20 of 20/);
  prepared.close();
  prepared.close();
  assert.throws(() => prepared.read([0], into), /closed/);
});

test("a warm start gives the same, and reads no picture", async (t) => {
  const root = temporaryFolder(t);
  const cacheFolder = join(temporaryFolder(t), "deep/cache");
  await writePictures(root, 30);
  write(join(root, "broken.jpg"), "no");
  const progress: number[][] = [];
  const onProgress = (...step: number[]) => progress.push(step);
  const cold = await prepare(t, folderConfig(root), cacheFolder, { onProgress });
  assert.deepEqual([progress.length, progress.at(-1)], [31, [31, 31]]);
  const warm = await prepare(t, folderConfig(root), cacheFolder, { onProgress });
  assert.deepEqual([cold.fromCache, warm.fromCache, progress.length], [false, true, 31]);
  for (const key of ["fingerprint", "description", "ids", "seen", "unseen", "skipped", "notes"] as const) {
    assert.deepEqual(warm[key], cold[key], key);
  }
  assert.deepEqual(warm.notes, ['1 file skipped, "broken.jpg": not an image that can be read']);
  assert.deepEqual(pixelsOf(warm, warm.seen), pixelsOf(cold, cold.seen));
  assert.equal(readdirSync(cacheFolder).length, 1);
});

test("another seed or share uses the same cache", async (t) => {
  const root = temporaryFolder(t);
  const cacheFolder = temporaryFolder(t);
  await writePictures(root, 30);
  const first = await prepare(t, folderConfig(root), cacheFolder);
  const other = await prepare(t, folderConfig(root, { seed: 2 }), cacheFolder);
  const more = await prepare(t, folderConfig(root, { holdout: 0.4 }), cacheFolder);
  assert.deepEqual([other.fromCache, more.fromCache, more.unseen.length], [true, true, 12]);
  assert.notEqual(other.fingerprint, first.fingerprint);
});

test("the same images at another path have the same fingerprint", async (t) => {
  const root = temporaryFolder(t);
  const copy = join(temporaryFolder(t), "copy");
  const cacheFolder = temporaryFolder(t);
  await writePictures(root, 12);
  cpSync(root, copy, { recursive: true });
  const here = await prepare(t, folderConfig(root), cacheFolder);
  const there = await prepare(t, folderConfig(copy), cacheFolder);
  assert.equal(there.fromCache, false);
  assert.equal(there.fingerprint, here.fingerprint);
});

test("data sets that differ in what is trained on name their unseen images alike", async (t) => {
  const root = temporaryFolder(t);
  await writePictures(join(root, "train"), 12);
  await writePictures(join(root, "val"), 5, 12);
  const cacheFolder = temporaryFolder(t);
  const split = { seen: "train", unseen: "val" };
  const [few, many] = await Promise.all(
    [6, 12].map((limit) => prepare(t, { ...folderConfig(root), split, holdout: null, limit }, cacheFolder)),
  );
  const namesOfUnseen = ({ ids, unseen }: PreparedDataset) => Array.from(unseen, (index) => ids[index]!);
  assert.deepEqual([few!.seen.length, many!.seen.length], [6, 12]);
  assert.notDeepEqual(namesOfUnseen(few!), namesOfUnseen(many!), "in another order");
  assert.notEqual(few!.fingerprint, many!.fingerprint);
  assert.equal(few!.unseenFingerprint, many!.unseenFingerprint);
  rmSync(join(root, "val/000.png"));
  const without = await prepare(t, { ...folderConfig(root), split, holdout: null, limit: 12 }, cacheFolder);
  assert.notEqual(without.unseenFingerprint, many!.unseenFingerprint);
});

test("a changed file, time or size of the image is another cache, changed bytes another fingerprint", async (t) => {
  const root = temporaryFolder(t);
  const cacheFolder = temporaryFolder(t);
  await writePictures(root, 12);
  const first = await prepare(t, folderConfig(root), cacheFolder);
  utimesSync(join(root, "003.png"), 1000, 1000);
  const touched = await prepare(t, folderConfig(root), cacheFolder);
  assert.deepEqual([touched.fromCache, touched.fingerprint === first.fingerprint], [false, true]);
  writeFileSync(join(root, "003.png"), await plain({ r: 1, g: 2, b: 3 }).png().toBuffer());
  const changed = await prepare(t, folderConfig(root), cacheFolder);
  assert.deepEqual([changed.fromCache, changed.fingerprint === first.fingerprint], [false, false]);
  assert.equal((await prepare(t, folderConfig(root), cacheFolder, { size: 9 })).fromCache, false);
});

test("the choice does not depend on the image size", async (t) => {
  const root = temporaryFolder(t);
  await writePictures(root, 40);
  write(join(root, "005.png"), "broken");
  const choices = await Promise.all(
    [4, 8, 33].map(async (size) => {
      const prepared = await prepare(t, folderConfig(root, { limit: 25 }), temporaryFolder(t), { size });
      return [namesOf(prepared, prepared.seen), namesOf(prepared, prepared.unseen)];
    }),
  );
  assert.deepEqual(choices[1], choices[0]);
  assert.deepEqual(choices[2], choices[0]);
});

test("limit takes a seeded choice, and others stand in for what cannot be read", async (t) => {
  const root = temporaryFolder(t);
  await writePictures(root, 40);
  for (let index = 0; index < 40; index += 2) write(join(root, `${String(index).padStart(3, "0")}.png`), "");
  const take = (change: object) =>
    prepare(t, folderConfig(root, { limit: 15, ...change }), temporaryFolder(t));
  const prepared = await take({});
  assert.equal(prepared.seen.length + prepared.unseen.length, 15);
  assert.ok(prepared.skipped.length > 0);
  assert.ok(prepared.skipped.every(({ reason }) => reason === "empty file"));
  assert.deepEqual((await take({})).ids, prepared.ids);
  assert.notDeepEqual((await take({ seed: 2 })).ids, prepared.ids);
});

test("too few images say what was looked for, where, and what was skipped", async (t) => {
  const root = temporaryFolder(t);
  const cacheFolder = temporaryFolder(t);
  await assert.rejects(
    prepare(t, folderConfig(root), cacheFolder),
    new UserError(
      `dataset: expected at least 1 seen and 1 unseen images, got 0 and 0; looked for image files in ${root} and below`,
    ),
  );
  await writePictures(root, 1);
  write(join(root, "z.jpg"), "");
  await assert.rejects(prepare(t, folderConfig(root), cacheFolder), {
    name: "UserError",
    message: /at least 1 seen and 1 unseen images, got 0 and 1; .*; 1 file skipped, "z.jpg": empty file$/,
  });
});

test("an aborted preparation stops soon and leaves nothing", async (t) => {
  const root = temporaryFolder(t);
  const cacheFolder = temporaryFolder(t);
  await writePictures(root, 200);
  const controller = new AbortController();
  let latest = 0;
  const onProgress = (done: number) => {
    latest = done;
    if (done === 20) controller.abort(new Error("enough"));
  };
  await assert.rejects(
    prepare(t, folderConfig(root), cacheFolder, { onProgress, signal: controller.signal }),
    /enough/,
  );
  assert.ok(latest < 150, `${latest} decoded`);
  assert.deepEqual(readdirSync(cacheFolder), []);
  assert.equal((await prepare(t, folderConfig(root), cacheFolder)).fromCache, false);
});

test("what is not whole is prepared anew, what was left behind is swept", async (t) => {
  const root = temporaryFolder(t);
  const cacheFolder = temporaryFolder(t);
  await writePictures(root, 12);
  await prepare(t, folderConfig(root), cacheFolder);
  const [key] = readdirSync(cacheFolder);
  const breaks: (() => void)[] = [
    () => truncateSync(join(cacheFolder, key!, "images.rgb"), 100),
    () => writeFileSync(join(cacheFolder, key!, "index.json"), "{"),
    () => rmSync(join(cacheFolder, key!, "index.json")),
    () => renameSync(join(cacheFolder, key!), join(cacheFolder, `${key}.tmp-x`)),
    () => {
      rmSync(join(cacheFolder, key!), { recursive: true });
      mkdirSync(join(cacheFolder, "0123abcd.tmp-y"));
    },
  ];
  for (const [index, doBreak] of breaks.entries()) {
    doBreak();
    assert.equal((await prepare(t, folderConfig(root), cacheFolder)).fromCache, false, `break ${index}`);
    assert.deepEqual(readdirSync(cacheFolder), [key], `break ${index}`);
  }
});

test("a file of the same size and time with other bytes is another cache", async (t) => {
  const root = temporaryFolder(t);
  const cacheFolder = temporaryFolder(t);
  await writePictures(root, 12);
  const first = await prepare(t, folderConfig(root), cacheFolder);
  const path = join(root, "003.png");
  const { atime, mtime } = statSync(path);
  const bytes = readFileSync(path);
  writeFileSync(path, Buffer.concat([bytes.subarray(0, -1), Buffer.of(bytes.at(-1)! ^ 1)]));
  utimesSync(path, atime, mtime);
  const second = await prepare(t, folderConfig(root), cacheFolder);
  assert.equal(second.fromCache, false);
  assert.notEqual(second.fingerprint, first.fingerprint);
});

test("prepared images that were damaged are never read: the image is named, and prepared anew the next time", async (t) => {
  const root = temporaryFolder(t);
  const cacheFolder = temporaryFolder(t);
  await writePictures(root, 12);
  const whole = await prepare(t, folderConfig(root), cacheFolder);
  const [key] = readdirSync(cacheFolder);
  const [images, index] = ["images.rgb", "index.json"].map((name) => join(cacheFolder, key!, name));
  const bytes = readFileSync(images!);
  const third = 3 * 8 * 8 * 3;
  bytes[third + 5] = bytes[third + 5]! ^ 4;
  writeFileSync(images!, bytes);
  const damaged = await prepare(t, folderConfig(root), cacheFolder);
  assert.equal(damaged.fromCache, true);
  const one = new Uint8Array(8 * 8 * 3);
  for (const good of [0, 2, 4]) damaged.read([good], one);
  assert.throws(() => damaged.read([3], one), {
    name: "UserError",
    message: /prepared image of "003.png" was damaged/,
  });
  const again = await prepare(t, folderConfig(root), cacheFolder);
  assert.deepEqual([again.fromCache, again.fingerprint], [false, whole.fingerprint]);
  again.read([3], one);

  const text = readFileSync(index!, "utf8");
  writeFileSync(index!, text.replace('"checksum":', '"checksum":1'));
  assert.notEqual(readFileSync(index!, "utf8"), text);
  assert.equal((await prepare(t, folderConfig(root), cacheFolder)).fromCache, false);
});

test("a disk without the room is said before the work begins", async (t) => {
  const root = temporaryFolder(t);
  const cacheFolder = temporaryFolder(t);
  await writePictures(root, 12);
  await assert.rejects(prepare(t, folderConfig(root), cacheFolder, { size: 1_000_000 }), {
    name: "UserError",
    message: /expected 36,000,000,000,000 bytes \(33527.6 GiB\) free for prepared images, got [\d,]+ bytes/,
  });
  assert.deepEqual(readdirSync(cacheFolder), []);
});

test("copies of a file are on one side", async (t) => {
  const root = temporaryFolder(t);
  await writePictures(root, 20);
  for (let index = 0; index < 20; index++) {
    const name = `${String(index).padStart(3, "0")}.png`;
    cpSync(join(root, name), join(root, `copy/${name}`));
  }
  const prepared = await prepare(t, folderConfig(root), temporaryFolder(t));
  const seen = new Set(namesOf(prepared, prepared.seen).map((name) => name.slice(-7)));
  assert.ok(!namesOf(prepared, prepared.unseen).some((name) => seen.has(name.slice(-7))));
  assert.deepEqual(prepared.notes, ["20 images a copy of another one, kept on the same side"]);
});

test("drawn scenes are prepared like files", async (t) => {
  const config = {
    kind: "synthetic",
    count: 20,
    limit: null,
    holdout: 0.1,
    seed: 3,
    greyscale: "keep",
  } as const;
  const cacheFolder = temporaryFolder(t);
  const cold = await prepare(t, config, cacheFolder, { size: 16 });
  const warm = await prepare(t, config, cacheFolder, { size: 16 });
  assert.deepEqual([cold.description, warm.fromCache], ["synthetic: 18 seen, 2 unseen, 16x16", true]);
  assert.equal((await prepare(t, { ...config, seed: 4 }, cacheFolder, { size: 16 })).fromCache, false);
});
