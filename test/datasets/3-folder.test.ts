import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { folder } from "../../src/datasets/folder.ts";
import { UserError } from "../../src/errors.ts";
import { folderConfig, namesOf, plain, prepare, temporaryFolder, write } from "./pictures.ts";

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
