import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import sharp from "sharp";
import { drawScene } from "../../src/datasets/scenes/scenes.ts";
import { write } from "../datasets/pictures.ts";
import { callCli } from "./call-cli.ts";
import { runCli } from "./run-cli.ts";

/** A folder `pictures` with ten scenes and what people have besides. */
async function fillFolder(t: TestContext): Promise<string> {
  const cwd = mkdtempSync(join(tmpdir(), "hueristic-check-"));
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  const at = (name: string) => join(cwd, "pictures", name);
  const scene = (index: number, size = 48) =>
    sharp(drawScene(3, index, size), { raw: { width: size, height: size, channels: 3 } });
  for (let index = 0; index < 10; index++) write(at(`${index}.png`), await scene(index).png().toBuffer());
  cpSync(at("3.png"), at("copy of 3.png"));
  for (const name of ["grey 1.png", "grey 2.png", "grey 3.png", "grey 4.png"]) {
    write(
      at(name),
      await scene(Number(name[5]) + 20)
        .grayscale()
        .png()
        .toBuffer(),
    );
  }
  write(at("small.png"), await scene(30, 12).png().toBuffer());
  write(at("cmyk.jpg"), await scene(31).toColorspace("cmyk").jpeg().toBuffer());
  write(at("bad\n\u001b[2J\u009b.jpg"), "no picture");
  write(at("narrow.png"), await scene(32).resize(2000, 10, { fit: "fill" }).png().toBuffer());
  return cwd;
}

test("lists by reason what is left out and what is odd, with names that a terminal survives", async (t) => {
  const cwd = await fillFolder(t);
  const { code, stdout, stderr } = await runCli(["data", "check", "pictures", "image.size=32"], { cwd });
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^folder "pictures": 12 seen, 1 unseen, 32x32\n13 usable, 6 left out\n/);
  for (const part of [
    '\n4 greyscale, left out\n  "grey 1.png"\n  "grey 2.png"\n  "grey 3.png"\n  and 1 more: --all shows them\n',
    '\n1 not an image that can be read, left out\n  "bad\\n\\u001b[2J\\u009b.jpg"\n',
    '\n1 too narrow for a square, left out\n  "narrow.png": 2000x10 is too narrow for a square\n',
    '\n1 identical to another file\n  "copy of 3.png": as "3.png"\n',
    '\n1 smaller than 32x32, enlarged\n  "small.png": 12x12\n',
    '\n1 in another color space, converted to sRGB\n  "cmyk.jpg": CMYK\n',
    '\n1 whose colors nobody can tell for certain, read as usual\n  "cmyk.jpg": CMYK without a profile\n',
    "\nNotes\n",
  ]) {
    assert.ok(stdout.includes(part), `${part} in\n${stdout}`);
  }
  assert.ok(!/[^\P{Cc}\n]/u.test(stdout));
  const all = await callCli(["data", "check", "pictures", "image.size=32", "--all"], { cwd });
  assert.ok(all.stdout.includes('"grey 4.png"') && !all.stdout.includes("more:"));
});

test("--json is for scripts, and an option of the data set holds", async (t) => {
  const cwd = await fillFolder(t);
  const args = ["data", "check", "pictures", "image.size=32", "dataset.greyscale=keep", "--json"];
  const { code, stdout } = await callCli(args, { cwd });
  assert.equal(code, 0);
  const checked = JSON.parse(stdout);
  assert.deepEqual([checked.seen + checked.unseen, checked.size], [17, 32]);
  assert.deepEqual(
    checked.findings.map((each: { finding: string; skipped: boolean }) => [each.finding, each.skipped]),
    [
      ["not an image that can be read", true],
      ["too narrow for a square", true],
      ["identical to another file", false],
      ["smaller than 32x32, enlarged", false],
      ["in another color space, converted to sRGB", false],
      ["whose colors nobody can tell for certain, read as usual", false],
    ],
  );
});

test("what is no data set is the user's to mend", async (t) => {
  const cwd = await fillFolder(t);
  write(join(cwd, "empty/readme.txt"), "nothing");
  for (const [args, message] of [
    [
      ["empty"],
      /^error: dataset: expected at least 1 seen and 1 unseen images, got 0 and 0; looked for .*\n$/,
    ],
    [["absent.yaml"], /^error: .*absent\.yaml.*\n$/],
    [["pictures", "and more"], /^error: data check: expected key=value, got "and more"\n$/],
    [["pictures", "dataset.kind=coco"], /^error: dataset\.split: expected the folder .*\n$/],
  ] as const) {
    const { code, stdout, stderr } = await callCli(["data", "check", ...args], { cwd });
    assert.deepEqual([code, stdout], [2, ""], args.join(" "));
    assert.match(stderr, message);
  }
});

test("where too few images are left, those left out are listed first", async (t) => {
  const cwd = await fillFolder(t);
  write(join(cwd, "few/a.jpg"), "text");
  write(join(cwd, "few/b.png"), "");
  const { code, stdout, stderr } = await callCli(["data", "check", "few"], { cwd });
  const list =
    '1 not an image that can be read, left out\n  "a.jpg"\n\n1 empty file, left out\n  "b.png"\n\n';
  assert.deepEqual([code, stdout], [2, list]);
  assert.match(stderr, /^error: dataset: expected at least 1 seen and 1 unseen images, got 0 and 0; .*\n$/);
});
