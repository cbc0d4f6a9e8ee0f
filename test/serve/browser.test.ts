// Served pages in a real browser, while a run is written.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { startServer } from "../../src/serve/start-server.ts";
import type { RunWriter } from "../../src/store/run-writer.ts";
import { eventually, launched, noBrowser } from "../report/browser.ts";
import { addEpoch, servedStore, startRun } from "./fixtures.ts";

const evil = `</script><script>alert(1)</script>"'><img src=x onerror=alert(1)>\u202E`;

async function opened(browser: Browser, url: string) {
  const page = await (await browser.newContext({ viewport: { width: 1000, height: 500 } })).newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.addInitScript(`window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));`);
  await page.goto(url);
  await page.evaluate("window.neverReloaded = true");
  return { page, complaints };
}

async function requireUntouched(page: Page, complaints: readonly string[]): Promise<void> {
  assert.deepEqual(complaints, []);
  assert.deepEqual(await page.evaluate("violations"), []);
  assert.equal(await page.evaluate("window.neverReloaded"), true);
}

/** Waits until the page shows what was written. */
async function updated(page: Page, write: () => Promise<void> | void): Promise<void> {
  const state = "document.querySelector('[data-live]').dataset.mark";
  const before = JSON.stringify(await page.evaluate(state));
  await write();
  await eventually(page, `${state} !== ${before}`);
}

