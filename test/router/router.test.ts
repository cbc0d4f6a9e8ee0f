// A router of networks that were trained for a moment, by the command line: what it is built with and measured on, what it
// chooses, and that nothing changes silently.

import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { drawScene } from "../../src/datasets/scenes/scenes.ts";
import type { StoredRouter } from "../../src/router/stored-router.ts";
import { openStore } from "../../src/store/open-store.ts";
import { callCli } from "../cli/call-cli.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { testedEngine } from "../tested-engine.ts";

const size = 32;

/** Drawn scenes, and stripes of two colors each. */
async function writeImages(root: string, count: number): Promise<void> {
  for (const name of ["scenes", "stripes"]) mkdirSync(path.join(root, name), { recursive: true });
  for (let index = 0; index < count; index++) {
    const stripes = Uint8Array.from({ length: 3 * size * size }, (_, at) => {
      const column = Math.floor(at / 3) % size;
      const isFirst = Math.floor(column / (2 + (index % 5))) % 2 === 0;
      return isFirst ? 250 - ((index * 37 + 60 * (at % 3)) % 120) : (index * 53 + 90 * (at % 3)) % 120;
    });
    for (const [name, rgb] of [
      ["scenes", drawScene(5, index, size)],
      ["stripes", stripes],
    ] as const)
      await sharp(rgb, { raw: { width: size, height: size, channels: 3 } })
        .png()
        .toFile(path.join(root, name, `${index}.png`));
  }
}

const yaml = (value: object) => JSON.stringify(value);

