// A training that measures metrics on its own images and on others, and the same measured later from its checkpoint.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import Database from "better-sqlite3";
import sharp from "sharp";
import type { Experiment } from "../../src/experiment/experiment.ts";
import { silent } from "../../src/output.ts";
import { chooseCheckpoint } from "../../src/runner/evaluation/choose-checkpoint.ts";
import { evaluateRun } from "../../src/runner/evaluation/evaluate-run.ts";
import { imagesOfBothSides, imagesOfSide } from "../../src/runner/evaluation/images-of-set.ts";
import { runExperiment } from "../../src/runner/run-experiment.ts";
import { databasePath } from "../../src/store/open-database.ts";
import { openStore } from "../../src/store/open-store.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { smallExperiment } from "./small-experiment.ts";

const others = { kind: "synthetic", count: 9, limit: null, seed: 11, greyscale: "drop" } as const;

function measuringExperiment(changes: Partial<Experiment> = {}): Experiment {
  const small = smallExperiment();
  return {
    ...small,
    model: { kind: "alpha" },
    samples: { ...small.samples, each: 2, measured: 4 },
    metrics: [{ name: "psnr" }, { name: "colorfulness" }],
    evaluate: { others: { ...others, holdout: null }, third: { ...others, holdout: 1 / 3 } },
    ...changes,
  };
}

async function train(
  runsFolder: string,
  changes: Partial<Experiment> = {},
  resume: string | null = null,
  output = silent,
) {
  const options = { runsFolder, source: null, resume, output, threads: 2 };
  const { runId } = await runExperiment(measuringExperiment(changes), options);
  return runId!;
}

test("at sampling epochs every set has every metric, and every image its own value", async (context) => {
  const folder = temporaryFolder(context);
  const id = await train(folder);
  const store = openStore(folder, { readonly: true });
  context.after(() => store.close());
  for (const set of ["seen", "unseen", "others", "third"]) {
    for (const metric of ["psnr", "colorfulness", "colorfulness_ratio"]) {
      assert.deepEqual([...store.series(id, `${set}/${metric}`)!.step], [0, 8, 12], `${set}/${metric}`);
    }
  }
  assert.deepEqual([...store.series(id, "others/loss")!.step], [0, 8, 12]);
  assert.deepEqual([...store.series(id, "train/evaluation_seconds")!.step], [0, 4, 8, 12]);
  assert.deepEqual(
    [...store.series(id, "seen/loss")!.step],
    [4, 8, 12],
    "the training loss and nothing else",
  );

  const database = new Database(databasePath(folder), { readonly: true });
  context.after(() => database.close());
  const rows = database
    .prepare(`SELECT "set", count(*) AS images, avg(value) AS mean FROM image_metrics
      WHERE metric = 'psnr' AND step = 12 GROUP BY "set" ORDER BY "set"`)
    .all() as { set: string; images: number; mean: number }[];
  assert.deepEqual(
    rows.map(({ set, images }) => [set, images]),
    [
      ["others", 4],
      ["seen", 4],
      ["third", 3],
      ["unseen", 4],
    ],
  );
  for (const { set, mean } of rows) {
    assert.ok(Math.abs(mean - store.series(id, `${set}/psnr`)!.value.at(-1)!) < 1e-9, set);
  }
  const pictures = database
    .prepare(`SELECT "set", kind, count(*) FROM images WHERE "set" IN ('others', 'third') GROUP BY 1, 2`)
    .raw();
  assert.deepEqual(
    pictures.all(),
    ["others", "third"].flatMap((set) => [
      [set, "colorized", 6],
      [set, "grey", 2],
      [set, "real", 2],
    ]),
    "two of each set, at three epochs",
  );
  const stored = store.datasetImages(store.getRun(id).datasetFingerprint);
  const ofSide = (set: string) =>
    database.prepare(`SELECT DISTINCT image_id FROM image_metrics WHERE "set" = ?`).pluck().all(set);
  for (const set of ["seen", "unseen"]) {
    const own = new Set(stored.filter((image) => image.set === set).map((image) => image.id));
    assert.ok(
      ofSide(set).every((name) => own.has(name as string)),
      set,
    );
  }
});

