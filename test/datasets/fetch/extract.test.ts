// Extraction of zips that are fine, damaged or hostile.

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type ExtractOptions, extractZip } from "../../../src/datasets/fetch/extract-zip.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { writeZip, type ZipEntry } from "./write-zip.ts";

function setUp(t: TestContext, zip: Buffer, changes: Partial<ExtractOptions> = {}) {
  const folder = temporaryFolder(t);
  const [path, target] = [join(folder, "a.zip"), join(folder, "target")];
  writeFileSync(path, zip);
  mkdirSync(target);
  const options: ExtractOptions = {
    takes: () => true,
    mostBytes: 1e6,
    mostEntries: 100,
    signal: new AbortController().signal,
    onProgress: () => {},
    ...changes,
  };
  const files = () => readdirSync(target, { recursive: true, encoding: "utf8" }).sort();
  return { folder, target, files, extract: () => extractZip(path, target, options) };
}

test("stored, deflated and Zip64 entries, of which some are wanted", async (t) => {
  const long = Buffer.alloc(200_000, "long");
  const zip = writeZip([
    { name: "val/", mode: 0o040755 },
    { name: "val/a.jpg", content: "stored" },
    { name: "val/deep/b.jpg", content: long, deflated: true },
    { name: "val/c.jpg", content: "zip64", zip64: true },
    { name: "val/d.jpg", content: "no mode", mode: 0 },
    { name: "other/e.jpg", content: "not wanted" },
  ]);
  const seen: [number, number][] = [];
  const { target, files, extract } = setUp(t, zip, {
    takes: (path) => path.startsWith("val/"),
    onProgress: (done, of) => seen.push([done, of]),
  });
  assert.equal(await extract(), 4);
  assert.deepEqual(files(), ["val", "val/a.jpg", "val/c.jpg", "val/d.jpg", "val/deep", "val/deep/b.jpg"]);
  assert.equal(readFileSync(join(target, "val/a.jpg"), "utf8"), "stored");
  assert.equal(readFileSync(join(target, "val/c.jpg"), "utf8"), "zip64");
  assert.deepEqual(readFileSync(join(target, "val/deep/b.jpg")), long);
  assert.deepEqual(seen, [
    [1, 4],
    [2, 4],
    [3, 4],
    [4, 4],
  ]);
});

test("many small files", async (t) => {
  const entries = Array.from({ length: 500 }, (_, index) => ({
    name: `a/${index}.jpg`,
    content: `${index}`,
  }));
  const { files, extract } = setUp(t, writeZip(entries), { mostEntries: 500 });
  assert.equal(await extract(), 500);
  assert.equal(files().length, 501);
});

test("a hostile entry is refused before anything is written, wanted or not", async (t) => {
  const cases: [Partial<ZipEntry> & { readonly name: string }, RegExp][] = [
    [{ name: "../evil.jpg" }, /\.\./],
    [{ name: "a/../../evil.jpg" }, /\.\./],
    [{ name: "/tmp/evil.jpg" }, /absolute path/],
    [{ name: "C:/evil.jpg" }, /absolute path/],
    [{ name: "C:evil.jpg" }, /refused: absolute path/],
    [{ name: "..\\evil.jpg" }, /invalid characters/],
    [{ name: "a/b:evil.jpg" }, /names a drive or a stream/],
    [{ name: "a/evil.jpg\u0000" }, /control characters/],
    [{ name: "a/link", content: "/etc", mode: 0o120777 }, /"a\/link" is a symbolic link/],
    [{ name: "a/pipe", mode: 0o010644 }, /is neither a file nor a folder/],
    [{ name: "a/secret", encrypted: true, deflated: true, content: "x" }, /is encrypted/],
    [
      { name: "a/bomb.jpg", content: Buffer.alloc(1_100_000), deflated: true },
      /at most 977 KiB in all, got more/,
    ],
  ];
  for (const [entry, problem] of cases) {
    const { folder, files, extract } = setUp(t, writeZip([{ name: "a/fine.jpg", content: "fine" }, entry]));
    await assert.rejects(extract(), (error: Error) => {
      assert.equal(error.name, "UserError", error.stack);
      assert.match(error.message, problem);
      assert.ok(error.message.startsWith(join(folder, "a.zip")));
      return true;
    });
    assert.deepEqual(files(), [], entry.name);
    assert.deepEqual(readdirSync(folder).sort(), ["a.zip", "target"]);
  }
});

test("too many entries; sizes that are not what was announced; two of a name", async (t) => {
  const many = Array.from({ length: 101 }, (_, index) => ({ name: `${index}.jpg` }));
  await assert.rejects(setUp(t, writeZip(many)).extract(), /refused: expected at most 100 entries, got 101/);
  for (const announcedBytes of [10, 5_000]) {
    const zip = writeZip([{ name: "a.jpg", content: Buffer.alloc(1000), deflated: true, announcedBytes }]);
    await assert.rejects(setUp(t, zip).extract(), /^UserError: .*a\.zip: no zip that can be read: .*bytes/);
  }
  const twice = writeZip([
    { name: "a.jpg", content: "1" },
    { name: "a.jpg", content: "2" },
  ]);
  await assert.rejects(setUp(t, twice).extract(), /UserError: .*two of its entries have the same name/);
  const isFolder = writeZip([{ name: "a", content: "1" }, { name: "a/b.jpg" }]);
  await assert.rejects(setUp(t, isFolder).extract(), /UserError/);
});

test("no zip, half a zip, damaged bytes", async (t) => {
  const zip = writeZip([{ name: "a.jpg", content: Buffer.alloc(10_000, "abc"), deflated: true }]);
  const damaged = Buffer.from(zip);
  damaged.fill(0xff, 40, 60);
  const flipped = writeZip([{ name: "a.jpg", content: "stored" }]);
  flipped[flipped.indexOf("stored")]! ^= 1;
  const half = zip.subarray(0, zip.length - 40);
  // A Zip64 locator that points beyond 2^53, in front of the end.
  const beyond = Buffer.alloc(20 + 22);
  beyond.write("PK\u0006\u0007", "latin1");
  beyond.writeBigUInt64LE(2n ** 62n, 8);
  beyond.write("PK\u0005\u0006", 20, "latin1");
  // A directory by which the file is empty: checksum and sizes are 0.
  const emptied = writeZip([{ name: "a.jpg", content: "stored" }]);
  emptied.fill(0, emptied.indexOf("PK\u0001\u0002") + 16, emptied.indexOf("PK\u0001\u0002") + 28);
  for (const bytes of [Buffer.from("<html>"), Buffer.alloc(0), half, damaged, flipped, beyond, emptied])
    await assert.rejects(setUp(t, bytes).extract(), /^UserError: .*a\.zip: no zip that can be read: /);
});

test("an abort ends it with the reason", async (t) => {
  const zip = writeZip([{ name: "a.jpg", content: "a" }]);
  const reason = new Error("stopped by SIGINT");
  await assert.rejects(setUp(t, zip, { signal: AbortSignal.abort(reason) }).extract(), reason);
});
