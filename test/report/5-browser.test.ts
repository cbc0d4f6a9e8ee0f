// The page in a real browser, with the network off.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { writeReport } from "../../src/report/write-report.ts";
import { type SampleRun, sampleStore, temporaryFolder } from "./sample-store.ts";

const executablePath = [process.env.CHROMIUM, "/usr/bin/chromium"].find((file) => file && existsSync(file));
const skip = executablePath === undefined && "neither $CHROMIUM nor /usr/bin/chromium exists";
if (skip) console.log(`browser tests skipped: ${skip}`);

const quiet =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

type Opened = { readonly page: Page; readonly complaints: string[]; readonly requests: string[] };

async function opened(
  browser: Browser,
  file: string,
  viewport = { width: 1000, height: 800 },
): Promise<Opened> {
  const context = await browser.newContext({ offline: true, viewport });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => requests.push(request.url()));
  await page.addInitScript(`window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));`);
  await page.goto(pathToFileURL(file).href);
  return { page, complaints, requests };
}

/** page.waitForFunction evaluates strings in the page, which its security policy forbids. */
async function eventually(page: Page, condition: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await page.evaluate(condition)) return;
    await page.waitForTimeout(50);
  }
  assert.fail(`never came true: ${condition}`);
}

async function requireClean({ page, complaints, requests }: Opened): Promise<void> {
  assert.deepEqual(complaints, []);
  assert.deepEqual(await page.evaluate("violations"), []);
  assert.deepEqual(
    requests.filter((url) => !/^(file|data):/.test(url)),
    [],
  );
}

test("the report in Chromium without a network", { skip, timeout: 60_000 }, async (t) => {
  const gap = (step: number) => (step === 20 ? Number.NaN : 1 / (1 + step));
  const odd: readonly SampleRun[] = [
    { id: "eeee", name: "empty", loss: null, images: 0 },
    { id: "ffff", name: "only NaN", loss: () => Number.NaN },
    { id: "gggg", name: "</script><script>alert(1)</script>", epochs: 1, stepsPerEpoch: 1, loss: () => 0 },
    { id: "hhhh", name: "no epochs", epochs: 0 },
  ];
  const store = await sampleStore(t, { id: "aaaa", loss: gap }, { id: "bbbb", tint: 3 }, ...odd);
  const folder = temporaryFolder(t);
  const write = async (name: string, ...ids: string[]) =>
    (await writeReport(store, ids, { out: path.join(folder, name), png: null })).file;
  const browser = await chromium.launch({ executablePath: executablePath!, args: quiet.split(" ") });
  t.after(() => browser.close());

  await t.test("one run: scale switch, grid and dialog by keyboard", async () => {
    const report = await opened(browser, await write("one.html", "aaaa"));
    const { page } = report;
    await page.waitForSelector(".legend button");
    assert.equal(await page.locator(".legend button").count(), 3);
    const scale = () => page.evaluate(`Chart.getChart("run-1-loss").scales.y.type`);
    assert.equal(await scale(), "linear");
    await page.getByRole("button", { name: "Logarithmic" }).focus();
    await page.keyboard.press("Enter");
    assert.equal(await scale(), "logarithmic");
    assert.equal(
      await page.getByRole("button", { name: "Logarithmic" }).getAttribute("aria-pressed"),
      "true",
    );
    await page.getByRole("button", { name: "Linear" }).click();
    assert.equal(await scale(), "linear");
    await page.locator(".plot").first().hover();
    await eventually(page, `Chart.getChart("run-1-loss").tooltip.opacity > 0`);
    assert.match(String(await page.evaluate(`Chart.getChart("run-1-loss").tooltip.title[0]`)), /^epoch /);

    const place = () => page.locator("[data-viewer-place]").textContent();
    await page.locator('.tile[tabindex="0"]').focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    assert.ok(await page.locator("dialog").isVisible());
    assert.equal(await place(), "seen image 2 of 4, epoch 0");
    assert.equal(await page.locator("dialog figure:visible").count(), 3);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    assert.equal(await place(), "unseen image 3 of 4, epoch 2");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    assert.equal(await place(), "unseen image 3 of 4, epoch 0");
    const alt = await page.locator("dialog img").nth(2).getAttribute("alt");
    assert.equal(alt, "photo 0.jpg, unseen, epoch 0");
    await page.keyboard.press("Escape");
    assert.ok(!(await page.locator("dialog").isVisible()));
    // The focus is where the reader walked to.
    await eventually(page, `document.activeElement.firstElementChild?.alt === ${JSON.stringify(alt)}`);
    const undrawn = "[...document.images].filter((img) => img.dataset.blob && !img.naturalWidth).length";
    await page.locator("footer").scrollIntoViewIfNeeded();
    await eventually(page, `${undrawn} === 0`);
    await requireClean(report);
  });

  await t.test("several runs, odd ones among them, at the width of a telephone", async () => {
    const file = await write("all.html", "aaaa", "bbbb", "eeee", "ffff", "gggg", "hhhh");
    const report = await opened(browser, file, { width: 380, height: 800 });
    const { page } = report;
    await page.evaluate("for (const item of document.querySelectorAll('details')) item.open = true");
    for (const canvas of await page.locator("canvas").all()) await canvas.scrollIntoViewIfNeeded();
    await page.locator("#run-6-loss").scrollIntoViewIfNeeded();
    await eventually(page, `Chart.getChart("run-6-loss") !== undefined`);
    for (const button of await page.getByRole("button", { name: "Logarithmic" }).all()) await button.click();
    assert.ok(Number(await page.evaluate("document.documentElement.scrollWidth")) <= 380);
    await requireClean(report);
  });

  await t.test("a page without charts", async () => {
    await requireClean(await opened(browser, await write("none.html", "eeee")));
  });
});
