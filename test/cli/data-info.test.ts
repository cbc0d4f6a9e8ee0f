// hueristic data info: as a real process about a folder and a run, and what it refuses.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { colorStatistics } from "../../src/datasets/inspect/color-statistics.ts";
import { openStore } from "../../src/store/open-store.ts";
import { folderConfig, plain, prepare, write, writePictures } from "../datasets/pictures.ts";
import { experiment, newRun } from "../store/fixtures.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { callCli } from "./call-cli.ts";
import { runCli } from "./run-cli.ts";

test("a folder: counts, colors and cache, and a sheet of both sides", async (t) => {
  const cwd = temporaryFolder(t);
  for (const [index, color] of [
    { r: 255, g: 0, b: 0 },
    { r: 0, g: 0, b: 255 },
  ].entries()) {
    for (let copy = 0; copy < 5; copy++) {
      const picture = plain(color, 40 + copy, 40 + index);
      write(path.join(cwd, `photos/${index}${copy}.png`), await picture.png().toBuffer());
    }
  }
  const { code, stdout, stderr } = await runCli(
    ["data", "info", "photos", "image.size=16", "--out", "sheet.webp", "--images", "3"],
    { cwd },
  );
  assert.deepEqual([code, stderr], [0, "contact sheet: sheet.webp\n"]);
  assert.match(
    stdout,
    /^folder "photos": 9 seen, 1 unseen, 16x16\n {2}images {7}9 seen, 1 unseen, 16x16 pixels\n/,
  );
  assert.match(
    stdout,
    /\n {2}fingerprint {2}[0-9a-f]{64}\n {2}seen {9}L 4\d\.\d, a 7\d\.\d, b -?\d+\.\d, chroma 11\d\.\d, saturation 1\.00\n/,
  );
  assert.match(stdout, /\n {2}cache {8}9?\d?\.?\d+ KiB\n$/);
  const sheet = await sharp(path.join(cwd, "sheet.webp")).metadata();
  assert.deepEqual([sheet.format, sheet.width, sheet.height], ["webp", 828, 316]);
});

test("an experiment and the run of it have one fingerprint; a run whose images changed says so", async (t) => {
  const cwd = temporaryFolder(t);
  const dataset = {
    kind: "synthetic",
    count: 12,
    limit: null,
    holdout: 0.25,
    seed: 3,
    greyscale: "drop",
  } as const;
  const text = `dataset: ${JSON.stringify(dataset)}\nimage: {size: 16}\ntrain: {batch_size: 1}\nsamples: {seen: 2, unseen: 2}\n`;
  writeFileSync(path.join(cwd, "a.yaml"), text);
  const first = await callCli(["data", "info", "a.yaml", "--json"], { cwd });
  assert.equal(first.code, 0, first.stderr);
  const { fingerprint, seen, unseen, colors, labels } = JSON.parse(first.stdout);
  assert.deepEqual([seen, unseen, colors.seen.images, labels], [9, 3, 9, null]);

  const store = openStore(path.join(cwd, "runs"));
  const save = (of: string) => {
    store.saveDataset({ fingerprint: of, description: "x", size: 16, seenCount: 0, unseenCount: 0 }, [], []);
    const own = {
      ...experiment,
      dataset,
      image: { size: 16 },
      samples: { every: 1, seen: 2, unseen: 2, each: 2, measured: 256 },
    };
    store.createRun(newRun({ datasetFingerprint: of, experiment: own })).finish("FINISHED");
  };
  save(fingerprint);
  const byFingerprint = await callCli(["data", "info", fingerprint.slice(0, 12), "--json"], { cwd });
  assert.deepEqual(
    [JSON.parse(byFingerprint.stdout).fingerprint, JSON.parse(byFingerprint.stdout).fingerprintOfRun],
    [fingerprint, null],
  );
  save("e".repeat(64));
  store.close();
  const changed = await callCli(["data", "info", "latest"], { cwd });
  assert.match(changed.stdout, /\n {15}the run had e{64}: its images changed since\n/);
});

test("labels are counted among the seen images whose labels somebody wrote down", async (t) => {
  const cwd = temporaryFolder(t);
  await writePictures(path.join(cwd, "celeba/img_align_celeba"), 10);
  const rows = [0, 1, 2, 3, 4, 5, 6, 7].map((face) => `00${face}.png 1 ${face % 2 === 0 ? 1 : -1}`);
  writeFileSync(path.join(cwd, "celeba/list_attr_celeba.txt"), ["8", "Young Male", ...rows].join("\n"));
  const args = [
    "data",
    "info",
    "celeba",
    "dataset.kind=celeba",
    "dataset.split=all",
    "image.size=8",
    "--json",
  ];
  const { code, stdout, stderr } = await runCli(args, { cwd });
  assert.equal(code, 0, stderr);
  const { seen, labels } = JSON.parse(stdout);
  assert.equal(seen, 9);
  assert.ok(labels.images === 7 || labels.images === 8);
  assert.deepEqual(labels.shares[0], { name: "Young", share: 1 });
});

test("means of known colors", async (t) => {
  const root = temporaryFolder(t);
  await writePictures(root, 4);
  const prepared = await prepare(t, folderConfig(root, { holdout: 0.25 }), path.join(root, ".cache"));
  const red = { size: 1, read: (_: ArrayLike<number>, into: Uint8Array) => into.set([255, 0, 0]) };
  const { l, a, b, chroma, saturation } = colorStatistics(red, [0, 1]);
  assert.deepEqual(
    [l, a, b, chroma, saturation].map((value) => value.toFixed(2)),
    ["53.24", "80.09", "67.20", "104.55", "1.00"],
  );
  assert.equal(colorStatistics(prepared, prepared.seen).images, 3);
  assert.ok(Number.isNaN(colorStatistics(prepared, []).l));
});

test("what it refuses", async (t) => {
  const cwd = temporaryFolder(t);
  mkdirSync(path.join(cwd, "empty"));
  const cases: [string[], RegExp][] = [
    [["info"], /^error: data info: expected an experiment file, a folder, a run or a fingerprint/],
    [["info", "none.yaml"], /^error: none.yaml: expected an experiment file, got no such file/],
    [["info", "latest"], /^error: runs: no runs here/],
    [
      ["info", "latest", "seed=2"],
      /^error: data info: a run is shown as it was, so expected no value, got seed=2/,
    ],
    [["info", "empty", "more"], /^error: data info: expected key=value, got "more"/],
    [["info", "empty"], /^error: dataset: expected at least 1 seen and 1 unseen images, got 0 and 0/],
    [
      ["info", "empty", "--images", "0"],
      /^error: data info: --images: expected a whole number from 1 to 256, got 0/,
    ],
    [
      ["info", "empty", "--out", "a.pdf"],
      /^error: data info: --out: expected a .webp, .png, .jpg or .avif file, got a.pdf/,
    ],
    [["info", "empty", "image.sise=3"], /^error: command line: image.sise: unknown key, did you mean size\?/],
  ];
  await Promise.all(
    cases.map(async ([args, expected]) => {
      const { code, stdout, stderr } = await callCli(["data", ...args], { cwd });
      assert.deepEqual([code, stdout], [2, ""], stderr);
      assert.match(stderr, expected);
    }),
  );
});
