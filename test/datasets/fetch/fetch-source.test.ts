// A whole data set from a server on this machine to the places where the data sets are read.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type FetchOptions, fetchSource } from "../../../src/datasets/fetch/fetch-source.ts";
import type { Place, Source, SourceFile } from "../../../src/datasets/fetch/sources.ts";
import { silent } from "../../../src/output.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { send, startServer } from "./server.ts";
import { writeZip } from "./write-zip.ts";

const files = {
  "val.zip": writeZip([
    { name: "val/", mode: 0o040755 },
    { name: "val/1.jpg", content: "one" },
    { name: "val/2.jpg", content: "two", deflated: true },
    { name: "val/.DS_Store", content: "not an image" },
  ]),
  "annotations.zip": writeZip([
    { name: "annotations/instances_val.json", content: "{}" },
    { name: "annotations/captions_val.json", content: "{}" },
  ]),
  "list.txt": Buffer.from("1.jpg 0\r\n2.jpg 1\r\n"),
};
type Name = keyof typeof files;

const places: Record<Name, Place> = {
  "val.zip": { kind: "zip", paths: ["val"], alsoIn: ["images/val"], images: 2, extractedBytes: 1000 },
  "annotations.zip": {
    kind: "zip",
    paths: ["annotations/instances_val.json"],
    alsoIn: [],
    images: null,
    extractedBytes: 1000,
  },
  "list.txt": { kind: "list", path: "list.txt" },
};

const md5 = (bytes: Buffer) => createHash("md5").update(bytes).digest("hex");

async function setUp(t: TestContext, changed: Partial<Record<Name, Buffer>> = {}) {
  const server = await startServer(t, (response, request) => {
    const name = (request.url ?? "").slice(1) as Name;
    const content = changed[name] ?? files[name];
    if (content === undefined) response.writeHead(404).end();
    else send(response, request, { content, etag: `"${md5(content)}"` });
  });
  const root = join(temporaryFolder(t), "deep/data");
  const source: Source = {
    licence: "any",
    page: "https://page.example",
    files: (Object.keys(files) as Name[]).map(
      (name): SourceFile => ({
        name,
        url: `${server.url}/${name}`,
        bytes: files[name].length,
        md5: md5(files[name]),
        place: places[name],
      }),
    ),
  };
  const lines: string[] = [];
  const options: FetchOptions = {
    root,
    from: null,
    keepArchive: false,
    output: { ...silent, info: (line) => lines.push(line), warn: (line) => lines.push(line) },
    signal: new AbortController().signal,
    patience: { silenceMs: 5_000, pauseMs: () => 0, mostFailures: 2 },
  };
  const fetchWith = (changes: Partial<FetchOptions> = {}) =>
    fetchSource("coco", source, { ...options, ...changes });
  const found = () => readdirSync(root, { recursive: true, encoding: "utf8" }).sort();
  return { server, root, source, lines, fetchWith, found };
}

const whole = [
  "annotations",
  "annotations/instances_val.json",
  "list.txt",
  "val",
  "val/1.jpg",
  "val/2.jpg",
].sort();

test("everything lies in its place and nothing else; the second time there is nothing to do", async (t) => {
  const { server, root, lines, fetchWith, found } = await setUp(t);
  assert.equal(await fetchWith(), true);
  assert.deepEqual(found(), whole);
  assert.equal(readFileSync(join(root, "val/2.jpg"), "utf8"), "two");
  assert.equal(lines.at(-1), `coco: complete in ${root}`);
  writeFileSync(join(root, "val.zip.part"), "left by a process killed at the very end");
  assert.equal(await fetchWith(), false);
  assert.deepEqual(found(), whole);
  assert.equal(lines.at(-1), `coco: already complete in ${root}`);
  assert.equal(server.requests.length, 3);

  rmSync(join(root, "val"), { recursive: true });
  mkdirSync(join(root, "val"));
  assert.equal(await fetchWith({ keepArchive: true }), true);
  assert.deepEqual(found(), [...whole, "val.zip"].sort(), "an empty folder is no obstacle");
  assert.equal(server.requests.length, 4, "only what was missing");
});

test("copies elsewhere below the root, and lists with other line ends, are there too", async (t) => {
  const { server, root, fetchWith } = await setUp(t);
  for (const folder of ["images/val", "annotations", "Anno"])
    mkdirSync(join(root, folder), { recursive: true });
  for (const name of ["images/val/1.jpg", "images/val/2.jpg"]) writeFileSync(join(root, name), "");
  writeFileSync(join(root, "annotations/instances_val.json"), "[]");
  writeFileSync(join(root, "Anno/list.txt"), "1.jpg 0\n2.jpg 1\n");
  assert.equal(await fetchWith(), false);
  assert.equal(server.requests.length, 0);
});

