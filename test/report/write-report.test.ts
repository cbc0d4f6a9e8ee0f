import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type TestContext, test } from "node:test";
import sharp from "sharp";
import { writeReport } from "../../src/report/write-report.ts";
import { type SampleRun, sampleStore, sampleTime, temporaryFolder } from "./sample-store.ts";

const golden = new URL("./golden-report.txt", import.meta.url);

async function page(t: TestContext, ...runs: readonly SampleRun[]): Promise<string> {
  const store = await sampleStore(t, ...runs);
  const out = path.join(temporaryFolder(t), "new", "folder", "report.html");
  const ids = runs.map(({ id }) => id);
  const { file, bytes, images } = await writeReport(store, ids, { out, png: null, now: sampleTime });
  assert.equal(file, out);
  assert.equal(bytes, statSync(out).size);
  assert.deepEqual(images, []);
  // Nothing temporary is left beside it.
  assert.deepEqual(readdirSync(path.dirname(out)), ["report.html"]);
  return readFileSync(out, "utf8");
}

/** The structure alone: sources, hashes and pictures are not what this test is about. */
function normalised(text: string): string {
  return text
    .replace(/<style>[\s\S]*?<\/style>/, "<style>…</style>")
    .replace(/<script>[\s\S]*?<\/script>/g, "<script>…</script>")
    .replace(/(id="report-(?:data|pictures)">)[\s\S]*?<\/script>/g, "$1…</script>")
    .replace(/'sha256-[^']*'/g, "'sha256-…'")
    .replace(/&#39;sha256-.*?&#39;/g, "'sha256-…'")
    .replace(/>\s*</g, ">\n<");
}

test("the structure of a report of two runs is that of the golden file (UPDATE_GOLDEN=1 writes it)", async (t) => {
  const skipped = [{ path: "broken.jpg", reason: "no image" }];
  const text = normalised(
    await page(
      t,
      {
        id: "aaaa",
        name: "first",
        description: "the first one",
        images: 1,
        skipped,
        blue: (epoch) => epoch / 20,
      },
      { id: "bbbb", name: "second", images: 1, tint: 5, learningRate: 0.01, status: "KILLED", skipped },
    ),
  );
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(golden, text);
  assert.equal(text, readFileSync(golden, "utf8"));
});

test("nothing in the page leads out of it", async (t) => {
  const text = await page(t, { id: "aaaa" });
  const markup = text.replace(/<script>[\s\S]*?<\/script>/g, "");
  assert.doesNotMatch(markup, /(src|href|action)="(?!#)/);
  assert.doesNotMatch(markup, /\son\w+=|\sstyle=|@import|url\(/);
  assert.doesNotMatch(text, /sourceMappingURL/);
});

test("every picture is in the page once, however many runs show it", async (t) => {
  const text = await page(t, { id: "aaaa" }, { id: "bbbb" }, { id: "cccc" });
  const { pictures } = JSON.parse(/id="report-pictures">(.*?)<\/script>/s.exec(text)![1]!);
  // 2 x 2 images: real, grey and three epochs, the same in all three runs.
  assert.equal(pictures.length, 20);
  assert.equal(new Set(pictures).size, pictures.length);
});

test("a page that says that values are of other images stars none of them", async (t) => {
  const skipped = [{ path: "x", reason: "y" }];
  const better = { id: "bbbb", loss: () => 0.001, stepsPerEpoch: 5 };
  const starred = (text: string) => [...text.matchAll(/class="best">([^<]*)/g)].map(([, value]) => value);
  const same = await page(t, { id: "aaaa" }, better);
  assert.deepEqual(starred(same), ["0.001", "0.001 (epoch 1)", "0.5 s"]);
  const other = await page(t, { id: "aaaa" }, { ...better, skipped });
  assert.match(other, /values are not of the same images, and no best one is marked/);
  assert.deepEqual(starred(other), ["0.5 s"], "times are of no images");
});

test("hostile names, paths and messages stay text", async (t) => {
  const evil = `</script><script>alert(1)</script>"'><img src=x onerror=alert(1)>\u202E\u2028`;
  const text = await page(t, {
    id: "aaaa",
    name: evil,
    description: evil,
    status: "FAILED",
    error: evil,
    skipped: [{ path: evil, reason: evil }],
    imageId: (index) => `${evil}${index}`,
  });
  assert.doesNotMatch(text, /<script>alert|<img src=x/);
  assert.equal(text.match(/<script/g)!.length, 3);
  const both = await page(
    t,
    { id: "aaaa", name: evil, imageId: (index) => `${evil}${index}` },
    { id: "bbbb", name: `${evil}2` },
  );
  assert.doesNotMatch(both, /<script>alert|<img src=x/);
  assert.match(both, /<bdi>&lt;\/script&gt;/);
});

test("a name of ten thousand characters is shortened where it is a label", async (t) => {
  const text = await page(t, { id: "aaaa", name: "x".repeat(10_000) }, { id: "bbbb" });
  assert.ok((text.match(/x{41}/g) ?? []).length <= 60);
  assert.match(text, /<a href="#about-0"><bdi>x{39}…<\/bdi>/);
});

const oddRuns: readonly (SampleRun & { readonly why: string; readonly says: RegExp })[] = [
  { id: "aaaa", why: "no images", images: 0, says: /No sample images were stored/ },
  { id: "aaaa", why: "no series", loss: null, says: /No loss was logged/ },
  { id: "aaaa", why: "nothing at all", images: 0, loss: null, says: /was not measured/ },
  { id: "aaaa", why: "one step", epochs: 1, stepsPerEpoch: 1, says: /for 1 epoch / },
  { id: "aaaa", why: "NaN only", loss: () => Number.NaN, says: /never a finite number/ },
  {
    id: "aaaa",
    why: "infinities",
    loss: (step) => (step > 10 ? Number.POSITIVE_INFINITY : 1),
    says: /not finite, the first at step (11|20)/,
  },
  { id: "aaaa", why: "zero epochs", epochs: 0, says: /for 0 epochs / },
  {
    id: "aaaa",
    why: "failed",
    status: "FAILED",
    error: "loss was NaN",
    says: /badge failed[\s\S]*loss was NaN/,
  },
];
for (const { why, says, ...run } of oddRuns)
  test(`a run with ${why} has a page`, async (t) => {
    assert.match(await page(t, run), says);
  });

test("a place that cannot be written is an error of the user, and nothing is left", async (t) => {
  const store = await sampleStore(t, { id: "aaaa" });
  const folder = temporaryFolder(t);
  const write = (out: string) => writeReport(store, ["aaaa"], { out, png: null });
  await assert.rejects(write(folder), { name: "UserError", message: /got a folder/ });
  writeFileSync(path.join(folder, "file"), "");
  await assert.rejects(write(path.join(folder, "file", "report.html")), {
    name: "UserError",
    message: /cannot be written/,
  });
  mkdirSync(path.join(folder, "empty"));
  assert.deepEqual(readdirSync(folder).sort(), ["empty", "file"]);
});

test("pictures: every chart of the page, and the samples", async (t) => {
  const store = await sampleStore(
    t,
    { id: "aaaa" },
    { id: "bbbb", tint: 3 },
    { id: "cccc", loss: () => Number.NaN, images: 0 },
  );
  const folder = temporaryFolder(t);
  const png = path.join(folder, "png");
  const out = path.join(folder, "r.html");
  const { images } = await writeReport(store, ["aaaa", "bbbb", "cccc"], { out, png });
  assert.deepEqual(
    images.map((file) => path.relative(png, file)),
    [
      "unseen-loss.png",
      "train-loss.png",
      "train-epoch-seconds.png",
      "train-learning-rate.png",
      "samples.png",
    ],
  );
  const { format, width, height } = await sharp(images[0]!).metadata();
  assert.deepEqual([format, width, height], ["png", 2000, 1040]);
  // The curve is drawn: some pixels are strongly colored.
  const { channels } = await sharp(images[0]!).toColorspace("hsv").stats();
  assert.ok(channels[1]!.max > 200);
});

test("sections that a definition leaves out leave nothing behind; an unknown one is named", async (t) => {
  const store = await sampleStore(t, { id: "aaaa" }, { id: "bbbb", tint: 3 });
  const out = path.join(temporaryFolder(t), "r.html");
  const write = (...panels: string[]) => {
    const definition = { title: null, text: "**few** words", page: null, runs: [], panels, maxSize: null };
    return writeReport(store, ["aaaa", "bbbb"], { out, png: null, definition });
  };
  await write("table", "text");
  const text = readFileSync(out, "utf8");
  assert.deepEqual(
    [...text.matchAll(/<section id="(\w+)"/g)].map(([, id]) => id),
    ["table", "text"],
  );
  assert.deepEqual(JSON.parse(/id="report-pictures">(.*?)<\/script>/s.exec(text)![1]!).pictures, []);
  assert.doesNotMatch(text, /<dialog|<canvas/);
  await assert.rejects(write("sampels"), {
    name: "UserError",
    message:
      'panels: "sampels": the page runs has no such section, did you mean samples? (it has text, curves, table, samples, about)',
  });
});

test("a page is made to fit, says how, and gives up where it cannot", async (t) => {
  const run = { images: 4, size: 48, noisy: true, every: 1 } as const;
  const store = await sampleStore(t, { id: "aaaa", ...run }, { id: "bbbb", tint: 9, ...run });
  const out = path.join(temporaryFolder(t), "r.html");
  const write = (maxSize?: number) =>
    writeReport(store, ["aaaa", "bbbb"], { out, png: null, ...(maxSize && { maxSize }) });
  const whole = await write();
  assert.equal(whole.note, null);
  const pictures = /id="report-pictures">(.*?)<\/script>/s.exec(readFileSync(out, "utf8"))![1]!.length;
  for (const share of [0.6, 0.25]) {
    const maxSize = Math.round(whole.bytes - pictures * (1 - share));
    const small = await write(maxSize);
    assert.ok(small.bytes <= maxSize, `${small.bytes} of ${maxSize}`);
    assert.match(small.note!, /--max-size/);
    assert.ok(readFileSync(out, "utf8").includes("stored as WebP"));
  }
  await assert.rejects(write(50_000), {
    name: "UserError",
    message: /does not fit into 0.05 MB: give --max-size/,
  });
});
