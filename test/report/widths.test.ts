// Every page at the widths of a phone, a tablet and a screen, odd runs among them.

import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import type { PageKind } from "../../src/experiment/report-section.ts";
import { writeReport } from "../../src/report/write-report.ts";
import { eventually, launched, noBrowser, opened, requireClean } from "./browser.ts";
import { oddRuns } from "./odd-runs.ts";
import { sampleStore, temporaryFolder } from "./sample-store.ts";

for (const width of [380, 820, 1400])
  test(`every page at ${width} pixels`, { skip: noBrowser }, async (t) => {
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
      const report = await opened(browser, file, { width, height: 800 });
      const { page } = report;
      await page.evaluate("for (const item of document.querySelectorAll('details')) item.open = true");
      for (const canvas of await page.locator("canvas[data-panel]").all())
        await canvas.scrollIntoViewIfNeeded();
      await page.locator("footer").scrollIntoViewIfNeeded();
      const drawn =
        "[...document.querySelectorAll('canvas[data-panel]')].every((canvas) => canvas.width > 0)";
      await eventually(page, drawn);
      const overflow = Number(await page.evaluate("document.documentElement.scrollWidth"));
      assert.ok(overflow <= width, `${path.basename(file)} is ${overflow} pixels wide`);
      const unnamed = await page.evaluate(
        "[...document.querySelectorAll('img, canvas[data-panel], svg[role=img]')].filter((one) => !one.alt && !one.getAttribute('aria-label')).length - 2 * document.querySelectorAll('.pane img').length / 2",
      );
      assert.equal(unnamed, 0, `${path.basename(file)}: pictures without a text`);
      await requireClean(report);
      await page.context().close();
    }
  });
