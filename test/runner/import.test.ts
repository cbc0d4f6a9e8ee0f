// Networks that PyTorch wrote (test/golden/make_pix2pix_files.py), taken over: they give PyTorch's numbers, and what is no such
// network is refused.

import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import { readCheckpoint } from "../../src/runner/checkpoints.ts";
import { chooseCheckpoint } from "../../src/runner/evaluation/choose-checkpoint.ts";
import { exportDiscriminator, exportSafetensors } from "../../src/runner/export/export-safetensors.ts";
import { openTrainedNetwork } from "../../src/runner/export/trained-network.ts";
import { importPix2pix } from "../../src/runner/import/import-run.ts";
import { openPth } from "../../src/runner/import/read-pth.ts";
import { openPredictor } from "../../src/runner/open-predictor.ts";
import { readTensors } from "../../src/runner/safetensors.ts";
import {
  discriminatorLayers,
  generatorLayers,
  type NamedLayer,
} from "../../src/runner/weight-files/pix2pix-layers.ts";
import { openStore } from "../../src/store/open-store.ts";
import { callCli } from "../cli/call-cli.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { drawn, pix2pix, trainedRun } from "./export/trained-runs.ts";

type Golden = {
  readonly files: Readonly<Record<string, string>>;
  readonly generators: readonly {
    readonly file: string;
    readonly depth: number;
    readonly width: number;
    readonly norm: string;
    readonly every: number;
    readonly output: readonly number[];
  }[];
  readonly names: Readonly<Record<"unet_256" | "basic", readonly (readonly [string, readonly number[]])[]>>;
  readonly views: {
    readonly file: string;
    readonly tensors: Readonly<
      Record<string, { readonly shape: readonly number[]; readonly values: readonly number[] }>
    >;
  };
};

const golden: Golden = JSON.parse(
  readFileSync(new URL("../golden/pix2pix-files.json", import.meta.url), "utf8"),
);

function written(folder: string): (name: string) => string {
  for (const [name, packed] of Object.entries(golden.files))
    writeFileSync(path.join(folder, name), inflateSync(Buffer.from(packed, "base64")));
  return (name) => path.join(folder, name);
}

const usual = { discriminator: null, name: null, size: null, evaluation: "running" } as const;
const picture = Float32Array.from({ length: 32 * 32 }, (_, index) => ((37 * index) % 101) / 50 - 1);

test("imported generators give what PyTorch gives, of every norm, number format and protocol", async (t) => {
  const folder = temporaryFolder(t);
  const at = written(folder);
  const store = openStore(path.join(folder, "runs"));
  t.after(() => store.close());
  for (const { file, depth, width, norm, every, output } of golden.generators) {
    const { id, experiment } = await importPix2pix(store, { ...usual, generator: at(file) });
    const { model, image } = experiment;
    assert.ok(model.kind === "pix2pix");
    assert.deepEqual([model.depth, model.width, model.norm, image.size], [depth, width, norm, 32]);
    const run = store.getRun(id);
    const predictor = await openPredictor(run, chooseCheckpoint(store, run, "last"), {
      store,
      device: "cpu",
      size: null,
    });
    const found = await predictor.predict(() => picture);
    await predictor.close();
    // Theirs is [channel, pixel], ours [pixel, channel].
    const worst = Math.max(
      ...output.map((wanted, index) => {
        const place = index * every;
        return Math.abs(found[2 * (place % 1024) + Math.floor(place / 1024)]! - wanted);
      }),
    );
    assert.ok(worst < 1e-5, `${file}: ${worst}`);
    assert.ok(Math.max(...output.map(Math.abs)) > 0.1, "the network says something");
  }
});

test("names and shapes are those of their networks, counters aside", () => {
  const listed = (layers: readonly NamedLayer[]) =>
    layers.flatMap(({ theirs, shape, bias, norm, outputs }) => [
      [`${theirs}.weight`, [...shape]],
      ...(bias ? [[`${theirs}.bias`, [outputs]]] : []),
      ...(norm === null
        ? []
        : ["weight", "bias", "running_mean", "running_var"].map((word) => [`${norm}.${word}`, [outputs]])),
    ]);
  const wanted = (names: Golden["names"]["basic"]) =>
    names.filter(([name]) => !name.endsWith("num_batches_tracked"));
  const sorted = (list: readonly unknown[]) => list.map((each) => JSON.stringify(each)).sort();
  const widths = { width: 64, norm: "batch" } as const;
  const generator = generatorLayers(8, { ...widths, inputs: 1, outputs: 2 });
  assert.deepEqual(sorted(listed(generator)), sorted(wanted(golden.names.unet_256)));
  const judge = discriminatorLayers(3, { ...widths, inputs: 3 });
  assert.deepEqual(sorted(listed(judge)), sorted(wanted(golden.names.basic)));
});