test("the value of an image is that of the pictures in the sample grid", async (context) => {
  const folder = temporaryFolder(context);
  const id = await train(folder, { evaluate: {} });
  const store = openStore(folder, { readonly: true });
  const database = new Database(databasePath(folder), { readonly: true });
  context.after(() => {
    database.close();
    store.close();
  });
  const psnrOf = database
    .prepare(
      `SELECT value FROM image_metrics WHERE "set" = ? AND metric = 'psnr' AND image_id = ? AND step = 12`,
    )
    .pluck();
  const shown = store.images(id).filter(({ kind, epoch }) => kind === "colorized" && epoch === 3);
  assert.equal(shown.length, 5);
  for (const { set, index, imageId, blobHash } of shown) {
    const real = store
      .images(id)
      .find((image) => image.kind === "real" && image.set === set && image.index === index)!;
    const [x, y] = await Promise.all(
      [real.blobHash, blobHash].map((hash) => sharp(store.blob(hash)!.bytes).removeAlpha().raw().toBuffer()),
    );
    const squares = x!.reduce((sum, byte, place) => sum + (byte - y![place]!) ** 2, 0);
    const psnr = 10 * Math.log10(255 ** 2 / (squares / x!.length));
    const stored = psnrOf.get(set, imageId) as number;
    assert.ok(Math.abs(stored - psnr) < 1e-9, `${set} ${imageId}: ${stored}, its pictures ${psnr}`);
  }
});

test("a run that was stopped and resumed has the same values, image by image", async (context) => {
  const folder = temporaryFolder(context);
  const whole = await train(folder);
  let sent = false;
  const update = (done: number, text: string) => {
    if (sent || done < 6 || !text.startsWith("epoch")) return;
    sent = true;
    process.emit("SIGINT", "SIGINT");
  };
  const stopped = await train(folder, {}, null, { ...silent, progress: () => ({ update, stop: () => {} }) });
  await train(folder, {}, stopped);
  const database = new Database(databasePath(folder), { readonly: true });
  context.after(() => database.close());
  const rows = database
    .prepare(
      'SELECT "set", metric, step, image_id, value FROM image_metrics WHERE run = ? ORDER BY 1, 2, 3, 4',
    )
    .raw();
  assert.ok(sent);
  assert.deepEqual(rows.all(stopped), rows.all(whole));
  assert.ok(rows.all(whole).length > 0);
});

test("measured later, a checkpoint gives what its run measured; and more", async (context) => {
  const folder = temporaryFolder(context);
  const id = await train(folder, { evaluate: {} });
  const store = openStore(folder);
  context.after(() => store.close());
  const run = store.getRun(id);
  const before = [...store.series(id, "unseen/psnr")!.value];
  const sets = [
    { name: "unseen", config: run.experiment.dataset, own: "unseen" as const },
    { name: "small", config: run.experiment.dataset },
    { name: "others", config: { ...others, holdout: null } },
  ];
  const signal = new AbortController().signal;
  const options = {
    store,
    output: silent,
    signal,
    metrics: run.experiment.metrics!,
    device: null,
    threads: 2,
  };
  const { step, values } = await evaluateRun(run, chooseCheckpoint(store, run, "last"), sets, options);
  assert.equal(step, 12);
  assert.equal(values["unseen/psnr"], before.at(-1));
  assert.equal(values["small/psnr"], before.at(-1), "the same images under another name");
  assert.deepEqual([...store.series(id, "unseen/psnr")!.value], before);
  assert.equal("unseen/loss" in values, false);
  assert.deepEqual([...store.series(id, "others/psnr")!.value], [values["others/psnr"]!]);
  const drawn = () => store.images(id).filter(({ set }) => set === "others");
  assert.deepEqual(
    drawn().map(({ epoch, kind, index }) => `${epoch} ${kind} ${index}`),
    ["0 grey 0", "0 real 0", "0 grey 1", "0 real 1", "3 colorized 0", "3 colorized 1"],
  );
  const once = drawn();
  await evaluateRun(run, chooseCheckpoint(store, run, "last"), [sets[2]!], options);
  assert.deepEqual(drawn(), once, "the same pictures once more");

  assert.equal(chooseCheckpoint(store, run, 2).step, 8);
  const best = [8, 12].toSorted((a, b) => lossAt(a) - lossAt(b))[0];
  assert.equal(chooseCheckpoint(store, run, "best").step, best);
  assert.throws(() => chooseCheckpoint(store, run, 1), {
    name: "UserError",
    message: `run ${id}: expected a checkpoint of epoch 1, has those of epochs 2, 3; checkpoint.keep says how many stay`,
  });
  function lossAt(at: number): number {
    const { step: steps, value } = store.series(id, "unseen/loss")!;
    return value[steps.indexOf(at)]!;
  }
});