test("a page follows a run that is under way", { skip: noBrowser, timeout: 600_000 }, async (t) => {
  let [first, second]: RunWriter[] = [];
  const { server, store, folder, errors } = await servedStore(t, async (filled) => {
    first = startRun(filled, "first", ["both"]);
    second = startRun(filled, "second", ["both"]);
    for (const epoch of [0, 1, 2]) for (const writer of [first, second]) await addEpoch(writer, epoch);
  });
  const browser = await launched(t);
  const allShown = `[...document.querySelectorAll('[data-samples] tr[data-run="0"] img')].every(({naturalWidth}) => naturalWidth === 16)`;
  const sources = (page: Page, run: number) =>
    page
      .locator(`[data-samples] tr[data-run="${run}"] img`)
      .evaluateAll((found) => found.map((img) => (img as unknown as { src: string }).src));

  await t.test("the slider stays or follows, the scroll stays, curves and pictures are new", async () => {
    const { page, complaints } = await opened(browser, `${server.url}report?run=both`);
    await eventually(page, "document.querySelector('[data-live]').dataset.state === 'live'");
    const epochName = () => page.locator("[data-epoch-name]").textContent();
    const plot = page.locator(".plot").first();
    await eventually(page, "document.querySelector('.plot .layer') !== null");
    const before = await plot.screenshot();
    await page.getByRole("button", { name: "Logarithmic" }).click();
    await page.locator(".legend [data-group]").nth(1).click();
    await page.locator("[data-filter]").fill("first");
    await page.locator("#about-0 summary").click();
    const slider = page.locator("[data-epoch]");
    await slider.focus();
    await page.keyboard.press("ArrowLeft");
    assert.equal(await epochName(), "1");
    await eventually(page, allShown);
    const old = await sources(page, 0);
    const scrolled = await page.evaluate("Math.round(scrollY)");
    assert.ok(Number(scrolled) > 300);
    await updated(page, () => addEpoch(first!, 3));

    assert.equal(await epochName(), "1");
    assert.equal(await slider.getAttribute("max"), "3");
    assert.deepEqual(await sources(page, 0), old);
    assert.equal(await page.evaluate("Math.round(scrollY)"), scrolled);
    assert.equal(await page.evaluate("document.activeElement.dataset.epoch"), "");
    assert.equal(await page.locator("[data-filter]").inputValue(), "first");
    assert.ok(!(await page.locator('[data-samples] tr[data-run="1"]').isVisible()));
    assert.equal(await page.locator('.legend [aria-pressed="true"][data-group]').count(), 1);
    assert.equal(await page.locator('[data-scale="logarithmic"]').getAttribute("aria-pressed"), "true");
    assert.ok(
      await page.locator("#about-0").evaluate((details) => (details as unknown as { open: boolean }).open),
    );
    await page.locator("canvas[data-panel]").first().focus();
    for (let press = 0; press < 70; press++) await page.keyboard.press("ArrowRight");
    assert.match((await page.locator(".tip").first().textContent())!, /^epoch 3/);
    assert.notDeepEqual(await plot.screenshot(), before);

    // At the end it goes along.
    await slider.focus();
    await page.keyboard.press("End");
    assert.equal(await epochName(), "3");
    await updated(page, () => addEpoch(first!, 4));
    assert.equal(await epochName(), "4");
    assert.equal(await slider.inputValue(), "4");
    await eventually(page, allShown);
    assert.notDeepEqual(await sources(page, 0), old);
    await requireUntouched(page, complaints);
    await page.close();
  });

  await t.test("the viewer keeps its pictures, its mode and its magnification", async () => {
    const { page, complaints } = await opened(browser, `${server.url}report?run=both&page=runs`);
    await page.locator('.tile[tabindex="0"]').focus();
    for (const key of ["ArrowDown", "ArrowDown", "ArrowRight", "Enter"]) await page.keyboard.press(key);
    await page.getByRole("button", { name: "Divider" }).click();
    await page.getByRole("button", { name: "Larger" }).click();
    await page.locator("[data-viewer-left]").selectOption({ label: "second" });
    const look = () =>
      page.evaluate(
        "[getComputedStyle(document.querySelector('[data-pane=left] img')).transform, ...[...document.querySelectorAll('dialog select')].map(({value}) => value), document.querySelector('[data-stage]').dataset.mode, document.querySelector('#viewer').open]",
      );
    const before = await look();
    const heads = await page.locator(".history thead th").count();
    await updated(page, () => addEpoch(second!, 5));
    assert.deepEqual(await look(), before);
    assert.equal(await page.locator(".history thead th").count(), heads + 1);
    assert.match((await page.locator("[data-viewer-place]").textContent())!, /left: second, epoch 5/);
    await requireUntouched(page, complaints);
    await page.close();
  });

  await t.test("another run of the tag joins the page; the first page shows it too", async () => {
    const { page, complaints } = await opened(browser, `${server.url}report?run=both&page=runs`);
    const index = await opened(browser, server.url);
    await index.page.locator("input[name=run]").nth(1).check();
    const checked = "document.querySelector('input:checked').value";
    const chosen = await index.page.evaluate(checked);
    await updated(page, async () => {
      const third = startRun(store, "third", ["both"]);
      await addEpoch(third, 0);
      third.finish("FINISHED");
    });
    await eventually(page, "document.querySelectorAll('[data-samples] tr[data-run]').length === 3");
    assert.equal(await page.locator(".legend [data-group]").count(), 3);
    await page.locator(".legend [data-group]").nth(2).click();
    assert.ok(!(await page.locator('[data-samples] tr[data-run="2"]').isVisible()));
    await eventually(index.page, "/third.*FINISHED/.test(document.querySelector('tbody tr').textContent)");
    assert.equal(await index.page.locator("tbody tr").count(), 3);
    assert.equal(await index.page.evaluate(checked), chosen);
    await index.page.getByRole("button", { name: "started" }).click();
    assert.match((await index.page.locator("tbody tr").first().textContent())!, /first/);
    await index.page.locator("input[name=run]").nth(2).check();
    await index.page.getByRole("button", { name: "Models" }).click();
    await index.page.waitForURL(/report\?page=models&run=.*&run=/);
    assert.match((await index.page.locator("h1").textContent())!, /2 models compared/);
    await requireUntouched(page, complaints);
    assert.deepEqual(index.complaints, []);
    await index.page.close();
    await page.close();
  });

  await t.test("a run that has nothing yet grows its curves and its samples", async () => {
    const writer = startRun(store, evil);
    const { page, complaints } = await opened(browser, `${server.url}report?run=${writer.id}`);
    assert.equal(await page.locator("canvas[data-panel]").count(), 0);
    assert.equal(await page.locator(".tile").count(), 0);
    await updated(page, async () => {
      for (const epoch of [0, 1]) await addEpoch(writer, epoch);
    });
    await eventually(page, "document.querySelectorAll('[data-samples] .tile').length === 12");
    await eventually(page, "document.querySelector('.plot .layer') !== null");
    await eventually(page, "document.querySelector('[data-epoch-name]').textContent === '1'");
    const stills = page.locator("tr:has(.still)");
    const before = await stills.count();
    await stills.last().scrollIntoViewIfNeeded();
    await updated(page, () => addEpoch(writer, 2));
    await eventually(page, `document.querySelectorAll('tr:has(.still)').length === ${before + 1}`);
    await stills.last().scrollIntoViewIfNeeded();
    await eventually(page, "[...document.querySelectorAll('.still')].at(-1).naturalWidth === 16");
    await page.locator(".tile").nth(9).click();
    assert.match((await page.locator("[data-viewer-place]").textContent())!, /epoch 2/);
    assert.match((await page.locator("h1").textContent())!, /<img src=x/);
    await requireUntouched(page, complaints);
    await page.close();
  });

  await t.test("a brush of a sweep stays", async () => {
    for (const rate of [0.1, 0.01]) {
      const writer = startRun(store, `rate ${rate}`, ["search"], rate);
      await addEpoch(writer, 1);
      writer.finish("FINISHED");
    }
    const { page, complaints } = await opened(browser, `${server.url}report?run=search&page=sweep`);
    const axis = page.locator("[data-axis-area]").first();
    await axis.focus();
    await page.keyboard.press("ArrowUp");
    const count = () => page.locator("[data-parallel-count]").textContent();
    assert.match((await count())!, /^\d of 2 trials/);
    await updated(page, async () => addEpoch(startRun(store, "rate 1", ["search"], 1), 1));
    await eventually(
      page,
      "/^\\d of 3 trials/.test(document.querySelector('[data-parallel-count]').textContent)",
    );
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("polyline.out").count(), 0);
    await requireUntouched(page, complaints);
    await page.close();
  });

  await t.test("a server that is gone is said; one that comes back is found", async () => {
    const { page } = await opened(browser, `${server.url}report?run=first`);
    const state = "document.querySelector('[data-live]').dataset.state";
    await eventually(page, `${state} === 'live'`);
    await server.close();
    await eventually(page, `${state} === 'lost'`);
    assert.equal(await page.locator("[data-live]").textContent(), "not connected");
    const port = Number(new URL(server.url).port);
    const again = await startServer(folder, {
      host: "127.0.0.1",
      port,
      warn: assert.fail,
      onError: (thrown) => errors.push(thrown),
    });
    t.after(() => again.close());
    await eventually(page, `${state} === 'live'`);
    await updated(page, () => addEpoch(first!, 5));
    assert.equal(await page.locator("[data-epoch-name]").textContent(), "5");
    assert.equal(await page.evaluate("window.neverReloaded"), true);
  });
  assert.deepEqual(errors, []);
});
