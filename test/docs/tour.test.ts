// Follows docs/tour.md, command by command, on fewer and smaller pictures. Of the sweep only its plan is looked at: workers are
// processes, which test/sweep starts.

import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { callCli } from "../cli/call-cli.ts";
import { root } from "../copy-of-tree.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { blocks, commandLines, wordsOf } from "./documents.ts";

const tour = { file: "docs/tour.md", text: readFileSync(path.join(root, "docs/tour.md"), "utf8") };

/** Laid over what is trained. Judging wants some unseen images. */
const small = [
  "dataset.count=60",
  "dataset.holdout=0.5",
  "image.size=32",
  "samples.seen=1",
  "samples.unseen=1",
];
const ofDemo = ["model=alpha"];
const short = ["train.epochs=1"];

test("the tour is followed as it is written", { timeout: 415_000 }, async (t) => {
  const cwd = temporaryFolder(t);
  mkdirSync(path.join(cwd, "experiments"));
  copyFileSync(path.join(root, "experiments/demo.yaml"), path.join(cwd, "experiments/demo.yaml"));
  const [mine] = blocks(tour, "yaml");
  writeFileSync(path.join(cwd, "experiments/mine.yaml"), mine!.text);
  const pixels = Uint8Array.from({ length: 40 * 30 * 3 }, (_, at) => (at * 37) % 251);
  await sharp(pixels, { raw: { width: 40, height: 30, channels: 3 } })
    .jpeg()
    .toFile(path.join(cwd, "photo.jpg"));

  const said: string[] = [];
  for (const { where, text } of commandLines(tour)) {
    if (text.includes("--workers")) continue;
    const words = wordsOf(text);
    const isDemo = words[1] === "experiments/demo.yaml";
    const changes = [...small, ...(isDemo ? ofDemo : [])];
    const given =
      words[0] === "run"
        ? [...words, ...changes, ...short]
        : words[0] === "sweep"
          ? [...words, ...changes]
          : words;
    const { code, stdout, stderr } = await callCli(given, { cwd });
    assert.equal(code, 0, `${where}: ${text}\n${stderr}`);
    said.push(`$ ${text}\n${stdout}${stderr}`);
  }
  const saidBy = (start: string) => said.find((each) => each.startsWith(`$ npx hueristic ${start}`))!;
  assert.match(saidBy("list"), /^\w{8} +demo +FINISHED +alpha /m);
  assert.match(saidBy("compare"), /^unseen\/loss[^:]*: .*kind/m);
  assert.match(saidBy("sweep"), /grid; 4 trials; a dry run/);
  for (const file of ["compared.html", "mine.html", "colored/page.html", "study.html"])
    assert.ok(existsSync(path.join(cwd, file)), file);
  const colored = readdirSync(path.join(cwd, "colored"), { recursive: true, encoding: "utf8" });
  assert.equal(colored.filter((file) => path.basename(file) === "photo.jpg").length, 2);
});