test("images to measure on that are trained on are warned of; too few are refused", async (context) => {
  const folder = temporaryFolder(context);
  const warnings: string[] = [];
  const output = { ...silent, warn: (line: string) => void warnings.push(line) };
  const { dataset } = smallExperiment();
  const changes = {
    evaluate: { same: { ...dataset, holdout: null } },
    samples: { every: 2, seen: 1, unseen: 1, each: 2, measured: 24 },
  };
  await train(folder, changes, null, output);
  assert.match(
    warnings[0] ?? "",
    /^same: 18 of 24 images to measure on are trained on; holdout or an unseen split/,
  );

  // Later, too: a run that held out the same images is told of none.
  const store = openStore(folder);
  context.after(() => store.close());
  const run = store.getRun("latest");
  const later = async (holdout: number | null) => {
    warnings.length = 0;
    const sets = [{ name: `later-${holdout}`, config: { ...dataset, holdout } }];
    const signal = new AbortController().signal;
    const options = { store, output, signal, metrics: [{ name: "psnr" } as const], device: null, threads: 2 };
    await evaluateRun(run, chooseCheckpoint(store, run, "last"), sets, options);
    return warnings;
  };
  assert.deepEqual(await later(null), [
    `run ${run.id}: later-null: 18 of 24 images to measure on are trained on; holdout or an unseen split leaves such out`,
  ]);
  assert.deepEqual(await later(0.25), []);

  const lonely = path.join(folder, "lonely");
  mkdirSync(lonely);
  await sharp({ create: { width: 9, height: 9, channels: 3, background: "red" } }).toFile(
    path.join(lonely, "a.png"),
  );
  const config = {
    kind: "folder",
    root: lonely,
    limit: null,
    holdout: null,
    seed: 1,
    greyscale: "keep",
    include: [],
    exclude: [],
    split: null,
    labels: null,
  } as const;
  await assert.rejects(train(folder, { evaluate: { lonely: config } }), {
    name: "UserError",
    message: /^evaluate\.lonely: expected at least 2 images, got 1; looked for image files in /,
  });
});

test("weights that are missing are said before anything is trained", async (context) => {
  const folder = temporaryFolder(context);
  await assert.rejects(train(folder, { metrics: [{ name: "lpips", weights: "/nowhere/alex.onnx" }] }), {
    name: "UserError",
    message: "metrics: lpips: /nowhere/alex.onnx: no such file",
  });
  const store = openStore(folder, { readonly: true });
  context.after(() => store.close());
  assert.equal(store.listRuns().length, 0);
});

test("the first images of a side, and of both", () => {
  const dataset = { seen: Uint32Array.of(7, 1, 4), unseen: Uint32Array.of(2, 9) };
  const listed = ({ indices, places }: ReturnType<typeof imagesOfSide>) => [[...indices], [...places]];
  assert.deepEqual(listed(imagesOfSide(dataset, "seen", 2)), [
    [7, 1],
    [0, 1],
  ]);
  assert.deepEqual(listed(imagesOfSide(dataset, "unseen", 9)), [
    [2, 9],
    [3, 4],
  ]);
  assert.deepEqual(listed(imagesOfBothSides(dataset, 4)), [
    [2, 9, 7, 1],
    [3, 4, 0, 1],
  ]);
  assert.deepEqual(listed(imagesOfBothSides(dataset, 1)), [[2], [3]]);
});
