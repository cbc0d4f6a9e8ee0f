// What a page must not lose: numbers on paper stay whole, and values without a place on a logarithmic axis are told.

import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { hiddenWords, valueRange } from "../../src/report/sections/curves/client/value-range.ts";
import type { PanelData } from "../../src/report/sections/curves/data.ts";
import { writeReport } from "../../src/report/write-report.ts";
import { eventually, launched, noBrowser, opened, requireClean } from "./browser.ts";
import { oddRuns } from "./odd-runs.ts";
import { sampleStore, temporaryFolder } from "./sample-store.ts";

test("values that are not above 0 are counted where the axis is logarithmic", () => {
  const y = Float32Array.of(0, -1, 0.5, 2, Number.NaN, Number.NEGATIVE_INFINITY);
  const line = { x: Float32Array.from(y.keys()), y, raw: null, band: null };
  const panel = { range: null, mixed: false } as unknown as PanelData;
  const range = valueRange([line], panel, "logarithmic");
  assert.equal(range.notPositive, 2);
  assert.ok(range.ends[0] > 0 && range.ends[0] <= 0.5 && range.ends[1] >= 2);
  assert.match(hiddenWords(range)!, /^2 values are 0 or less and have no place on a logarithmic scale/);
  assert.equal(valueRange([line], panel, "linear").notPositive, 0);
  assert.equal(hiddenWords({ above: 0, notPositive: 0 }), null);
  const none = { ...line, y: Float32Array.of(0, 0) };
  assert.equal(valueRange([none], panel, "logarithmic").notPositive, 2);
});

/** Texts of cells that look like numbers and are laid out in more than one line. */
const brokenNumbers = `[...document.querySelectorAll("table.numbers td, table.numbers tbody th")]
  .filter((cell) => cell.offsetParent !== null && /^[★\\s]*[-+]?[\\d.,]+(e[-+]?\\d+)?( (s|dB))?$/.test(cell.textContent.trim()))
  .filter((cell) => {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode())
      for (const { index, 0: word } of text.data.matchAll(/\\S+/g)) {
        const range = document.createRange();
        range.setStart(text, index);
        range.setEnd(text, index + word.length);
        if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) return true;
      }
    return false;
  })
  .map((cell) => cell.textContent.trim())`;

test("in Chromium", { skip: noBrowser, timeout: 300_000 }, async (t) => {
  const store = await sampleStore(t, ...oddRuns, { id: "zero", loss: (step) => (step > 30 ? 0 : 0.05) });
  const folder = temporaryFolder(t);
  const browser = await launched(t);
  const ids = oddRuns.slice(0, 4).map(({ id }) => id);
  const write = async (...runs: string[]) =>
    (await writeReport(store, runs, { out: path.join(folder, `${runs.length}.html`), png: null })).file;

  await t.test("numbers stay whole on paper, and the table on the page", async () => {
    // A4 without its margins, and a table that is too wide for its sheet.
    for (const width of [680, 300]) {
      const { page } = await opened(browser, await write(...ids), { width, height: 900 });
      await page.emulateMedia({ media: "print" });
      await page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true');
      assert.ok((await page.locator("table.numbers td").count()) > 8);
      assert.deepEqual(await page.evaluate(brokenNumbers), [], `${width} pixels`);
      if (width === 680)
        assert.ok((await page.evaluate("document.documentElement.scrollWidth <= innerWidth")) as boolean);
    }
  });

  await t.test("a logarithmic chart says what it leaves out, a linear one does not", async () => {
    const report = await opened(browser, await write("zero"));
    const { page } = report;
    await page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true');
    for (const button of await page.getByRole("button", { name: "Logarithmic" }).all()) await button.click();
    for (const canvas of await page.locator("canvas[data-panel]").all())
      await canvas.scrollIntoViewIfNeeded();
    const said = "[...document.querySelectorAll('[data-hidden]')].map((note) => note.textContent)";
    await eventually(page, `${said}.length > 0`);
    for (const words of (await page.evaluate(said)) as string[])
      assert.match(words, /^\d+ values? (is|are) 0 or less and ha(s|ve) no place on a logarithmic scale/);
    for (const button of await page.getByRole("button", { name: "Linear" }).all()) await button.click();
    await eventually(page, `${said}.length === 0`);
    await requireClean(report);
  });

  await t.test("the filter box says what list --where says", async () => {
    const { page } = await opened(browser, await write(...ids));
    await page.locator("[data-filter]").fill("metrics.unseen.loss = abc");
    const said = 'document.querySelector("[data-filter-count]").textContent';
    await eventually(page, `${said} === 'expected a number for metrics.unseen.loss, got "abc"'`);
    await page.locator("[data-filter]").fill("learning_rate > fast");
    await eventually(page, `${said} === 'expected a number for learning_rate, got "fast"'`);
  });
});
