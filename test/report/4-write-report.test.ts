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
    .replace(/(id="report-data">)[\s\S]*?<\/script>/, "$1…</script>")
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
  const found = text.match(/data:image\/webp;base64,[\w+/=]+/g)!;
  assert.equal(new Set(found).size, found.length);
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
});

test("a name of ten thousand characters is shortened where it is a label", async (t) => {
  const text = await page(t, { id: "aaaa", name: "x".repeat(10_000) }, { id: "bbbb" });
  assert.ok(text.match(/x{1000}/g)!.length <= 30);
  assert.match(text, /<a href="#run-1"><bdi>x{39}…<\/bdi>/);
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
    says: /not finite, the first at step 11/,
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

test("Chart.js is in a page only where there is something to draw", async (t) => {
  assert.ok((await page(t, { id: "aaaa", loss: null, images: 0 })).length < 60_000);
  assert.ok((await page(t, { id: "aaaa", images: 0 })).length > 200_000);
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

test("PNG: the loss and the grid of each run, and the comparison", async (t) => {
  const store = await sampleStore(
    t,
    { id: "aaaa" },
    { id: "bbbb", tint: 3 },
    { id: "cccc", loss: () => Number.NaN, images: 0 },
  );
  const folder = temporaryFolder(t);
  const png = path.join(folder, "png");
  const { images } = await writeReport(store, ["aaaa", "bbbb", "cccc"], {
    out: path.join(folder, "r.html"),
    png,
  });
  assert.deepEqual(
    images.map((file) => path.relative(png, file)),
    [
      "comparison-loss.png",
      "aaaa-loss.png",
      "aaaa-samples.png",
      "bbbb-loss.png",
      "bbbb-samples.png",
      "cccc-loss.png",
    ],
  );
  const { format, width, height } = await sharp(images[1]!).metadata();
  assert.deepEqual([format, width, height], ["png", 2000, 1040]);
  // The curve is drawn: some pixels are strongly coloured.
  const { channels } = await sharp(images[1]!).toColourspace("hsv").stats();
  assert.ok(channels[1]!.max > 200);
});
