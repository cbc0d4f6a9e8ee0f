// hueristic evaluate, as a real process: a matrix of runs by sets, and what it refuses.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { experimentToYaml } from "../../src/experiment/text/experiment-to-yaml.ts";
import { openStore } from "../../src/store/open-store.ts";
import { experiment } from "../store/fixtures.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { callCli } from "./call-cli.ts";
import { fillStore, runCli } from "./run-cli.ts";

/** Pictures of one color each. */
async function writePictures(folder: string, count: number): Promise<void> {
  mkdirSync(folder);
  for (let number = 0; number < count; number++) {
    const background = { r: 60 * number, g: 200 - 30 * number, b: 90 };
    const picture = sharp({ create: { width: 40, height: 40, channels: 3, background } });
    await picture.toFile(path.join(folder, `${number}.png`));
  }
}

test("runs by sets: own images, an experiment's, a folder's; the store has them", async (t) => {
  const cwd = temporaryFolder(t);
  for (const [name, count] of [
    ["few", 3],
    ["more", 6],
  ] as const) {
    const dataset = { ...experiment.dataset, count, greyscale: "keep" } as typeof experiment.dataset;
    const model = { kind: "alpha" } as const;
    const text = experimentToYaml({ ...experiment, name, model, dataset, metrics: [] });
    writeFileSync(path.join(cwd, `${name}.yaml`), text);
  }
  const trained = await callCli(["run", "few.yaml", "more.yaml"], { cwd });
  assert.equal(trained.code, 0, trained.stderr);
  await writePictures(path.join(cwd, "my pictures"), 3);
  writeFileSync(
    path.join(cwd, "sets.yaml"),
    "extends: few.yaml\nname: drawn\nevaluate: {painted: {kind: folder, root: my pictures, greyscale: keep}}\n",
  );

  const both = ["evaluate", "few", "more", "--metrics", "psnr,ab_l2"];
  const matrix = await runCli([...both, "--on", "few", "--on", "more", "--on", "sets.yaml"], { cwd });
  assert.equal(matrix.code, 0, matrix.stderr);
  const [titles, ...rows] = matrix.stdout.trimEnd().split("\n");
  const names = ["few", "more", "drawn", "painted"];
  const columns = names.flatMap((set) => ["loss", "psnr", "ab_l2"].map((metric) => `${set}/${metric}`));
  assert.deepEqual(titles!.split(/ +/), ["id", "name", "epoch", ...columns]);
  assert.deepEqual(
    rows.map((row) => row.split(/ +/).slice(1, 3)),
    [
      ["few", "2"],
      ["more", "2"],
    ],
  );
  const named = await callCli(["evaluate", "few", "--on", "my pictures", "--name", "mine", "--json"], {
    cwd,
  });
  assert.equal(named.code, 0, named.stderr);
  const [row] = JSON.parse(named.stdout);
  const defaults = ["psnr", "ssim", "ciede2000", "ciede2000_p95", "ab_l2", "auc"];
  for (const metric of [...defaults, "colorfulness", "colorfulness_ratio", "clipped"]) {
    assert.equal(typeof row.values[`mine/${metric}`], "number", metric);
  }

  const store = openStore(path.join(cwd, "runs"), { readonly: true });
  t.after(() => store.close());
  const { id } = store.getRun("few");
  assert.deepEqual(
    store.evaluationSets(id).map(({ set }) => set),
    ["drawn", "few", "mine", "more", "painted"],
  );
  assert.equal(store.series(id, "mine/psnr")!.value[0], row.values["mine/psnr"]);
  assert.equal(store.getRun("few").status, "FINISHED");
  const shown = await callCli(["show", "few"], { cwd });
  assert.match(shown.stdout, /^Metrics\n.*\n {2}metric +unit +better +drawn +few +mine +more +painted$/m);
  assert.match(shown.stdout, /^ {2}psnr +dB +higher +\d/m);
});

test("what cannot be measured is one line", async (t) => {
  const cwd = temporaryFolder(t);
  const [id] = fillStore(path.join(cwd, "runs"), ["FINISHED"]);
  mkdirSync(path.join(cwd, "empty"));
  const cases: [string[], RegExp][] = [
    [[], /^error: evaluate: expected a run/],
    [["nobody"], /^error: run "nobody": no such id/],
    [["latest"], new RegExp(`^error: run ${id}: expected a checkpoint in runs/${id}/checkpoints, got none`)],
    [
      ["latest", "--checkpoint", "first"],
      /^error: evaluate: --checkpoint: expected last, best or an epoch, got "first"/,
    ],
    [["latest", "--metrics", "psrn"], /metrics\[0\]\.name: expected one of psnr, .* did you mean psnr\?/],
    [["latest", "--metrics", "fid"], /metrics\[0\]\.weights: expected an \.onnx file that takes pictures/],
    [
      ["latest", "--on", "./nowhere"],
      /^error: evaluate: --on: expected a folder of images or an experiment file, got \.\/nowhere, which does not exist/,
    ],
    [
      ["latest", "--on", "nowhere"],
      /^error: evaluate: --on: expected a folder .*; run "nowhere": no such id/,
    ],
    [["latest", "--on", "missing.yaml"], /^error: missing\.yaml: /],
    [["latest", "--on", "empty", "--name", "unseen"], /^error: evaluate: --name: expected a name of letters/],
    [["latest", "--name", "mine"], /^error: evaluate: --name: expected together with one --on/],
    [
      ["latest", "--on", "seen", "--on", "seen"],
      /^error: evaluate: --on: expected every set once, got seen again/,
    ],
    [["latest", "--device", "tpu"], /^error: evaluate: --device: expected one of auto, cpu/],
    [["latest", "--runs", "elsewhere"], /^error: elsewhere: no runs here/],
  ];
  await Promise.all(
    cases.map(async ([args, expected]) => {
      const { code, stdout, stderr } = await callCli(["evaluate", ...args], { cwd });
      assert.deepEqual([code, stdout], [2, ""], args.join(" "));
      assert.match(stderr, expected);
      assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
    }),
  );
});
