// Images to be tested on that were trained on after all: copies, pictures that were saved again, what a classifier has seen.

import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { drawScene } from "../../src/datasets/scenes/scenes.ts";
import type { Experiment } from "../../src/experiment/experiment.ts";
import { silent } from "../../src/output.ts";
import { toldOfTested } from "../../src/runner/embedding/told-of-unseen.ts";
import { openEvaluationSet, trainedOnToo } from "../../src/runner/evaluation/open-sets.ts";
import { openDataset } from "../../src/runner/open-dataset.ts";
import { folderConfig, plain, write } from "../datasets/pictures.ts";
import { newRun, temporaryStore } from "../store/fixtures.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { smallExperiment } from "./small-experiment.ts";

const { signal } = new AbortController();

/** Scenes `from` to `to`, and what else is in the folder. */
async function writeScenes(root: string, from: number, to: number, resaved: boolean): Promise<void> {
  for (let scene = from; scene < to; scene++) {
    const picture = sharp(drawScene(5, scene, 64), { raw: { width: 64, height: 64, channels: 3 } });
    const bytes = await (resaved ? picture.jpeg({ quality: 70 }) : picture.png()).toBuffer();
    write(path.join(root, `${scene}.${resaved ? "jpg" : "png"}`), bytes);
  }
}

test("copies and pictures that were saved again are counted in sets to measure on; what is left out is said", async (t) => {
  const [runsFolder, own, other] = [temporaryFolder(t), temporaryFolder(t), temporaryFolder(t)];
  await writeScenes(own, 0, 12, false);
  await writeScenes(other, 0, 12, true);
  await writeScenes(other, 12, 16, false);
  write(path.join(other, "grey.png"), await plain({ r: 80, g: 80, b: 80 }).png().toBuffer());
  const experiment: Experiment = {
    ...smallExperiment(),
    image: { size: 32 },
    dataset: folderConfig(own, { holdout: 0.25, greyscale: "drop" }),
  };
  const said: string[] = [];
  const output = { ...silent, info: (line: string) => void said.push(line) };
  const trained = await openDataset(experiment, { runsFolder, output: silent, signal });
  const config = { ...folderConfig(other, { greyscale: "drop" }), holdout: null };
  const set = await openEvaluationSet({ name: "old", config }, experiment, { runsFolder, output, signal });
  const same = await openEvaluationSet(
    { name: "same", config: { ...folderConfig(own), holdout: null } },
    experiment,
    { runsFolder, output: silent, signal },
  );
  t.after(() => {
    for (const dataset of [trained, set.dataset, same.dataset]) dataset.close();
  });
  assert.ok(said.includes('old: 1 greyscale photograph left out, "grey.png"'), said.join("\n"));
  assert.equal(trained.seen.length, 9);
  const [near, ...more] = await trainedOnToo(set, trained, signal);
  assert.match(
    near!,
    /^old: 9 of 16 images to measure on are nearly the same as ones trained on, such as "\d+\.jpg" and /,
  );
  assert.deepEqual(more, []);
  assert.deepEqual(await trainedOnToo(same, trained, signal), [
    "same: 9 of 12 images to measure on are trained on; holdout or an unseen split leaves such out",
  ]);
});

test("images that a classifier was trained on are counted among those to test on", (t) => {
  const store = temporaryStore(t);
  const row = { fingerprint: "c", description: "faces", size: 16, seenCount: 2, unseenCount: 1 };
  const images = ["a", "b", "c"].map((id, index) => ({
    id,
    set: index < 2 ? ("seen" as const) : ("unseen" as const),
  }));
  store.saveDataset(row, images, []);
  const { id } = store.createRun(newRun({ datasetFingerprint: "c" }));
  const gamma = (run: string): Experiment => ({
    ...smallExperiment(),
    model: {
      kind: "gamma",
      classifier: { kind: "trained", run, output: "classes" },
      fine_tune: false,
    } as Experiment["model"],
  });
  const tested = [
    { name: "unseen", hashes: ["hb", "hc", "hx"] },
    { name: "others", hashes: ["hy"] },
  ];
  assert.match(
    toldOfTested(gamma(id), store, tested).join(),
    /is not known: it is from before hashes were stored$/,
  );
  store.saveDataset(
    row,
    images.map((image) => ({ ...image, hash: `h${image.id}` })),
    [],
  );
  assert.deepEqual(toldOfTested(gamma(id), store, tested), [
    `classifier: run ${id} was trained on 1 of 3 unseen images: it remembers what they show`,
  ]);
  assert.deepEqual(toldOfTested(smallExperiment(), store, tested), []);
});