test("what is in the way is named and left alone, before anything is fetched", async (t) => {
  const { server, root, fetchWith } = await setUp(t);
  const cases: [string, string, RegExp][] = [
    [
      "val/1.jpg",
      "",
      /^UserError: .*val: expected 2 images, got a folder with 1; move it away, then fetch again$/,
    ],
    ["val", "", /val: expected 2 images, got a file; move/],
    ["annotations/instances_val.json", "", /instances_val\.json: expected a file, got an empty one; move/],
    [
      "list.txt",
      "1.jpg 0\r\n",
      /list\.txt: expected the official list, got another file, or a part of it; move/,
    ],
  ];
  for (const [path, text, message] of cases) {
    rmSync(root, { recursive: true, force: true });
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
    await assert.rejects(fetchWith(), message);
    assert.equal(readFileSync(join(root, path), "utf8"), text);
  }
  assert.equal(server.requests.length, 0);
});

test("a wrong sum names both, extracts nothing, and the next try begins anew", async (t) => {
  const wrong = Buffer.from(files["val.zip"]);
  wrong[wrong.length - 30] = 0;
  const changed: Partial<Record<Name, Buffer>> = { "val.zip": wrong };
  const { fetchWith, found } = await setUp(t, changed);
  await assert.rejects(
    fetchWith(),
    new RegExp(
      `^UserError: val\\.zip: expected MD5 ${md5(files["val.zip"])}, got ${md5(wrong)}: damaged on the way, or another file; it was removed: fetch it again`,
    ),
  );
  assert.deepEqual(found(), []);
  delete changed["val.zip"];
  assert.equal(await fetchWith(), true);
  assert.deepEqual(found(), whole);
});

test("from a folder: checked and extracted where it lies; what is missing there is named", async (t) => {
  const { server, fetchWith, found } = await setUp(t);
  const from = temporaryFolder(t);
  await assert.rejects(
    fetchWith({ from }),
    /UserError: --from: expected val\.zip in .*which has no such file/,
  );
  mkdirSync(join(from, "Anno"));
  writeFileSync(join(from, "val.zip"), files["val.zip"]);
  writeFileSync(join(from, "annotations.zip"), files["annotations.zip"]);
  writeFileSync(join(from, "Anno/list.txt"), String(files["list.txt"]).replaceAll("\r", ""));
  assert.equal(await fetchWith({ from }), true);
  assert.deepEqual(found(), whole);
  assert.equal(existsSync(join(from, "val.zip")), true);
  assert.equal(server.requests.length, 0);

  const other = await setUp(t);
  writeFileSync(join(from, "val.zip"), "damaged");
  await assert.rejects(other.fetchWith({ from }), /val\.zip: expected MD5 .*; move it away and fetch again/);
  assert.equal(existsSync(join(from, "val.zip")), true, "what a user downloaded is never removed");
});

test("from a mirror, by the names of the files", async (t) => {
  const { server, source, fetchWith, found } = await setUp(t);
  for (const [index, file] of source.files.entries())
    (source.files as SourceFile[])[index] = { ...file, url: "http://127.0.0.1:1/" };
  assert.equal(await fetchWith({ from: `${server.url}/` }), true);
  assert.deepEqual(found(), whole);
  assert.deepEqual(server.requests.map(({ url }) => url).sort(), [
    "/annotations.zip",
    "/list.txt",
    "/val.zip",
  ]);
});

test("an archive whose files are not those that are meant leaves nothing", async (t) => {
  const zip = writeZip([{ name: "val/1.jpg", content: "one" }]);
  const { source, fetchWith, found } = await setUp(t, { "val.zip": zip });
  const file = { ...source.files[0]!, bytes: zip.length, md5: md5(zip) };
  (source.files as SourceFile[])[0] = file;
  await assert.rejects(fetchWith(), /UserError: .*expected 2 files, got 1: not the archive that is meant/);
  assert.deepEqual(found(), ["val.zip.part", "val.zip.part.json"]);
});

test("a disk without room is noticed before the download", async (t) => {
  const { server, root, fetchWith } = await setUp(t);
  await assert.rejects(
    fetchWith({ freeBytes: async () => 100 }),
    (error: Error) =>
      error.message.startsWith(`${root}: expected 2.`) &&
      /up to 2\.0 KiB extracted.*got 100 B/.test(error.message),
  );
  assert.equal(server.requests.length, 0);
});

test("what a killed process left is swept; two at once do the work once", async (t) => {
  const { server, root, fetchWith, found, lines } = await setUp(t);
  mkdirSync(join(root, ".val.zip.extracting-0/val"), { recursive: true });
  const done = await Promise.all([fetchWith(), fetchWith()]);
  assert.deepEqual(done.sort(), [false, true]);
  assert.equal(server.requests.length, 3);
  assert.deepEqual(found(), whole);
  assert.ok(lines.some((line) => /^coco: process \d+ is fetching it into .*; waiting for it$/.test(line)));
});
