// Exported networks: what ONNX Runtime makes of them is what our engine makes of the network, at sizes of any kind.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { UserError } from "../../../src/errors.ts";
import type { ModelConfig } from "../../../src/experiment/experiment.ts";
import { ort } from "../../../src/onnxruntime.ts";
import { chooseCheckpoint } from "../../../src/runner/evaluation/choose-checkpoint.ts";
import { exportOnnx, type OnnxOptions } from "../../../src/runner/export/export-onnx.ts";
import { openTrainedNetwork, type TrainedNetwork } from "../../../src/runner/export/trained-network.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { faces, gamma, writeFaces, writeOnnx } from "../faces.ts";
import { drawn, pix2pix, trainedRun } from "./trained-runs.ts";

async function opened(t: TestContext, root: string, id: string) {
  const store = openStore(path.join(root, "runs"), { readonly: true });
  t.after(() => store.close());
  const run = store.getRun(id);
  const network = await openTrainedNetwork(run, chooseCheckpoint(store, run, "last"), store);
  const write = (name: string, more: Partial<OnnxOptions> = {}, changed: TrainedNetwork = network) => {
    const file = path.join(root, name);
    const options = {
      store,
      file,
      input: "rgb",
      dynamic: null,
      signal: new AbortController().signal,
      threads: 2,
      ...more,
    } as const;
    return exportOnnx(run, changed, options);
  };
  return { run, network, write };
}

/** Grey ramps: uint8 RGB [count, height, width, 3]. */
function ramps(count: number, height: number, width: number) {
  const rgb = Uint8Array.from(
    { length: count * height * width * 3 },
    (_, at) => (Math.floor(at / 3) * 5) % 256,
  );
  return { rgb: new ort.Tensor("uint8", rgb, [count, height, width, 3]) };
}

const attention = (form: "full" | "pooled") => ({ in: ["generator"], at: 8, form });
const cases: readonly (readonly [name: string, model: ModelConfig, size: number, step: number])[] = [
  ["alpha", { kind: "alpha" }, 16, 8],
  [
    "pix2pix to Lab, instance norm, attention, spectral norm",
    pix2pix({ norm: "instance", attention: attention("full"), spectral_norm: ["generator"] }),
    32,
    32,
  ],
  [
    "pix2pix to RGB, batch norm, pooled attention",
    pix2pix({ color: "rgb", attention: attention("pooled") }),
    32,
    32,
  ],
  ["pix2pix by each image's statistics", pix2pix({ evaluation: "batch_stats", depth: 5 }), 64, 32],
];

const alsoOthers = new Set(["alpha", "pix2pix to RGB, batch norm, pooled attention"]);

for (const [name, model, size, step] of cases) {
  test(`${name}: bytes and lightness, sizes open and fixed`, async (t) => {
    const root = temporaryFolder(t);
    const { run, write } = await opened(t, root, await trainedRun(root, drawn(model, size)));
    const found = await write("open.onnx");
    assert.ok("bytes" in found.difference && found.difference.bytes <= 1);
    assert.equal(found.size, `any, multiples of ${step}`);
    assert.equal(found.batch, "any");
    assert.equal(found.checked, "3 unseen images and 2 other sizes");

    const file = path.join(root, "open.onnx");
    const session = await ort.InferenceSession.create(file);
    assert.deepEqual(
      [...session.inputMetadata, ...session.outputMetadata].map(
        (each) => each.isTensor && [each.name, each.type, ...each.shape],
      ),
      [
        ["rgb", "uint8", "batch", "height", "width", 3],
        ["picture", "uint8", "batch", "height", "width", 3],
        ["ab", "float32", "batch", 2, "height", "width"],
      ],
    );
    const { picture, ab } = await session.run(ramps(2, step, 3 * step));
    assert.deepEqual(
      [picture!.dims, ab!.dims],
      [
        [2, step, 3 * step, 3],
        [2, 2, step, 3 * step],
      ],
    );
    const colors = picture!.data as Uint8Array;
    const spread = colors.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - colors[at - (at % 3)]!)),
      0,
    );
    assert.ok(spread > 10, `nothing is colored: ${spread}`);
    await assert.rejects(session.run(ramps(1, step, step + 1)), "a size that is no multiple is an error");
    const text = readFileSync(file).toString("latin1");
    for (const said of [run.id, run.datasetFingerprint, "drawn by Hueristic", "size_step"])
      assert.ok(text.includes(said), said);

    // The same picture by its lightness, and from a file of one size: of one network that makes Lab and one that makes RGB.
    if (!alsoOthers.has(name)) return;
    const light = await write("light.onnx", { input: "L" });
    const fixed = await write("fixed.onnx", { dynamic: false });
    assert.ok("bytes" in light.difference && light.difference.bytes <= 1);
    assert.deepEqual([fixed.size, fixed.batch], [`${size}x${size}`, "any"]);
    const both = [session, await ort.InferenceSession.create(path.join(root, "fixed.onnx"))];
    const [one, other] = await Promise.all(both.map((each) => each.run(ramps(2, size, size))));
    assert.deepEqual(other!.picture!.data, one!.picture!.data);
    assert.deepEqual(readdirSync(root).sort(), ["fixed.onnx", "light.onnx", "open.onnx", "runs"]);
  });
}

