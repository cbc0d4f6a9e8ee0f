// The pages in a real browser, with the network off.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import sharp from "sharp";
import type { PageKind } from "../../src/experiment/report-section.ts";
import { writeReport } from "../../src/report/write-report.ts";
import { eventually, eventuallyDrawn, launched, noBrowser, opened, requireClean } from "./browser.ts";
import { oddRuns } from "./odd-runs.ts";
import { sampleStore, temporaryFolder } from "./sample-store.ts";

const goldenPanels = new URL("./golden-panels.json", import.meta.url);
/** Of 255, on average. Without its lines the frame of curves is 1.0 away. */
const mostDifference = 0.4;

/** red - green and blue - green of every pixel: grey text does not count, so that other fonts make no difference. */
function colorfulness(base64: string): number[] {
  const rgb = Buffer.from(base64, "base64");
  return Array.from({ length: (2 * rgb.length) / 3 }, (_, at) => {
    const pixel = 3 * (at >> 1);
    return rgb[pixel + 2 * (at & 1)]! - rgb[pixel + 1]!;
  });
}

test("the pages in Chromium without a network", { skip: noBrowser, timeout: 600_000 }, async (t) => {
  const store = await sampleStore(t, ...oddRuns);
  const folder = temporaryFolder(t);
  const write = async (page: PageKind, ...ids: string[]) => {
    const out = path.join(folder, `${page}-${ids.length}.html`);
    return (await writeReport(store, ids, { out, png: null, page })).file;
  };
  const everyone = oddRuns.map(({ id }) => id);
  const four = everyone.slice(0, 4);
  const browser = await launched(t);

  await t.test("curves: axes, scale, hover that names values, a legend that hides and isolates", async () => {
    const report = await opened(browser, await write("runs", ...four));
    const { page } = report;
    const plot = page.locator(".plot").first();
    await plot.scrollIntoViewIfNeeded();
    await eventually(page, "document.querySelector('.plot .layer') !== null");
    const before = await plot.screenshot();
    await page.getByRole("button", { name: "Logarithmic" }).click();
    assert.notDeepEqual(await plot.screenshot(), before);
    await page.getByRole("button", { name: "Linear" }).click();
    await page.mouse.move(0, 0);
    assert.deepEqual(await plot.screenshot(), before);
    const box = (await plot.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.8, box.y + box.height / 2);
    await eventually(page, "!document.querySelector('.tip').hidden");
    const tip = page.locator(".tip").first();
    assert.match((await tip.textContent())!, /^epoch \d.*first 0\.0\d+/s);
    // Three groups: the two seeds are one line, with their range.
    assert.match((await tip.textContent())!, /pair \(mean of 2 seeds\) [\d.]+ \([\d.]+ to [\d.]+\)/);
    await page.getByRole("button", { name: "Time", exact: true }).click();
    await page.mouse.move(box.x + box.width * 0.8, box.y + box.height / 2 + 3);
    await eventually(page, "/^time [\\d.]+ s/.test(document.querySelector('.tip').textContent)");
    await page.getByLabel("Seeds as mean and range").uncheck();
    await page.mouse.move(box.x + box.width * 0.8, box.y + box.height / 2);
    await eventually(page, "document.querySelector('.tip').textContent.includes('pair, seed 2')");

    const legend = page.locator(".legend [data-group]");
    assert.equal(await legend.count(), 3);
    await legend.nth(0).click();
    assert.equal(await legend.nth(0).getAttribute("aria-pressed"), "false");
    assert.ok(!(await page.locator('.grid tr[data-run="0"]').isVisible()));
    await legend.nth(1).click({ modifiers: ["Shift"] });
    assert.equal(await page.locator('.legend [aria-pressed="true"]').count(), 1);
    await legend.nth(1).click({ modifiers: ["Shift"] });
    assert.equal(await page.locator('.legend [aria-pressed="true"]').count(), 3);
    // By keyboard alone.
    await page.locator("canvas[data-panel]").first().focus();
    await page.keyboard.press("ArrowRight");
    await eventually(page, "!document.querySelector('.tip').hidden");
    await requireClean(report);
  });

  await t.test("the table sorts, and filters the curves and the pictures with it", async () => {
    const report = await opened(browser, await write("runs", ...four));
    const { page } = report;
    const names = () => page.locator("[data-runs-table] tbody tr:visible th").allTextContents();
    assert.deepEqual(await names(), ["first", "second", "pair, seed 1", "pair, seed 2"]);
    const rate = page.locator("[data-runs-table]").getByRole("button", { name: "learning_rate" });
    await rate.click();
    await rate.click();
    assert.deepEqual(await names(), ["pair, seed 1", "pair, seed 2", "second", "first"]);
    await page.locator("[data-filter]").fill("learning_rate>=0.1");
    await eventually(page, "document.querySelector('[data-filter-count]').textContent === '2 of 4 runs'");
    assert.deepEqual(await names(), ["pair, seed 1", "pair, seed 2"]);
    assert.equal(await page.locator(".grid tr[data-run]:visible").count(), 2);
    const says = (words: string) =>
      eventually(
        page,
        `document.querySelector('[data-filter-count]').textContent === ${JSON.stringify(words)}`,
      );
    // The names of `list --where`, and those of the heads.
    await page.locator("[data-filter]").fill("config.train.optimizer.learning_rate < 0.1 or name ~ 'seed 2'");
    await says("3 of 4 runs");
    await page.locator("[data-filter]").fill("final_unseen_loss <= 0.02 and not seed = 2");
    await says("2 of 4 runs");
    assert.deepEqual(await names(), ["pair, seed 1", "second"]);
    await page.locator("[data-filter]").fill("learning_rate >=");
    await says("expected a value, got the end");
    assert.equal((await names()).length, 4);
    await page.locator("[data-filter]").fill("second");
    await eventually(page, "document.querySelector('[data-filter-count]').textContent === '1 of 4 runs'");
    assert.deepEqual(await names(), ["second"]);
    await requireClean(report);
  });

  await t.test("one slider moves all runs; the viewer keeps its place", async () => {
    const report = await opened(browser, await write("runs", ...four));
    const { page } = report;
    const tile = page.locator('.grid tr[data-run="0"] img').nth(2);
    const late = page.locator('.grid tr[data-run="2"] [data-late]');
    await tile.scrollIntoViewIfNeeded();
    await eventually(page, "document.querySelector('.grid tr[data-run] img').naturalWidth > 0");
    const last = await tile.getAttribute("src");
    assert.match(last!, /^blob:/);
    await page.locator("[data-epoch]").focus();
    await page.keyboard.press("ArrowLeft");
    assert.equal(await page.locator("[data-epoch-name]").textContent(), "2");
    assert.notEqual(await tile.getAttribute("src"), last);
    assert.equal(await tile.getAttribute("alt"), "photo 0.jpg, unseen, first, epoch 2");
    // This run was sampled every 4 epochs: what is shown is said.
    assert.equal(await late.textContent(), "epoch 0");
    await page.locator('.tile[tabindex="0"]').focus();
    await page.keyboard.press(".");
    assert.equal(await tile.getAttribute("src"), last);
    for (const key of ["ArrowDown", "ArrowDown", "ArrowRight", "Enter"]) await page.keyboard.press(key);
    const place = () => page.locator("[data-viewer-place]").textContent();
    assert.match((await place())!, /^seen image 2 of 4 · left: real · right: first, epoch 4/);
    await page.getByRole("button", { name: "Larger" }).click();
    const zoomed = () =>
      page.evaluate(
        "getComputedStyle(document.querySelector('[data-pane=left] img')).transform",
      ) as Promise<string>;
    const transform = await zoomed();
    assert.match(transform, /matrix\(1\.25/);
    await page.keyboard.press("ArrowRight");
    assert.match((await place())!, /^unseen image 3 of 4/);
    await page.keyboard.press(",");
    assert.match((await place())!, /first, epoch 2/);
    assert.equal(await zoomed(), transform);
    await page.getByRole("button", { name: "Divider" }).click();
    const handle = (await page.locator("[data-handle]").boundingBox())!;
    await page.mouse.move(handle.x + handle.width / 2, handle.y + 20);
    await page.mouse.down();
    await page.mouse.move(handle.x + handle.width / 2 + 60, handle.y + 20, { steps: 4 });
    await page.mouse.up();
    assert.ok(Number(await page.locator("[data-handle]").getAttribute("aria-valuenow")) > 55);
    await page.getByRole("button", { name: "Difference" }).click();
    await page.locator("[data-viewer-right]").selectOption({ label: "Real" });
    // A picture and itself: their difference is black.
    const { channels } = await sharp(await page.locator("[data-stage]").screenshot()).stats();
    assert.ok(
      channels.slice(0, 3).every(({ mean }) => mean < 3),
      JSON.stringify(channels.map(({ mean }) => mean)),
    );
    await page.locator("[data-viewer-right]").selectOption({ label: "second" });
    const other = await sharp(await page.locator("[data-stage]").screenshot()).stats();
    assert.ok(other.channels.some(({ mean }) => mean > 10));
    assert.equal(await page.locator(".history tbody tr").count(), 4);
    await page.locator(".history button").first().click();
    assert.match((await place())!, /first, epoch 0/);
    await page.keyboard.press("Escape");
    assert.ok(!(await page.locator("dialog").isVisible()));
    await page.getByRole("button", { name: "Play" }).click();
    await eventually(page, "document.querySelector('[data-epoch-name]').textContent === '4'");
    await requireClean(report);
  });

  await t.test("a cell of the data sets opens its picture in the viewer", async () => {
    const report = await opened(browser, await write("datasets", ...four));
    const { page } = report;
    await eventually(page, "document.querySelector('.strip .tile img').src.startsWith('blob:')");
    await page.locator(".strip .tile").first().click();
    assert.match((await page.locator("[data-viewer-place]").textContent())!, /^unseen image \d of \d/);
    await page.keyboard.press("Escape");
    assert.ok(!(await page.locator("dialog").isVisible()));
    await requireClean(report);
  });

  await t.test("a sweep: brushing and the heat map of any two parameters", async () => {
    const report = await opened(browser, await write("sweep", ...everyone));
    const { page } = report;
    const area = (await page.locator("[data-axis-area]").first().boundingBox())!;
    await page.mouse.move(area.x + area.width / 2, area.y + 10);
    await page.mouse.down();
    await page.mouse.move(area.x + area.width / 2, area.y + 60, { steps: 3 });
    await page.mouse.up();
    assert.match((await page.locator("[data-parallel-count]").textContent())!, /^\d of 9 trials/);
    assert.ok((await page.locator("polyline.out").count()) > 0);
    await page.mouse.dblclick(area.x + area.width / 2, area.y + 30);
    assert.equal(await page.locator("polyline.out").count(), 0);
    const heat = page.locator("[data-heat-plot]");
    const first = await heat.innerHTML();
    await page.locator("[data-heat-value]").selectOption({ index: 2 });
    assert.notEqual(await heat.innerHTML(), first);
    await requireClean(report);
  });

  await t.test("key panels look as they did (UPDATE_GOLDEN=1 writes them)", async () => {
    const looks: Record<string, string> = {};
    const look = async (name: string, place: Locator) => {
      await place.scrollIntoViewIfNeeded();
      await eventuallyDrawn(place);
      const small = sharp(await place.screenshot())
        .removeAlpha()
        .resize(48, 32, { fit: "fill" });
      looks[name] = (await small.raw().toBuffer()).toString("base64");
    };
    const compared = (await opened(browser, await write("runs", ...four))).page;
    await look("curves", compared.locator(".plot").first());
    await look("samples", compared.locator(".grid").first());
    const sweep = (await opened(browser, await write("sweep", ...four))).page;
    await look("parallel", sweep.locator("[data-parallel]"));
    await look("heat", sweep.locator("[data-heat-plot] svg"));
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(goldenPanels, `${JSON.stringify(looks, null, 2)}\n`);
    const golden: Record<string, string> = JSON.parse(readFileSync(goldenPanels, "utf8"));
    assert.deepEqual(Object.keys(looks), Object.keys(golden));
    for (const [name, pixels] of Object.entries(looks)) {
      const [now, then] = [pixels, golden[name]!].map(colorfulness) as [number[], number[]];
      const mean = now.reduce((sum, value, at) => sum + Math.abs(value - then[at]!), 0) / now.length;
      assert.ok(mean < mostDifference, `${name}: mean difference ${mean.toFixed(3)}`);
    }
  });
});
