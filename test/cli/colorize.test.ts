// hueristic colorize, with networks that were trained for a moment: what comes out of files, and what is
// refused.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type TestContext, test } from "node:test";
import sharp from "sharp";
import { openNetwork } from "../../src/cli/target/coloring-network.ts";
import { rgbToLab } from "../../src/color/lab.ts";
import { srgbLuminanceOfRgb } from "../../src/color/luminance.ts";
import { decodeSrgb } from "../../src/color/srgb.ts";
import { drawScene } from "../../src/datasets/scenes/scenes.ts";
import { completeExperiment } from "../../src/experiment/complete-experiment.ts";
import { experimentToYaml } from "../../src/experiment/text/experiment-to-yaml.ts";
import { randomStream } from "../../src/random.ts";
import { openStore } from "../../src/store/open-store.ts";
import { experiment } from "../store/fixtures.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { callCli } from "./call-cli.ts";
import { program } from "./run-cli.ts";

/** A folder with two runs that were trained for a moment: `tiny` gives chroma, `picture` gives RGB. */
async function trainedFolder(t: TestContext): Promise<string> {
  const cwd = temporaryFolder(t);
  const small = { ...experiment.dataset, count: 6 } as typeof experiment.dataset;
  const common = { ...experiment, dataset: small };
  const ofPicture = completeExperiment(
    { dataset: "synthetic", model: { kind: "pix2pix", color: "rgb", width: 4 }, image: { size: 32 } },
    "test",
  );
  const experiments = [
    { ...common, model: { kind: "alpha" } as const, name: "tiny" },
    { ...common, model: ofPicture.model, name: "picture" },
  ];
  for (const each of experiments) writeFileSync(path.join(cwd, `${each.name}.yaml`), experimentToYaml(each));
  const trained = await callCli(["run", "tiny.yaml", "picture.yaml"], { cwd });
  assert.equal(trained.code, 0, trained.stderr);
  return cwd;
}

/** A drawn scene as sRGB of 8 bits. */
const scene = (width: number, height: number) =>
  sharp(drawScene(1, 0, 64), { raw: { width: 64, height: 64, channels: 3 } }).resize(width, height, {
    fit: "fill",
  });

async function lightness(file: string | Buffer): Promise<Float32Array> {
  const rgb = await sharp(file, { autoOrient: true }).toColourspace("srgb").removeAlpha().raw().toBuffer();
  return rgbToLab(rgb).filter((_, at) => at % 3 === 0);
}

function meanDifference(a: Float32Array, b: Float32Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((sum, value, at) => sum + Math.abs(value - b[at]!), 0) / a.length;
}

