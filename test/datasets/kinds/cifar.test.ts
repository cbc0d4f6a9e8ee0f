// CIFAR's files as Python wrote them (test/golden/make_cifar.py), three pictures each, in both packings.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { inflateSync } from "node:zlib";
import { cifar10, cifar100 } from "../../../src/datasets/kinds/cifar.ts";
import { UserError } from "../../../src/errors.ts";
import { completeExperiment } from "../../../src/experiment/complete-experiment.ts";
import { pixelsOf, prepare, temporaryFolder } from "../pictures.ts";

const golden = JSON.parse(readFileSync(new URL("../../golden/cifar.json", import.meta.url), "utf8")) as {
  readonly files: Readonly<Record<string, string>>;
  readonly secondOfBatch2: string;
};
const inflated = (text: string) => inflateSync(Buffer.from(text, "base64"));

/** A folder with the files of `folders`. */
function rootWith(t: TestContext, ...folders: string[]): string {
  const root = temporaryFolder(t);
  for (const [name, text] of Object.entries(golden.files)) {
    if (!folders.includes(path.dirname(name))) continue;
    mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(root, name), inflated(text));
  }
  return root;
}

const configOf = (dataset: object) =>
  completeExperiment({ dataset, samples: { seen: 1, unseen: 1 }, train: { batch_size: 1 } }).dataset;

async function listed(
  dataset: { readonly kind: "cifar10" | "cifar100"; readonly [key: string]: unknown },
  labels = false,
) {
  const config = configOf(dataset);
  if (config.kind === "cifar10") return cifar10.list(config, { labels });
  assert.ok(config.kind === "cifar100");
  return cifar100.list(config, { labels });
}

for (const folder of ["cifar-10-batches-bin", "cifar-10-batches-py"])
  test(`${folder}: pictures and classes as numpy reads them`, async (t) => {
    const root = rootWith(t, folder);
    const { items, labels } = await listed({ kind: "cifar10", root, unseen_split: "test" }, true);
    assert.equal(items.length, 18);
    assert.deepEqual(
      [items[3]!.id, items[3]!.side, items[17]!.id, items[17]!.side],
      ["data_batch_2/00000", "seen", "test_batch/00002", "unseen"],
    );
    const shown = items.map(
      (_, place) => labels!.names[labels!.flags.subarray(place * labels!.names.length).indexOf(1)],
    );
    assert.deepEqual(shown.slice(0, 6), ["automobile", "truck", "airplane", "bird", "truck", "airplane"]);
    assert.deepEqual(shown.slice(15), ["frog", "ship", "ship"]);
    assert.deepEqual(labels!.names, [
      "airplane",
      "automobile",
      "bird",
      "cat",
      "deer",
      "dog",
      "frog",
      "ship",
      "truck",
    ]);

    const config = configOf({ kind: "cifar10", root: path.join(root, folder) });
    const prepared = await prepare(t, config, temporaryFolder(t), { size: 32 });
    const place = prepared.ids.indexOf("data_batch_2/00001");
    assert.deepEqual(Buffer.from(pixelsOf(prepared, [place])), inflated(golden.secondOfBatch2));
    const larger = await prepare(t, config, temporaryFolder(t), { size: 64 });
    assert.equal(larger.images[place]!.hash, prepared.images[place]!.hash, "the same picture at any size");
  });

test("classes by name, of CIFAR-100 fine or coarse", async (t) => {
  const root = rootWith(t, "cifar-10-batches-py", "cifar-100-python");
  const ids = async (dataset: Parameters<typeof listed>[0]) =>
    (await listed(dataset)).items.map(({ id }) => id);
  assert.deepEqual(await ids({ kind: "cifar10", root, split: "test", classes: ["ship"] }), [
    "test_batch/00001",
    "test_batch/00002",
  ]);
  const hundred = { kind: "cifar100", root, split: "all" } as const;
  assert.deepEqual(await ids({ ...hundred, classes: ["fine 99"] }), ["train/00000", "test/00001"]);
  assert.deepEqual(await ids({ ...hundred, classes: ["coarse 2"], labels: "coarse" }), ["train/00002"]);
  const binary = rootWith(t, "cifar-100-binary");
  assert.deepEqual(await ids({ ...hundred, root: binary, classes: ["coarse 2"], labels: "coarse" }), [
    "train/00002",
  ]);
  const { labels } = await listed({ ...hundred, root: binary, labels: "coarse" }, true);
  assert.deepEqual(labels!.names, ["coarse 0", "coarse 2", "coarse 4", "coarse 19"]);
});

test("what is wrong is one line that names the file", async (t) => {
  const root = rootWith(t, "cifar-10-batches-py", "cifar-10-batches-bin");
  const refused = (dataset: Parameters<typeof listed>[0], expected: RegExp, labels = false) =>
    assert.rejects(
      listed(dataset, labels),
      (error) => error instanceof UserError && expected.test(error.message) && !error.message.includes("\n"),
    );
  const ten = { kind: "cifar10", root } as const;
  await refused(
    { ...ten, classes: ["shp"] },
    /^dataset\.classes: expected a known class, got "shp"; did you mean "ship"\?/,
  );
  await refused(
    { ...ten, kind: "cifar100" },
    /^dataset\.root: expected cifar-100-binary or cifar-100-python in .*, as unpacked, got neither$/,
  );
  await refused(
    { ...ten, classes: ["ship"], split: "test" },
    /^dataset\.classes: expected at least 2 to tell apart, got 1$/,
    true,
  );
  writeFileSync(path.join(root, "cifar-10-batches-bin/data_batch_3.bin"), Buffer.alloc(5000));
  await refused(
    ten,
    /data_batch_3\.bin: expected records of 3073 bytes, got 5000 bytes: not whole, or another file$/,
  );
  rmSync(path.join(root, "cifar-10-batches-bin"), { recursive: true });
  const pickle = path.join(root, "cifar-10-batches-py/data_batch_3");
  for (const [bytes, expected] of [
    [
      Buffer.from("\x80\x02cposix\nsystem\n(U\x04truetR.", "latin1"),
      /data_batch_3: refused: its pickle names posix\.system, which no pictures need/,
    ],
    [
      readFileSync(pickle).subarray(0, 5000),
      /data_batch_3: not a pickle that can be read: it ends too early$/,
    ],
    [
      Buffer.from("\x80\x02}.", "latin1"),
      /data_batch_3: expected `data`, uint8 of 3072 columns, got something else$/,
    ],
    [
      // Tuples of tuples, 2 to the power of 60 of them as text.
      Buffer.from(`\x80\x02)q\0${"h\0h\0\x86q\0".repeat(60)})R.`, "latin1"),
      /data_batch_3: refused: its pickle calls a list in a way that numpy does not$/,
    ],
    [Buffer.alloc(0), /data_batch_3: not a pickle that can be read: it ends too early$/],
  ] as const) {
    writeFileSync(pickle, bytes);
    await refused(ten, expected);
  }
});