test("built on held-out images, measured on others, used, and refused where something is another than then", async (t) => {
  const cwd = temporaryFolder(t);
  const hueristic = (...args: string[]) => callCli(args, { cwd });
  const write = (name: string, value: object) => writeFileSync(path.join(cwd, name), yaml(value));
  await writeImages(path.join(cwd, "images"), 64);
  const common = {
    ...testedEngine,
    image: { size },
    train: { epochs: 1, batch_size: 4 },
    samples: { every: 1, seen: 1, unseen: 1 },
    metrics: [{ name: "psnr" }],
  };
  const folder = (name: string) => ({ kind: "folder", root: `images/${name}` });
  const part = (name: string) => ({ name, dataset: folder(name) });
  const union = { kind: "union", parts: [part("scenes"), part("stripes")] };
  const gan = {
    ...common,
    model: { kind: "pix2pix", color: "lab", width: 4, discriminator: { n_layers: 2 } },
  };
  write("scenes.yaml", { ...gan, dataset: { ...folder("scenes"), limit: 10 } });
  write("stripes.yaml", {
    ...gan,
    model: { ...gan.model, color: "rgb" },
    dataset: { ...folder("stripes"), limit: 10 },
  });
  write("both.yaml", { ...gan, dataset: { ...union, limit: 12 } });
  const classifier = { kind: "classifier", width: 8 };
  write("kinds.yaml", {
    ...common,
    model: classifier,
    train: { epochs: 4, batch_size: 4, optimizer: { name: "adam", learning_rate: 1e-2 } },
    dataset: { kind: "folder", root: "images", labels: "folders", limit: 24, holdout: 0.25 },
  });
  write("images.yaml", { ...common, model: classifier, dataset: { ...union, labels: "parts" } });
  const names = ["scenes", "stripes", "both", "kinds"];
  const trained = await hueristic("run", ...names.map((name) => `${name}.yaml`));
  assert.equal(trained.code, 0, trained.stderr);
  const specialists = { stripes: "stripes", scenes: "scenes" };
  write("pair.yaml", { classifier: "kinds", specialists, general: "both", images: "images.yaml" });

  const built = await hueristic("router", "build", "pair.yaml", "--json");
  assert.equal(built.code, 0, built.stderr);
  const router = JSON.parse(built.stdout) as StoredRouter;
  const stored = readFileSync(path.join(cwd, "runs/routers/pair.json"), "utf8");
  assert.deepEqual(JSON.parse(stored), router);
  assert.deepEqual(
    router.specialists.map((each) => [each.class, each.name]),
    [
      ["scenes", "scenes"],
      ["stripes", "stripes"],
    ],
  );
  const { sure, rightOfSure, unsure, rightOfUnsure } = router.threshold;
  const inBuild = router.measured.images.reduce((a, b) => a + b);
  assert.equal(sure + unsure, inBuild);
  assert.ok(rightOfSure + rightOfUnsure >= Math.max(router.measured.rightByClassifier, 1));

  const report = await hueristic("router", "report", "pair", "--json");
  assert.equal(report.code, 0, report.stderr);
  const { images, methods, confusion } = JSON.parse(report.stdout) as {
    images: { id: string; class: string; rule: string; chosen: string }[];
    methods: { name: string; kind: string; ofImages: { psnr: number[] }; ofSet: { psnr: number } }[];
    confusion: number[][];
  };
  // Nothing that a network was trained on, and all that is left is in one of the two halves.
  const store = openStore(path.join(cwd, "runs"), { readonly: true });
  t.after(() => store.close());
  const seen = new Set(
    store.listRuns().flatMap(({ name, datasetFingerprint }) =>
      store
        .datasetImages(datasetFingerprint)
        .filter(({ set }) => set === "seen")
        .map(({ id }) => (names.slice(0, 2).includes(name) ? `${name}/${id}` : id)),
    ),
  );
  assert.ok(images.every(({ id }) => !seen.has(id)));
  // Stripes of the same width look alike.
  const near = router.measured.notes.map((note) =>
    Number(/^(\d+) left out(?: of the report)?, as nearly/.exec(note)?.[1] ?? 0),
  );
  assert.ok(near.some((count) => count > 0));
  assert.equal(images.length + inBuild, 128 - seen.size - near.reduce((a, b) => a + b));
  assert.deepEqual(
    confusion.map((row) => row.reduce((a, b) => a + b)),
    ["scenes", "stripes"].map((name) => images.filter((image) => image.class === name).length),
  );
  assert.deepEqual(
    methods.map(({ name, kind }) => [name, kind]),
    [
      ["router", "router"],
      ["scenes", "specialist"],
      ["stripes", "specialist"],
      ["both", "general"],
      ["oracle", "oracle"],
    ],
  );
  const [ofRouter, ofScenes, ofStripes, , ofOracle] = methods.map(({ ofImages }) => ofImages.psnr);
  for (const [at, { chosen }] of images.entries()) {
    assert.equal(ofRouter![at], (chosen === "scenes" ? ofScenes : ofStripes)![at]);
    assert.equal(ofOracle![at], Math.max(ofScenes![at]!, ofStripes![at]!));
  }

  const page = await hueristic("router", "report", "pair.yaml", "--out", "router.html");
  assert.equal(page.code, 0, page.stderr);
  const text = readFileSync(path.join(cwd, "router.html"), "utf8");
  assert.match(text, /<h1><bdi>Router pair<\/bdi><\/h1>/);
  assert.match(text, /<td class="chosen"><img src="data:image\/png;base64,/);

  const colorize = ["colorize", "images/stripes", "--out", "out", "--explain"];
  const colored = await hueristic(...colorize, "--router", "pair", "--force");
  assert.equal(colored.code, 0, colored.stderr);
  assert.equal(readdirSync(path.join(cwd, "out")).length, 64);
  const explained = [
    ...colored.stderr.matchAll(
      /^images\/stripes\/(\d+)\.png: (\w+) \(run \w+\), by the (classifier|discriminators)/gm,
    ),
  ];
  assert.equal(explained.length, 64);
  // The same choice as in the report, where the square is the whole picture.
  for (const [, number, chosen, rule] of explained) {
    const inReport = images.find(({ id }) => id === `stripes/${number}.png`);
    if (inReport) assert.deepEqual([chosen, rule], [inReport.chosen, inReport.rule]);
  }

  const refused = async (message: RegExp, ...args: string[]) => {
    const { code, stderr } = await hueristic(...args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
  };
  await refused(/--run: expected none with --router/, ...colorize, "--router", "pair", "--run", "both");
  await refused(/--explain: expected together with --router/, ...colorize, "--run", "both");
  await refused(/router "pare": not built here \(known: pair;/, ...colorize, "--router", "pare");
  write("few.yaml", { classifier: "kinds", specialists, images: "kinds.yaml" });
  await refused(
    /expected at least 10 images of every class that no network was trained on, .* got \d of scenes \(\d+ of 24 images left out/,
    ...["router", "build", "few.yaml"],
  );
  write("wrong.yaml", { classifier: "both", specialists });
  await refused(/run \w+: expected a classifier, got a pix2pix/, "router", "build", "wrong.yaml");
  write("stranger.yaml", {
    classifier: "kinds",
    specialists: { ...specialists, faces: "both" },
    images: "images.yaml",
  });
  await refused(
    /specialists\.faces: expected a class of the classifier \(known: scenes, stripes\)/,
    ...["router", "build", "stranger.yaml"],
  );
  write("typing.yaml", { clasifier: "kinds", specialists });
  await refused(
    /typing\.yaml:1: clasifier: unknown key, did you mean classifier\?/,
    "router",
    "build",
    "typing.yaml",
  );
  write("pair.yaml", { classifier: "kinds", specialists, images: "images.yaml" });
  await refused(
    /pair\.yaml: general is another than when router pair was built/,
    "router",
    "report",
    "pair.yaml",
  );

  const folderOfRun = path.join(cwd, "runs", router.specialists[0]!.run, "checkpoints");
  appendFileSync(path.join(folderOfRun, readdirSync(folderOfRun)[0]!), " ");
  await refused(
    /run \w+: its checkpoint of epoch 1 is another one than then/,
    ...colorize,
    "--router",
    "pair",
  );
});
