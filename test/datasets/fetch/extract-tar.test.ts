// Archives as tar(1) makes them, and ones that no data set's author would make.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import { extractTar } from "../../../src/datasets/fetch/extract-tar.ts";
import type { ExtractOptions } from "../../../src/datasets/fetch/extract-zip.ts";
import { isPlaced, placeFile } from "../../../src/datasets/fetch/place-file.ts";
import { sources } from "../../../src/datasets/fetch/sources.ts";
import { silent } from "../../../src/output.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const signal = new AbortController().signal;
const usual: ExtractOptions = {
  takes: () => true,
  mostBytes: 1e6,
  mostEntries: 100,
  signal,
  onProgress: () => {},
};

function setUp(t: TestContext, bytes: Uint8Array, changes: Partial<ExtractOptions> = {}) {
  const folder = temporaryFolder(t);
  const [archive, target] = [path.join(folder, "a.tar.gz"), path.join(folder, "target")];
  writeFileSync(archive, bytes);
  mkdirSync(target);
  const files = () => readdirSync(target, { recursive: true, encoding: "utf8" }).sort();
  return { target, files, extract: () => extractTar(archive, target, { ...usual, ...changes }) };
}

/** One entry with a ustar header. */
function entry(name: string, content: string, type = "0"): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, "latin1");
  header.write(`0000644\0${"0000000\0".repeat(2)}`, 100);
  header.write(
    `${Buffer.byteLength(content).toString(8).padStart(11, "0")}\0${"0".repeat(11)}\0        ${type}`,
    124,
  );
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const body = Buffer.alloc(Math.ceil(Buffer.byteLength(content) / 512) * 512);
  body.write(content);
  return Buffer.concat([header, body]);
}

const packed = (...entries: Buffer[]) => gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]));

for (const format of ["ustar", "gnu", "pax"])
  test(`a ${format} archive of tar(1): folders, long names, large and empty files`, async (t) => {
    const source = temporaryFolder(t);
    const long = `set/${"a".repeat(90)}/${"b".repeat(80)}.bin`;
    mkdirSync(path.dirname(path.join(source, long)), { recursive: true });
    const large = Buffer.alloc(300_001, "pixels");
    writeFileSync(path.join(source, long), large);
    writeFileSync(path.join(source, "set/empty"), "");
    writeFileSync(path.join(source, "set/readme.html"), "left in it");
    const bytes = execFileSync("tar", ["-cz", `--format=${format}`, "-C", source, "set"], { maxBuffer: 1e8 });
    const takes = (name: string) => !name.endsWith(".html");
    const { target, files, extract } = setUp(t, bytes, { takes });
    assert.equal(await extract(), 2);
    assert.deepEqual(readFileSync(path.join(target, long)), large);
    assert.deepEqual(files(), ["set", path.dirname(long), long, "set/empty"].sort());
  });

test("a size of a pax header is that of the file behind all headers", async (t) => {
  const long = `set/${"n".repeat(120)}`;
  const bytes = packed(entry("x", "10 size=4\n", "x"), entry("././@LongLink", long, "L"), entry("n", "four"));
  const { target, extract } = setUp(t, bytes);
  assert.equal(await extract(), 1);
  assert.equal(readFileSync(path.join(target, long), "utf8"), "four");
});

test("what is hostile or damaged is refused in one line", async (t) => {
  const fine = entry("a", "fine");
  const linked = temporaryFolder(t);
  symlinkSync("/etc", path.join(linked, "link"));
  const broken = entry("b", "b");
  broken[0] = 0x63;
  const flipped = packed(fine);
  flipped[flipped.length - 8]! ^= 1;
  const cases: [Uint8Array, RegExp][] = [
    [
      packed(fine, entry("../evil", "x")),
      /refused: the entry "\.\.\/evil" leads out of the folder; nothing was extracted$/,
    ],
    [packed(entry("/etc/evil", "x")), /the entry "\/etc\/evil" is absolute/],
    [execFileSync("tar", ["-cz", "-C", linked, "link"]), /the entry "link" is neither a file nor a folder/],
    [packed(fine, fine), /two of its entries have the same name/],
    [
      packed(entry("a", "x".repeat(1001)), entry("b", "x".repeat(1001))),
      /at most 2(\.0)? KiB in all, got more/,
    ],
    [packed(fine, entry("b", "b"), entry("c", "c"), entry("d", "d")), /expected at most 3 entries, got more/],
    [packed(fine, broken), /no \.tar\.gz that can be read: a header whose checksum is wrong$/],
    [gzipSync(fine.subarray(0, 600)), /no \.tar\.gz that can be read: it ends too early$/],
    [packed(fine).subarray(0, 60), /no \.tar\.gz that can be read: unexpected end of file$/],
    [flipped, /no \.tar\.gz that can be read: incorrect data check$/],
    [Buffer.from("<html>quota exceeded</html>"), /no \.tar\.gz that can be read: incorrect header check$/],
    [
      packed(entry("x", "29 size=99999999999999999999\n", "x"), fine),
      /no \.tar\.gz that can be read: a size that is none$/,
    ],
    [packed(entry("a", "x".repeat(70 * 2 ** 20))), /refused: expected at most|holds far more/],
    [Buffer.alloc(0), /no \.tar\.gz that can be read/],
  ];
  for (const [bytes, expected] of cases) {
    const { extract } = setUp(t, bytes, { mostBytes: 2000, mostEntries: 3 });
    await assert.rejects(extract(), (error: Error) => {
      assert.equal(error.name, "UserError", error.stack);
      assert.match(error.message, expected);
      return !error.message.includes("\n");
    });
  }
});

test("CIFAR-10's archive comes where the kind reads it", async (t) => {
  const { files } = sources.cifar10;
  const root = temporaryFolder(t);
  const place = files[0]!.place;
  assert.ok(place.kind === "tar");
  const archive = path.join(temporaryFolder(t), "c.tar.gz");
  writeFileSync(
    archive,
    packed(entry("cifar-10-batches-bin/", "", "5"), ...place.paths.map((name) => entry(name, name))),
  );
  assert.equal(await isPlaced(root, files[0]!), false);
  await placeFile(files[0]!, archive, { root, output: silent, signal });
  assert.equal(await isPlaced(root, files[0]!), true);
  assert.deepEqual(readdirSync(root), ["cifar-10-batches-bin"]);
  assert.equal(readdirSync(path.join(root, "cifar-10-batches-bin")).length, 7);
});
