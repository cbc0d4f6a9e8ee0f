// What must not change the numbers of a run: names of files that are not used, how much is drawn and how often, and, for
// everything that is evaluated, how training pictures are augmented.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import type { Experiment } from "../../src/experiment/experiment.ts";
import { silent } from "../../src/output.ts";
import { allVectors } from "../../src/runner/embedding/vectors.ts";
import { openDataset } from "../../src/runner/open-dataset.ts";
import { runExperiment } from "../../src/runner/run-experiment.ts";
import { openStore } from "../../src/store/open-store.ts";
import { colorOf, folderConfig, plain, write } from "../datasets/pictures.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { smallExperiment } from "./small-experiment.ts";

type Logged = {
  readonly fingerprint: string;
  readonly values: (name: string) => number[];
  readonly real: string[];
};

async function run(runsFolder: string, experiment: Experiment): Promise<Logged> {
  const { runId } = await runExperiment(experiment, {
    runsFolder,
    source: null,
    resume: null,
    output: silent,
    threads: 2,
  });
  const store = openStore(runsFolder, { readonly: true });
  try {
    const names = store.allSeries(runId!).map(({ name }) => name);
    const series = new Map(names.map((name) => [name, Array.from(store.series(runId!, name)!.value)]));
    const real = store.images(runId!).filter(({ kind }) => kind === "real");
    return {
      fingerprint: store.getRun(runId!).datasetFingerprint,
      values: (name) => series.get(name)!,
      real: real.map(({ blobHash }) => blobHash),
    };
  } finally {
    store.close();
  }
}

const small = (change: Partial<Experiment> = {}): Experiment => ({
  ...smallExperiment({ epochs: 1 }),
  metrics: [{ name: "psnr" }],
  ...change,
});

test("augmentation changes no picture that is evaluated or drawn, nor the fingerprint", async (context) => {
  const folder = temporaryFolder(context);
  const others = {
    kind: "synthetic",
    count: 4,
    limit: null,
    holdout: null,
    seed: 9,
    greyscale: "keep",
  } as const;
  const plainly = small({ evaluate: { others } });
  const { train } = plainly;
  const augment = { flip: true, crop: 1.5, rotate: 10, zoom: 0.1 };
  const first = await run(folder, plainly);
  const cropped = await run(folder, { ...plainly, train: { ...train, augment } });
  assert.equal(cropped.fingerprint, first.fingerprint);
  assert.deepEqual(cropped.real, first.real);
  for (const name of ["unseen/loss", "unseen/psnr", "seen/psnr", "others/psnr", "others/loss"]) {
    assert.equal(cropped.values(name)[0], first.values(name)[0], `${name} before training`);
  }
  assert.notDeepEqual(cropped.values("train/loss"), first.values("train/loss"));
});

test("how much is drawn changes nothing that is trained", async (context) => {
  const folder = temporaryFolder(context);
  const base = small();
  const few = await run(folder, base);
  const many = await run(folder, { ...base, samples: { ...base.samples, seen: 9, unseen: 12, every: 1 } });
  assert.equal(many.fingerprint, few.fingerprint);
  assert.deepEqual(many.values("train/loss"), few.values("train/loss"));
  assert.deepEqual(many.values("unseen/loss"), few.values("unseen/loss"));
});

/** A folder of colored pictures and a grey one, which is left out, under `grey`. */
async function writeFolder(root: string, grey: string): Promise<void> {
  for (let index = 0; index < 10; index++) {
    const picture = plain(colorOf(40 + 7 * index), 20, 16).composite([
      {
        input: { create: { width: 9, height: 9, channels: 3, background: colorOf(index) } },
        left: index,
        top: 2,
      },
    ]);
    write(path.join(root, `c${index}.png`), await picture.png().toBuffer());
  }
  write(path.join(root, grey), await plain({ r: 90, g: 90, b: 90 }).png().toBuffer());
}

test("a file that is not used changes no number under another name, augmented or told by a classifier", async (context) => {
  const [folder, root] = [temporaryFolder(context), temporaryFolder(context)];
  await writeFolder(root, "z.png");
  const base = small({ dataset: folderConfig(root, { greyscale: "drop" }) });
  const augmented = {
    ...base,
    train: { ...base.train, augment: { flip: true, crop: 1.2, rotate: 5, zoom: 0 } },
  };
  const first = await run(folder, augmented);
  const told = await vectors(folder, base);
  renameSync(path.join(root, "z.png"), path.join(root, "a.png"));
  const again = await run(folder, augmented);
  assert.equal(again.fingerprint, first.fingerprint);
  assert.deepEqual(again.values("train/loss"), first.values("train/loss"));
  const toldAgain = await vectors(folder, base);
  assert.equal(toldAgain.asked, 0, "answers are kept");
  assert.deepEqual(toldAgain.byName, told.byName);

  const kept = path.join(
    folder,
    "cache",
    readdirSync(path.join(folder, "cache")).find((name) => name.endsWith(".f32"))!,
  );
  const bytes = readFileSync(kept);
  writeFileSync(kept, Buffer.concat([Buffer.of(bytes[0]! ^ 1), bytes.subarray(1)]));
  const mended = await vectors(folder, base);
  assert.ok(mended.asked > 0, "damaged answers are asked for again");
  assert.deepEqual(mended.byName, told.byName);
});

/** What a classifier says that answers with the mean red and green: by the name of each image that is used. */
async function vectors(runsFolder: string, experiment: Experiment) {
  const { signal } = new AbortController();
  const dataset = await openDataset(experiment, { runsFolder, output: silent, signal });
  let asked = 0;
  const asker = {
    size: 2,
    description: "means",
    fingerprint: "means",
    network: null,
    ask: async (rgb: Uint8Array) => {
      asked++;
      const bytes = 3 * dataset.size ** 2;
      const mean = (image: number, channel: number) => {
        const own = rgb.subarray(image * bytes, (image + 1) * bytes).filter((_, at) => at % 3 === channel);
        return own.reduce((sum, value) => sum + value, 0) / own.length;
      };
      return Float32Array.from({ length: 64 }, (_, at) => mean(Math.floor(at / 2), at % 2));
    },
    close: async () => {},
  };
  try {
    const values = await allVectors(asker, { dataset, runsFolder, output: silent, signal });
    const used = [...dataset.seen, ...dataset.unseen];
    const named = used.map((index) => [
      dataset.ids[index]!,
      Array.from(values.subarray(2 * index, 2 * index + 2)),
    ]);
    return { asked, byName: Object.fromEntries(named.sort(([a], [b]) => (a! < b! ? -1 : 1))) as object };
  } finally {
    dataset.close();
  }
}
