// Every page at the widths of a phone, a tablet and a screen, odd runs among them.

import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import type { PageKind } from "../../src/experiment/report-section.ts";
import { writeReport } from "../../src/report/write-report.ts";
import { eventually, launched, noBrowser, opened, requireClean } from "./browser.ts";
import { oddRuns } from "./odd-runs.ts";
import { sampleStore, temporaryFolder } from "./sample-store.ts";

test("every page at 380, 820 and 1400 pixels", { skip: noBrowser }, async (t) => {
  const store = await sampleStore(t, ...oddRuns);
  const folder = temporaryFolder(t);
  const write = async (page: PageKind, ...ids: string[]) => {
    const out = path.join(folder, `${page}-${ids.join("")}.html`);
    return (await writeReport(store, ids, { out, png: null, page })).file;
  };
  const everyone = oddRuns.map(({ id }) => id);
  const browser = await launched(t);
  const pages = [
    await write("runs", ...everyone),
    await write("models", ...everyone),
    await write("sweep", ...everyone),
    await write("datasets", ...everyone),
    await write("run", "eeee"),
    await write("run", "gggg"),
  ];
  for (const file of pages) {
    const name = path.basename(file);
    const report = await opened(browser, file, { width: 380, height: 800 });
    const { page } = report;
    await page.evaluate("for (const item of document.querySelectorAll('details')) item.open = true");
    for (const canvas of await page.locator("canvas[data-panel]").all())
      await canvas.scrollIntoViewIfNeeded();
    await page.locator("footer").scrollIntoViewIfNeeded();
    const drawn = "[...document.querySelectorAll('canvas[data-panel]')].every((canvas) => canvas.width > 0)";
    for (const width of [380, 820, 1400]) {
      await page.setViewportSize({ width, height: 800 });
      await eventually(page, `(${drawn}) && document.documentElement.scrollWidth <= innerWidth`).catch(
        () => {},
      );
      const overflow = Number(await page.evaluate("document.documentElement.scrollWidth"));
      assert.ok(overflow <= width, `${name} is ${overflow} pixels wide at ${width}`);
    }
    const unnamed = await page.evaluate(
      "[...document.querySelectorAll('img, canvas[data-panel], svg[role=img]')].filter((one) => !one.alt && !one.getAttribute('aria-label')).length - 2 * document.querySelectorAll('.pane img').length / 2",
    );
    assert.equal(unnamed, 0, `${name}: pictures without a text`);
    await requireClean(report);
    await page.context().close();
  }
});
