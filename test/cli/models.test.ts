// hueristic models: what it prints, for people at 80 columns and for scripts, and what it refuses.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { modelsCommand } from "../../src/cli/commands/models.ts";
import { modelsShowCommand } from "../../src/cli/commands/models-show.ts";
import type { Context } from "../../src/cli/context.ts";
import { modelExperiment } from "../../src/cli/target/model-experiment.ts";
import { UserError } from "../../src/errors.ts";
import { colorsOf, silent } from "../../src/output.ts";
import { formatRough } from "../../src/runs/format/numbers.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { callCli } from "./call-cli.ts";
import { runCli } from "./run-cli.ts";

const usual = { runs: "runs", debug: false };

async function printed(width: number | null, run: (context: Context) => Promise<number>): Promise<string> {
  let text = "";
  const context: Context = {
    output: silent,
    print: (more) => {
      text += more;
    },
    printAll: async () => assert.fail(),
    colors: colorsOf({ isTTY: false }, {}),
    width,
    now: () => 0,
    reportError: (thrown) => {
      throw thrown;
    },
  };
  assert.equal(await run(context), 0);
  return text;
}

const show = (model: readonly string[], { width = 80, json = false } = {}) =>
  printed(width, (context) => modelsShowCommand.run({ ...usual, model, json }, context));

const list = (width: number | null, options: { size?: number; json?: boolean } = {}) =>
  printed(width, (context) =>
    modelsCommand(() => {}).run({ ...usual, command: undefined, json: false, size: 64, ...options }, context),
  );

test("counts have three or four digits", () => {
  assert.deepEqual([0, 999, 1000, 32_202, 999_949, 999_950, 54_413_955, 4.5e9].map(formatRough), [
    "0",
    "999",
    "1.0K",
    "32.2K",
    "999.9K",
    "1.0M",
    "54.4M",
    "4.5G",
  ]);
});

test("all networks at 80 columns, and what was assumed about them", async () => {
  assert.equal(
    await list(80),
    `model         parameters    multiply-adds  description
alpha              32.2K            12.5M  The smallest encoder and decoder; me…
beta                3.9M           474.8M  Plain convolutional encoder and deco…
gamma               6.5M           611.3M  Encoder and decoder with a classifie…
pix2pix     29.2M + 2.8M  366.0M + 173.3M  A U-Net trained against a discrimina…
classifier        593.6K            75.8M  Learns labels of grey pictures: cate…

for one image of 64x64
gamma: with a classifier that tells it 1000 numbers and is not counted
pix2pix: generator + discriminator
classifier: with 80 labels
`,
  );
  const wide = await list(null, { size: 256 });
  assert.match(wide, /^pix2pix +54\.4M \+ 2\.8M .* Isola et al\. 2017; junyanz/m);
  assert.match(wide, /^for one image of 256x256$/m);
});

test("all networks for a script", async () => {
  const models = JSON.parse(await list(80, { json: true, size: 128 }));
  assert.deepEqual(
    models.map(({ model, parameters }: { model: string; parameters: number }) => [model, parameters]),
    [
      ["alpha", 32_202],
      ["beta", 3_892_194],
      ["gamma", 6_541_202],
      ["pix2pix", 41_824_898 + 2_765_633],
      ["classifier", 593_584],
    ],
  );
  const [, beta, , pix2pix] = models;
  assert.deepEqual(
    pix2pix.parts.map(({ name, parameters }: { name: string; parameters: number }) => [name, parameters]),
    [
      ["generator", 41_824_898],
      ["discriminator", 2_765_633],
    ],
  );
  assert.deepEqual([beta.imageSize, beta.bytes, beta.assumed], [128, 4 * 3_892_194, null]);
  assert.equal(pix2pix.multiplyAdds, pix2pix.parts[0].multiplyAdds + pix2pix.parts[1].multiplyAdds);
});

test("the layers of one network", async () => {
  assert.equal(
    await show(["alpha"]),
    `alpha
The smallest encoder and decoder; mean squared error of the chroma.
emilwallner/Coloring-greyscale-images, alpha version
for images of 64x64

layer  type           output  parameters  mult-adds
conv1  conv 3x3 s2   32x32x8          80      73.7K
conv2  conv 3x3      32x32x8         584     589.8K
conv3  conv 3x3     32x32x16       1,168       1.2M
conv4  conv 3x3 s2  16x16x16       2,320     589.8K
conv5  conv 3x3     16x16x32       4,640       1.2M
conv6  conv 3x3 s2    8x8x32       9,248     589.8K
conv7  conv 3x3     16x16x32       9,248       2.4M
conv8  conv 3x3     32x32x16       4,624       4.7M
conv9  conv 3x3      64x64x2         290       1.2M

trainable parameters    32,202
multiply-adds per image 12,460,032, forward
weights as float32      126 KiB
`,
  );
});

test("the two networks of pix2pix apart, at most 80 columns wide whatever is asked for", async () => {
  const plain = await show(["pix2pix", "model.color=rgb", "image.size=256", "train.batch_size=1"]);
  assert.match(plain, /^generator\nlayer .*\ndown1 +conv 4x4 s2 +128x128x64 +1,024 +16\.8M$/m);
  assert.match(plain, /^up1 +transposed conv 4x4 s2 +256x256x3 +6,147 +100\.7M$/m);
  assert.match(plain, /^54,411,907 parameters, 6\.0G multiply-adds\n\ndiscriminator\nlayer /m);
  assert.match(plain, /^scale1\/conv5 +conv 4x4 +30x30x1 +8,193 +7\.4M\n2,766,657 parameters, /m);
  assert.match(plain, /^trainable parameters +57,178,564$/m);
  assert.match(plain, /^weights as float32 +218 MiB$/m);

  const everything = await show([
    "pix2pix",
    "image.size=512",
    "discriminator={scales: 3}",
    "attention={in: [generator, discriminator], at: 64}",
    "spectral_norm=[generator, discriminator]",
  ]);
  for (const line of [...plain.split("\n"), ...everything.split("\n")]) assert.ok(line.length <= 80, line);
  assert.match(everything, /^scale3\/attention +self-attention, full +65x65x64 /m);
});