test("tensors of .pth files: strided, shared, of every floating-point format", async (t) => {
  const at = written(temporaryFolder(t));
  const file = await openPth(at(golden.views.file));
  const { tensors } = golden.views;
  assert.deepEqual(Object.keys(file.tensors), Object.keys(tensors));
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    assert.deepEqual(file.tensors[name]!.shape, shape, name);
    assert.deepEqual([...(await file.tensors[name]!.read())], values.map(Math.fround), name);
  }
  file.close();
  const whole = await openPth(at("whole-number.pth"));
  await assert.rejects(whole.tensors.a!.read(), /: a: expected floating-point numbers, got I64$/);
  whole.close();
});

test("what is no network of theirs is refused in one line, and nothing of a pickle is run", async (t) => {
  const folder = temporaryFolder(t);
  const at = written(folder);
  const cut = at("cut.pth");
  writeFileSync(cut, readFileSync(at("batch.pth")).subarray(0, 9000));
  writeFileSync(at("text.pth"), "no weights");
  const entry = readFileSync(at("batch.pth")).indexOf("PK\x01\x02");
  for (const [name, place] of [
    ["flipped.pth", entry + 16], // its checksum
    ["directory.pth", entry],
  ] as const) {
    const bytes = readFileSync(at("batch.pth"));
    bytes[place]! ^= 1;
    writeFileSync(at(name), bytes);
  }
  const [generator] = golden.generators;
  const refused: [string, RegExp][] = [
    ["two-inputs.pth", /: model\.model\.0\.weight: expected one channel that comes in, lightness, got 3/],
    [
      "discriminator.pth",
      /: expected a U-Net of .*, whose first weight is model\.model\.0\.weight, got model\.0\.weight$/,
    ],
    ["views.pth", /: expected a U-Net of .* got turned$/],
    [
      "evil.pth",
      /: refused: its pickle names (posix|nt)\.system, which no tensors need; only tensors are read/,
    ],
    ["evil-4.pth", /: refused: its pickle names (posix|nt)\.system,/],
    ["network.pth", /: refused: its pickle names torch\.nn\.modules\.conv\.Conv2d,/],
    ["repeated.pth", /: refused: it has a tensor that does not lie in its storage, or repeats its numbers$/],
    ["old.pth", /: is in the format of PyTorch before 1\.6, which is not read; in Python: /],
    ["packed.pth", /: expected a zip that is not packed/],
    ["big-endian.pth", /: expected little-endian numbers/],
    ["cut.pth", /: no zip that can be read/],
    ["directory.pth", /: no zip that can be read/],
    ["flipped.pth", /: \w+\/data\.pkl: its checksum differs: it was damaged after it was written$/],
    ["text.pth", /: expected a \.pth file as torch\.save writes it/],
    ["nowhere.pth", /: expected a file of weights, which does not exist$/],
  ];
  for (const [name, words] of refused) {
    const { code, stderr } = await callCli(["import", name, "--as", "pix2pix"], { cwd: folder });
    assert.equal(code, 2, name);
    assert.match(stderr.trimEnd(), words);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  }
  assert.equal(existsSync("/tmp/hueristic-was-here"), false);
  const sized = ["import", generator!.file, "--as", "pix2pix", "--size", "48"];
  assert.match((await callCli(sized, { cwd: folder })).stderr, /image\.size|multiple|halvings/);
  const { stdout } = await callCli(["list", "--json"], { cwd: folder });
  assert.equal(stdout.trim(), "[]");
});

