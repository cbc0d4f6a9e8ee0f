import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isList, md5OfFile } from "../../../src/datasets/fetch/checksum.ts";
import { diskError, requireRoom } from "../../../src/datasets/fetch/disk.ts";
import { pathProblem } from "../../../src/datasets/fetch/entry-path.ts";
import { locate } from "../../../src/datasets/fetch/locate.ts";
import { sources } from "../../../src/datasets/fetch/sources.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

test("paths that stay in the folder on every system, and those that do not", () => {
  for (const path of ["val2017/", "val2017/000000000139.jpg", "a/b/ä.jpg", "con-a/x", ".hidden/a"])
    assert.equal(pathProblem(path), null, path);
  const cases: [string, RegExp][] = [
    ["", /empty/],
    ["../a", /leads out/],
    ["a/../../b", /leads out/],
    ["a/..", /leads out/],
    ["/etc/passwd", /absolute/],
    ["C:/a", /drive/],
    ["c:a", /drive/],
    ["a/b:stream", /drive/],
    ["a\\..\\b", /backslash/],
    ["\\\\host\\a", /backslash/],
    ["a//b", /empty part/],
    ["./a", /empty part/],
    ["a\u0000.jpg", /control/],
    ["a\u001b[2J", /control/],
    ["a./b", /ends in a dot/],
    ["a /b", /ends in a dot/],
    ["a/NUL.txt", /reserves/],
    ["COM1", /reserves/],
    [`${"a".repeat(300)}`, /too long/],
    ["a/".repeat(600), /too long/],
  ];
  for (const [path, problem] of cases) assert.match(pathProblem(path) ?? "fine", problem, path);
});

test("every source has sums, sizes and a place", () => {
  const names = Object.values(sources).flatMap(({ files }) => files.map(({ name }) => name));
  assert.equal(new Set(names).size, names.length, "two downloads must not share a .part");
  for (const { files, page } of Object.values(sources)) {
    assert.ok(URL.canParse(page));
    for (const { url, md5, bytes } of files) {
      assert.ok(URL.canParse(url));
      assert.match(md5, /^[0-9a-f]{32}$/);
      assert.ok(bytes > 1e6);
    }
  }
});

test("sums: of a file in pieces, of a list with either line end", async (t) => {
  const path = join(temporaryFolder(t), "list.txt");
  const signal = new AbortController().signal;
  writeFileSync(path, "a 0\nb 1\n");
  assert.equal(await md5OfFile(path, signal), "a0b82c7bcf3439e07c7e42a934638dde");
  assert.equal(await isList(path, "a0b82c7bcf3439e07c7e42a934638dde"), true);
  writeFileSync(path, "a 0\r\nb 1\r\n");
  assert.equal(await isList(path, "a0b82c7bcf3439e07c7e42a934638dde"), true);
  writeFileSync(path, "a 0\nb 2\n");
  assert.equal(await isList(path, "a0b82c7bcf3439e07c7e42a934638dde"), false);
});

test("what the disk refuses says what to do; anything else passes", () => {
  const failed = (code: string) => Object.assign(new Error("write"), { code });
  assert.match(
    (diskError(failed("ENOSPC"), "data/a") as Error).message,
    /^data\/a: the disk is full; free some/,
  );
  assert.match((diskError(failed("EROFS"), "data") as Error).message, /^data: cannot be written; .*--root/);
  const other = failed("EBADF");
  assert.equal(diskError(other, "data"), other);
  assert.throws(() => requireRoom("data", 2 ** 30, 2 ** 31, 2 ** 30), {
    name: "UserError",
    message:
      "data: expected 3.0 GiB free (1.0 GiB to download, up to 2.0 GiB extracted), got 1.0 GiB; free some space or name a folder on another disk with --root",
  });
  requireRoom("data", 1, 1, 2);
});

test("where a file comes from", async (t) => {
  const root = temporaryFolder(t);
  const elsewhere = temporaryFolder(t);
  const [file] = sources["coco-val2017"].files;
  const { url } = file!;
  assert.deepEqual(await locate(file!, root, null), { kind: "address", url });
  for (const [from, expected] of [
    ["https://a.example/coco", "https://a.example/coco/val2017.zip"],
    ["https://a.example/coco/?key=1", "https://a.example/coco/val2017.zip?key=1"],
    ["https://a.example/val2017.zip", "https://a.example/val2017.zip"],
    ["https://a.example/other.zip", url],
  ] as const)
    assert.deepEqual(await locate(file!, root, from), { kind: "address", url: expected });
  await assert.rejects(locate(file!, root, "ftp://a.example/x"), /--from: expected a folder or an address/);
  await assert.rejects(
    locate(file!, root, join(root, "no")),
    /--from: expected a folder, got .*does not exist/,
  );
  await assert.rejects(locate(file!, root, elsewhere), /--from: expected val2017\.zip in .*no such file/);
  const path = join(elsewhere, "val2017.zip");
  writeFileSync(path, "");
  assert.deepEqual(await locate(file!, root, elsewhere), { kind: "path", path });
  assert.deepEqual(await locate(file!, root, path), { kind: "path", path });
  assert.deepEqual(await locate(file!, elsewhere, null), { kind: "path", path }, "downloaded by hand before");
});