test("gamma has its teller in the file; a classifier gives probabilities", async (t) => {
  const root = temporaryFolder(t);
  await writeFaces(path.join(root, "celeba"));
  const teller = await trainedRun(root, faces(root, { kind: "classifier", width: 8 }, 1));
  const told = await trainedRun(root, faces(root, gamma({}, teller), 1));
  const along = await trainedRun(root, faces(root, gamma({ fine_tune: true }, teller), 1));
  for (const id of [told, along]) {
    const { network, write } = await opened(t, root, id);
    assert.ok(Object.keys(network.state).some((name) => /^(teller|classifier)\/labels\/kernel$/.test(name)));
    const found = await write(`${id}.onnx`, { dynamic: true });
    assert.ok("bytes" in found.difference && found.difference.bytes <= 1);
  }
  const { write } = await opened(t, root, teller);
  const found = await write("classifier.onnx");
  assert.ok("probability" in found.difference && found.difference.probability < 1e-4);
  const session = await ort.InferenceSession.create(path.join(root, "classifier.onnx"));
  const { probabilities } = await session.run(ramps(3, 24, 40));
  assert.deepEqual(probabilities!.dims, [3, 2]);

  // Trained on, it is another one than told gamma.
  const store = openStore(path.join(root, "runs"), { readonly: true });
  t.after(() => store.close());
  const run = store.getRun(told);
  const other = { ...run, teller: { ...run.teller!, fingerprint: "other" } };
  await assert.rejects(
    openTrainedNetwork(other, chooseCheckpoint(store, run, "last"), store),
    (error) => error instanceof UserError && /its weights are other ones now$/.test(error.message),
  );

  // An .onnx file cannot become part of another one.
  const weights = writeOnnx(root);
  const model = gamma({ classifier: { kind: "mobilenet_v2", weights, output: "classes" } });
  await assert.rejects(
    openTrainedNetwork(
      { ...run, teller: null, experiment: { ...run.experiment, model } },
      chooseCheckpoint(store, run, "last"),
      store,
    ),
    (error) =>
      error instanceof UserError &&
      /got gamma, told by mean\.onnx, 3 numbers: an \.onnx file cannot become part of another one$/.test(
        error.message,
      ),
  );
});

test("what differs from our engine is not written", async (t) => {
  const root = temporaryFolder(t);
  const { network, write } = await opened(t, root, await trainedRun(root, drawn({ kind: "alpha" }, 16)));
  const { add, mul } = await import("@tensorflow/tfjs-core");
  let calls = 0;
  // The graph is lowered by five calls, then the engine asks.
  const changing: TrainedNetwork = {
    ...network,
    predict: (weights, luma) => add(network.predict(weights, luma), ++calls > 5 ? 0.2 : 0),
  };
  await assert.rejects(
    write("wrong.onnx", {}, changing),
    (error) =>
      error instanceof UserError &&
      /wrong\.onnx: not written: ONNX Runtime is up to \d+\/255 from/.test(error.message),
  );
  assert.deepEqual(readdirSync(root), ["runs"]);

  const stopped = new AbortController();
  stopped.abort();
  await assert.rejects(write("stopped.onnx", { signal: stopped.signal }));
  assert.deepEqual(readdirSync(root), ["runs"]);

  // One that hangs on the size is exported for its own, or refused where all are asked for.
  const fixed: TrainedNetwork = {
    ...network,
    predict: (weights, luma) => mul(network.predict(weights, luma), luma.shape[2]! / (luma.shape[1]! + 8)),
  };
  await assert.rejects(
    write("any.onnx", { dynamic: true }, fixed),
    (error) =>
      error instanceof UserError &&
      /--dynamic: expected a network that takes pictures of any size/.test(error.message),
  );
  assert.ok(!existsSync(path.join(root, "any.onnx")));
  assert.equal((await write("own.onnx", {}, fixed)).size, "16x16");
});