test("a run that was imported is listed, measured, colored with and reported; it cannot be trained on", async (t) => {
  const cwd = temporaryFolder(t);
  written(cwd);
  const call = (...args: string[]) => callCli(args, { cwd });
  const imported = await call(
    "import",
    "batch.pth",
    "--discriminator",
    "discriminator.pth",
    "--as",
    "pix2pix",
    "--name",
    "theirs",
  );
  assert.equal(imported.code, 0, imported.stderr);
  assert.match(
    imported.stdout,
    /^run \w+: theirs, pix2pix for 32x32 \([\d,]+ parameters\), trained elsewhere\n/,
  );
  const shown = await call("show", "theirs");
  assert.match(shown.stdout, /epoch +not known: trained elsewhere/);
  assert.match(shown.stdout, /data set +images elsewhere, of "batch\.pth"/);
  assert.match(shown.stdout, /import {2}discriminator\.pth, SHA-256 [0-9a-f]{64}/);
  const images =
    "name: drawn\nmodel: alpha\ndataset: { kind: synthetic, count: 6 }\nimage: { size: 32 }\ntrain: { batch_size: 2 }\n";
  writeFileSync(path.join(cwd, "drawn.yaml"), images);
  const measured = await call("evaluate", "theirs", "--on", "drawn.yaml", "--metrics", "psnr", "--json");
  assert.equal(measured.code, 0, measured.stderr);
  assert.match(measured.stderr, /whether images were trained on is not known, as it was trained elsewhere/);
  assert.ok(Number.isFinite(JSON.parse(measured.stdout)[0].values["drawn/psnr"]));
  const alone = await call("evaluate", "theirs");
  assert.deepEqual(
    [alone.code, /trained elsewhere .*evaluate --on/.test(alone.stderr)],
    [2, true],
    alone.stderr,
  );
  for (const more of [[], ["train.epochs=3"]]) {
    const resumed = await call("run", "--resume", "theirs", ...more);
    assert.equal(resumed.code, 2);
    assert.match(resumed.stderr, /was trained elsewhere and imported: it cannot be trained on here/);
  }
  assert.equal((await call("report", "theirs", "--out", "theirs.html")).code, 0);
  const page = readFileSync(path.join(cwd, "theirs.html"), "utf8");
  assert.match(page, /trained elsewhere and imported from batch\.pth\./);
  assert.match(page, /npx hueristic import batch\.pth/);
  writeFileSync(
    path.join(cwd, "elsewhere.yaml"),
    images.replace("synthetic, count: 6", "elsewhere, file: a, sha256: b"),
  );
  const asked = await call("run", "elsewhere.yaml");
  assert.equal(asked.code, 2);
  assert.match(asked.stderr, /dataset\.kind: expected .*synthetic.*, got .*elsewhere/);
});

test("a generator by their names comes back as it was; what theirs has not is refused", async (t) => {
  const root = temporaryFolder(t);
  const id = await trainedRun(root, drawn(pix2pix({ norm: "instance" }), 32));
  const store = openStore(path.join(root, "runs"));
  t.after(() => store.close());
  const run = store.getRun(id);
  const checkpoint = chooseCheckpoint(store, run, "last");
  const network = await openTrainedNetwork(run, checkpoint, store);
  const file = path.join(root, "net_G.safetensors");
  await exportSafetensors(run, network, { store, file, names: "pix2pix" });
  const { metadata } = readTensors(file);
  assert.deepEqual([metadata.num_downs, metadata.ngf, metadata.norm], ["5", "8", "instance"]);
  const judge = path.join(root, "net_D.safetensors");
  await exportDiscriminator(run, checkpoint, { store, file: judge });
  const back = await importPix2pix(store, { ...usual, generator: file, discriminator: judge });
  const { state } = readCheckpoint(chooseCheckpoint(store, store.getRun(back.id), "last").file);
  const was = Object.entries(readCheckpoint(checkpoint.file).state);
  const weights = was.filter(([name]) => name in network.state || /^discriminator\/scale1\//.test(name));
  assert.deepEqual(state, Object.fromEntries(weights));
  const none = await importPix2pix(store, { ...usual, generator: file });
  const alone = store.getRun(none.id);
  await assert.rejects(
    exportDiscriminator(alone, chooseCheckpoint(store, alone, "last"), { store, file: judge }),
    /--names pix2pix: expected a discriminator, got none, as it was imported without one$/,
  );

  for (const [changed, words] of [
    [{ spectral_norm: ["generator"] }, /--names pix2pix: expected a generator without spectral norm/],
    [{ attention: { in: ["generator"], at: 8, form: "full" } }, /expected a generator without attention/],
  ] as const) {
    const other = { ...run, experiment: { ...run.experiment, model: pix2pix(changed) } };
    const refused = exportSafetensors(other, network, { store, file: `${file}.2`, names: "pix2pix" });
    await assert.rejects(refused, { name: "UserError", message: words });
  }
});
