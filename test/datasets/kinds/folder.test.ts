import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import type { FolderConfig } from "../../../src/datasets/kinds/folder.ts";
import { folder } from "../../../src/datasets/kinds/folder.ts";
import { UserError } from "../../../src/errors.ts";
import { folderConfig, namesOf, plain, prepare, temporaryFolder, write, writePictures } from "../pictures.ts";

async function idsIn(root: string): Promise<string[]> {
  return (await folder.list(folderConfig(root))).items.map(({ id }) => id);
}

test("images are found at any depth in any case, hidden and other files left out, by code unit", async (t) => {
  const root = temporaryFolder(t);
  const names = ["b.JPG", "a/z.png", "a/é.Webp", "Z.jpeg", "a10.tiff", "a9.gif", "deep/er/still/x.avif"];
  for (const name of [...names, ".hidden.jpg", ".cache/x.png", "notes.txt", "jpg", ".jpg"]) {
    write(join(root, name), "");
  }
  assert.deepEqual(await idsIn(root), [
    "Z.jpeg",
    "a/z.png",
    "a/é.Webp",
    "a10.tiff",
    "a9.gif",
    "b.JPG",
    "deep/er/still/x.avif",
  ]);
});

test("links are followed once, loops and dangling ones do no harm", async (t) => {
  const root = temporaryFolder(t);
  const other = temporaryFolder(t);
  write(join(root, "a/x.png"), "");
  write(join(other, "y.png"), "");
  symlinkSync(root, join(root, "a/loop"));
  symlinkSync(join(root, "a"), join(root, "again"));
  symlinkSync(other, join(root, "other"));
  symlinkSync(join(other, "y.png"), join(root, "link.png"));
  symlinkSync(join(root, "nowhere"), join(root, "dangling"));
  assert.deepEqual(await idsIn(root), ["a/x.png", "link.png", "other/y.png"]);
});

test("names with blanks, quotes, line ends and emoji are read", async (t) => {
  const root = temporaryFolder(t);
  const names = ["a b.png", `it's "so".png`, "line\nend.png", "🌻.png", "-rf.png", "%41#?.png"];
  for (const [index, name] of names.entries()) {
    write(
      join(root, name),
      await plain({ r: index * 30, g: 0, b: 9 })
        .png()
        .toBuffer(),
    );
  }
  const prepared = await prepare(t, folderConfig(root), join(root, ".cache"));
  assert.deepEqual(
    namesOf(prepared, prepared.seen).concat(namesOf(prepared, prepared.unseen)).sort(),
    names.sort(),
  );
  assert.deepEqual(prepared.skipped, []);
});

test("a root that is absent or a file is the user's to mend", async (t) => {
  const root = temporaryFolder(t);
  write(join(root, "file"), "");
  await assert.rejects(
    idsIn(join(root, "none")),
    new UserError(`dataset.root: expected a folder, got ${join(root, "none")}, which does not exist`),
  );
  await assert.rejects(idsIn(join(root, "file")), /expected a folder, got .*, which is a file$/);
});

async function listed(root: string, change: Partial<FolderConfig>) {
  const { items, notes } = await folder.list(folderConfig(root, change));
  return { ids: items.map(({ id }) => id), sides: items.map(({ side }) => side), notes };
}

test("patterns choose by the path, and one without effect is named", async (t) => {
  const root = temporaryFolder(t);
  for (const name of ["a.jpg", "cats/b.jpg", "cats/small/c.png", "dogs/d.JPG", "thumbs/e.jpg"]) {
    write(join(root, name), "");
  }
  const { ids } = await listed(root, { include: ["**/*.{jpg,JPG}"], exclude: ["thumbs/**"] });
  assert.deepEqual(ids, ["a.jpg", "cats/b.jpg", "dogs/d.JPG"]);
  assert.deepEqual((await listed(root, { include: ["cats/*", "dogs/*"] })).ids, ["cats/b.jpg", "dogs/d.JPG"]);
  assert.deepEqual((await listed(root, { exclude: ["*", "cats/**", "{dogs,thumbs}/**"] })).ids, []);
  const slips = await listed(root, { include: ["**", "birds/**"], exclude: ["thumbs", "*.gif"] });
  assert.equal(slips.ids.length, 5);
  assert.deepEqual(slips.notes, [
    'dataset.include: "birds/**" matches no image',
    'dataset.exclude: "thumbs" matches no image; did you mean "thumbs/**"?',
    'dataset.exclude: "*.gif" matches no image',
  ]);
});

test("two sub-folders are the sides, also as links into one folder", async (t) => {
  const root = temporaryFolder(t);
  for (const name of ["train/a.jpg", "train/deep/b.jpg", "val/c.jpg", "test/d.jpg", "e.jpg"]) {
    write(join(root, name), "");
  }
  const split = { seen: "train", unseen: "val/" };
  const sides = await listed(root, { split });
  assert.deepEqual(sides.ids, ["train/a.jpg", "train/deep/b.jpg", "val/c.jpg"]);
  assert.deepEqual(sides.sides, ["seen", "seen", "unseen"]);
  assert.deepEqual((await listed(root, { split, exclude: ["train/deep/**"] })).ids, [
    "train/a.jpg",
    "val/c.jpg",
  ]);
  symlinkSync(join(root, "train/deep"), join(root, "later"));
  assert.deepEqual((await listed(root, { split: { seen: "later", unseen: "train" } })).ids, [
    "later/b.jpg",
    "train/a.jpg",
    "train/deep/b.jpg",
  ]);
  await assert.rejects(listed(root, { split: { seen: "trian", unseen: "val" } }), {
    name: "UserError",
    message: `dataset.split.seen: expected a folder in ${root}, got "trian"; did you mean "train"? (known: later, test, train, val)`,
  });
});

test("sub-folders give the sides of prepared images, without the copies among the seen ones", async (t) => {
  const root = temporaryFolder(t);
  await writePictures(join(root, "train"), 6);
  await writePictures(join(root, "val"), 2);
  const config = folderConfig(root, { split: { seen: "train", unseen: "val" }, holdout: 0.5 });
  const prepared = await prepare(t, config, temporaryFolder(t));
  assert.equal(prepared.description, `folder "${basename(root)}", train + val: 4 seen, 2 unseen, 8x8`);
  assert.deepEqual(prepared.notes, [
    "2 images to train on left out, as the same file is among the unseen ones",
  ]);
});