test("files become colored files: lightness, depth, transparency, orientation, format and metadata stay", async (t) => {
  const cwd = await trainedFolder(t);
  const inputs = path.join(cwd, "in");
  mkdirSync(path.join(inputs, "deeper"), { recursive: true });
  const at = (name: string) => path.join(inputs, name);
  const grey = await scene(150, 90).greyscale().normalise().toColourspace("b-w").raw().toBuffer();
  const greyImage = () => sharp(grey, { raw: { width: 150, height: 90, channels: 1 } });
  await greyImage().toColourspace("b-w").png().toFile(at("grey.png"));
  const ramp = Uint16Array.from({ length: 120 * 50 }, (_, place) => 200 + 500 * (place % 120) + place);
  const deep = sharp(ramp, { raw: { width: 120, height: 50, channels: 1 } }).toColourspace("grey16");
  await deep.png().toFile(at("deep.png"));
  await scene(80, 60).ensureAlpha(0.25).png().toFile(at("alpha.png"));
  await scene(100, 70)
    .jpeg({ quality: 95 })
    .withMetadata({ orientation: 6 })
    .withExifMerge({ IFD0: { Artist: "A. Photographer" } })
    .toFile(at("deeper/turned.jpg"));
  const toned = Uint8Array.from({ length: 3 * grey.length }, (_, place) => {
    const value = grey[Math.floor(place / 3)]!;
    return [0.75 * value + 60, 0.65 * value + 50, 0.5 * value + 35][place % 3]!;
  });
  await sharp(toned, { raw: { width: 150, height: 90, channels: 3 } })
    .tiff({ compression: "lzw" })
    .toFile(at("sepia.tif"));
  writeFileSync(at("broken.jpg"), "no picture");
  writeFileSync(at("notes.txt"), "no picture either");

  const args = ["colorize", "in", "missing.png", "--run", "tiny", "--out", "out"];
  const first = await callCli(args, { cwd });
  assert.equal(first.code, 1, first.stderr);
  assert.match(first.stderr, /error: in\/broken\.jpg: not an image that can be read\n/);
  assert.match(first.stderr, /error: missing\.png: does not exist\n/);
  assert.match(
    first.stderr,
    /5 colored; 1 of them faded.*; 2 of them in color before.*; 2 could not be; in out\n/,
  );
  const made = (name: string) => path.join(cwd, "out", name);
  assert.deepEqual(readdirSync(path.join(cwd, "out")).sort(), [
    "alpha.png",
    "deep.png",
    "deeper",
    "grey.png",
    "sepia.tif",
  ]);

  // One at a time: the same to the byte.
  const alone = await callCli(["colorize", "in", "--run", "tiny", "--out", "alone", "--jobs", "1"], { cwd });
  assert.match(alone.stderr, /5 colored;/);
  const names = ["alpha.png", "deep.png", "deeper/turned.jpg", "grey.png", "sepia.tif"];
  for (const name of names)
    assert.deepEqual(readFileSync(path.join(cwd, "alone", name)), readFileSync(made(name)), name);

  const coloredGrey = await sharp(made("grey.png")).raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual(
    [coloredGrey.info.width, coloredGrey.info.height, coloredGrey.info.channels],
    [150, 90, 3],
  );
  assert.ok(coloredGrey.data.some((value, place) => value !== coloredGrey.data[place - (place % 3)]));
  const ofGrey = meanDifference(await lightness(made("grey.png")), await lightness(at("grey.png")));
  assert.ok(ofGrey < 0.2, String(ofGrey));

  const ofDeep = await sharp(made("deep.png")).metadata();
  assert.deepEqual([ofDeep.depth, ofDeep.channels], ["ushort", 3]);
  const numbers = await sharp(made("deep.png"), { ignoreIcc: true })
    .toColourspace("rgb16")
    .raw({ depth: "ushort" })
    .toBuffer();
  const back = new Uint16Array(numbers.buffer, numbers.byteOffset, numbers.length / 2);
  const luminance = (r: number, g: number, b: number) =>
    [r, g, b].reduce((sum, value, index) => sum + srgbLuminanceOfRgb[index]! * decodeSrgb(value / 65535), 0);
  for (let place = 0; place < ramp.length; place += 97) {
    const wanted = decodeSrgb(ramp[place]! / 65535);
    const found = luminance(back[3 * place]!, back[3 * place + 1]!, back[3 * place + 2]!);
    assert.ok(Math.abs(found - wanted) < 1e-4, `${place}: ${found} for ${wanted}`);
  }

  const alpha = await sharp(made("alpha.png")).raw().toBuffer({ resolveWithObject: true });
  assert.equal(alpha.info.channels, 4);
  const transparency = await sharp(at("alpha.png")).raw().toBuffer();
  assert.ok(alpha.data.every((value, place) => place % 4 !== 3 || value === transparency[place]));

  const turned = await sharp(made("deeper/turned.jpg")).metadata();
  assert.deepEqual([turned.width, turned.height, turned.orientation], [70, 100, 1]);
  assert.match(turned.exif!.toString("latin1"), /A\. Photographer/);
  assert.match(turned.exif!.toString("latin1"), /Hueristic .*, colored by run \w+ \(tiny\), epoch 2/);
  assert.match(turned.xmpAsString!, /hueristic:epoch="2"/);
  const upright = meanDifference(
    await lightness(made("deeper/turned.jpg")),
    await lightness(at("deeper/turned.jpg")),
  );
  assert.ok(upright < 1.5, String(upright));

  // Again: nothing is done; with --force the same bytes come out.
  const before = readFileSync(made("grey.png"));
  const again = await callCli(
    args.filter((arg) => arg !== "missing.png"),
    { cwd },
  );
  assert.match(
    again.stderr,
    /0 colored; 5 skipped, as they exist \(--force writes them anew\); 1 could not be/,
  );
  writeFileSync(made("grey.png"), "");
  const forced = await callCli(["colorize", "in/grey.png", "--run", "tiny@2", "--out", "out", "--force"], {
    cwd,
  });
  assert.equal(forced.code, 0, forced.stderr);
  assert.deepEqual(readFileSync(made("grey.png")), before);
  assert.ok(readdirSync(path.join(cwd, "out")).every((name) => !name.endsWith(".tmp")));

  // Formats, several networks and the page; then one picture of a pipe.
  const both = ["colorize", "in/grey.png", "in/sepia.tif", "--run", "tiny", "--run", "picture"];
  const compared = await callCli([...both, "--out", "both", "--format", "webp", "--sheet", "page.html"], {
    cwd,
  });
  assert.equal(compared.code, 0, compared.stderr);
  const folders = readdirSync(path.join(cwd, "both")).sort();
  assert.match(folders.join(" "), /^picture-\w+-2 tiny-\w+-2$/);
  for (const folder of folders)
    assert.deepEqual(readdirSync(path.join(cwd, "both", folder)).sort(), ["grey.webp", "sepia.webp"]);
  const page = readFileSync(path.join(cwd, "page.html"), "utf8");
  assert.equal(page.match(/data:image\/webp;base64,/g)!.length, 6);
  assert.equal(page.match(/data-handle role="slider"/g)!.length, 4);

  const piped = spawn(process.execPath, [program, "colorize", "-", "--run", "tiny"], { cwd });
  const chunks: Buffer[] = [];
  piped.stdout.on("data", (chunk) => chunks.push(chunk));
  piped.stdin.end(readFileSync(at("grey.png")));
  const code = await new Promise((resolve) => piped.on("close", resolve));
  assert.equal(code, 0);
  assert.deepEqual(Buffer.concat(chunks), before);

  const raw = await callCli(["colorize", "in/grey.png", "--run", "picture", "--out", "raw", "--raw"], {
    cwd,
  });
  assert.equal(raw.code, 0, raw.stderr);
  const own = await sharp(path.join(cwd, "raw/grey.png")).metadata();
  assert.deepEqual([own.width, own.height], [32, 19]);

  // In tiles: what is local sees the same as in the whole square.
  const store = openStore(path.join(cwd, "runs"), { readonly: true });
  const network = (tile: number | null) =>
    openNetwork("tiny", { store, device: null, size: 320, tile, raw: false });
  const [whole, tiled] = [await network(null), await network(256)];
  const stream = randomStream("tiles");
  const noise = Float32Array.from({ length: 320 * 320 }, () => 2 * stream.uniform() - 1);
  const [expected, found] = [
    await whole.predictor.predict(() => noise),
    await tiled.predictor.predict(() => noise),
  ];
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  assert.ok(largest > 0.01, String(largest));
  const off = expected.reduce((most, value, place) => Math.max(most, Math.abs(value - found[place]!)), 0);
  assert.ok(off < 1e-5 * largest, `${off} of ${largest}`);
  for (const { predictor } of [whole, tiled]) await predictor.close();
  store.close();
  const inTiles = [
    "colorize",
    "in/grey.png",
    "--run",
    "picture",
    "--size",
    "96",
    "--tile",
    "64",
    "--out",
    "t",
  ];
  const tiles = await callCli(inTiles, { cwd });
  assert.equal(tiles.code, 0, tiles.stderr);

  const larger = await callCli(
    ["colorize", "in/grey.png", "--run", "picture", "--out", "larger", "--size", "64", "--saturation", "0"],
    { cwd },
  );
  assert.equal(larger.code, 0, larger.stderr);
  const flat = await sharp(path.join(cwd, "larger/grey.png")).toColourspace("b-w").raw().toBuffer();
  assert.deepEqual(flat, grey);

  copyFileSync(at("grey.png"), at("grey.jpg"));
  const refused: [string[], RegExp][] = [
    [
      ["in/grey.png", "--run", "tiny", "--out", "in", "--force"],
      /--out: expected another folder than the originals'/,
    ],
    [
      ["in/grey.png", "in/grey.jpg", "--run", "tiny", "--out", "o", "--format", "png"],
      /would both become o\/grey\.png/,
    ],
    [["in", "--run", "tiny@7", "--out", "o"], /expected a checkpoint of epoch 7/],
    [
      ["in", "--run", "tiny", "--out", "o", "--size", "30"],
      /--size: expected a multiple of 8 for alpha, got 30/,
    ],
    [["in", "--run", "tiny", "--out", "o", "--tile", "64"], /--tile: expected together with --size/],
    [
      ["in", "--run", "tiny", "--out", "o", "--tile", "64", "--size", "64"],
      /--tile: expected at least 16 for alpha and less than --size 64, got 64/,
    ],
    [
      ["in", "--run", "tiny", "--out", "o", "--tile", "60", "--size", "96"],
      /--tile: expected a multiple of 8 for alpha, got 60/,
    ],
    [["in", "--run", "tiny", "--out", "o", "--raw"], /--raw: expected a network that gives RGB/],
    [["in", "--run", "tiny", "--run", "tiny@2", "--out", "o"], /--run: expected every network once/],
    [["in", "--run", "tiny", "--out", "o", "--jobs", "0"], /--jobs: expected a whole number from 1 to 64/],
    [["in", "--run", "tiny"], /--out: expected a folder/],
    [["in", "--out", "o"], /--run: expected a run/],
    [["in", "--run", "nobody", "--out", "o"], /no such id/],
  ];
  for (const [args, expected] of refused) {
    const { code, stdout, stderr } = await callCli(["colorize", ...args], { cwd });
    assert.deepEqual([code, stdout], [2, ""], `${args.join(" ")}: ${stderr}`);
    assert.match(stderr, expected);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  }
  assert.equal(existsSync(path.join(cwd, "o")), false);
});