test("a network for a script: exact numbers, whole types, its settings", async () => {
  const { parts, parameters, settings } = JSON.parse(await show(["pix2pix", "width=16"], { json: true }));
  assert.equal(settings.width, 16);
  assert.deepEqual(parts[0].layers[0], {
    name: "down1",
    type: "convolution 4x4 s2",
    output: [32, 32, 16],
    parameters: 256,
    multiplyAdds: 262_144,
  });
  assert.equal(parameters, parts[0].parameters + parts[1].parameters);
});

test("gamma is told as many numbers as its classifier has", async () => {
  const parametersWith = async (...settings: string[]) =>
    JSON.parse(await show(["gamma", ...settings], { json: true })).parameters;
  const classifier = (kind: string, output: string) =>
    `model.classifier={kind: ${kind}, weights: never-opened.onnx, output: ${output}}`;
  assert.equal(await parametersWith(), 6_541_202);
  assert.equal(await parametersWith(classifier("mobilenet_v2", "classes")), 6_541_202);
  assert.equal(await parametersWith(classifier("mobilenet_v2", "features")), 6_612_882);
  assert.equal(await parametersWith(classifier("inception_resnet_v2", "features")), 6_541_202 + 536 * 256);
});

test('keys of the model need no "model.", others keep their section', () => {
  const { model, seed, image } = modelExperiment("pix2pix", ["color=rgb", "seed=3", "image.size=128"]);
  assert.deepEqual([model.kind === "pix2pix" && model.color, seed, image.size], ["rgb", 3, 128]);
  const refused = (...settings: string[]) => {
    assert.throws(
      () => modelExperiment("pix2pix", settings.slice(0, -1)),
      (error) => error instanceof UserError && error.message === settings.at(-1),
    );
  };
  refused(
    "image.size=96",
    "depth=7",
    "command line: model.depth: expected at most 5 halvings for images of 96x96, got 7",
  );
  refused(
    "depht=7",
    "command line: model.depht: unknown key, did you mean depth? (known: kind, color, width, depth, norm, dropout, gan_loss, l1_weight, discriminator, attention, spectral_norm, evaluation)",
  );
  refused(
    "size=128",
    "command line: size: unknown key, did you mean image.size? (known: extends, name, description, tags, seed, engine, device, precision, deterministic, model, dataset, image, train, samples, checkpoint, log, metrics, evaluate, report)",
  );
  refused(
    "image.size=80",
    "command line: image.size: expected a multiple of 32 for the model pix2pix, got 80",
  );
  refused("=7", 'command line: expected key.path=value, got "=7"');
});

test("as a program: experiment files, help, and one line for every misuse", async (t) => {
  const cwd = temporaryFolder(t);
  mkdirSync(path.join(cwd, "mine"));
  writeFileSync(path.join(cwd, "mine/small.yaml"), "model: alpha\ndataset: {kind: folder, root: nowhere}\n");
  const cases: [string[], number, RegExp][] = [
    [["--help"], 0, /^Examples:\n {2}hueristic models /m],
    [["show", "--help"], 0, /^Examples:\n {2}hueristic models show /m],
    [["show", "mine/small.yaml", "image.size=32"], 0, /^trainable parameters +32,202$/m],
    [
      ["show", "mine/smal.yaml"],
      2,
      /^error: mine\/smal\.yaml: .*no such file, did you mean small\.yaml\?\n$/,
    ],
    [["show"], 2, /^error: models show: expected a model or an experiment file \(known: alpha, .*\)\n$/],
    [
      ["show", "pix2pxi"],
      2,
      /^error: models show: unknown model "pix2pxi", did you mean pix2pix\? \(known: alpha, beta, gamma, pix2pix, classifier\)\n$/,
    ],
    [["show", "alpha", "beta"], 2, /^error: models show: expected one model or file, got alpha, beta\n$/],
    [
      ["show", "alpha", "image.size=12"],
      2,
      /^error: command line: image\.size: expected a multiple of 8 for the model alpha, got 12\n$/,
    ],
    [
      ["pix2pix"],
      2,
      /^error: models: unknown command pix2pix; did you mean hueristic models show pix2pix\?\n$/,
    ],
    [["shwo"], 2, /^error: models: unknown command shwo; did you mean hueristic models show\?\n$/],
    [["--size", "50"], 2, /^error: models: --size: expected a multiple of 32, from 32 to 1024, got 50\n$/],
    [["--size", "x"], 2, /^error: --size: expected a number, got "x"\n$/],
    [["show", "beta", "--jsn"], 2, /^error: unknown option --jsn; did you mean --json\?/],
  ];
  await Promise.all(
    cases.map(async ([args, expected, text]) => {
      const cli = args.includes("--help") ? runCli : callCli;
      const { code, stdout, stderr } = await cli(["models", ...args], { cwd });
      assert.equal(code, expected, `${args.join(" ")}\n${stderr}`);
      assert.match(code === 0 ? stdout : stderr, text);
      assert.equal(code === 0 ? stderr : stdout, "");
    }),
  );
});
