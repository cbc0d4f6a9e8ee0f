// A page in a real browser, with the network off.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import type { TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";

const executablePath = [process.env.CHROMIUM, "/usr/bin/chromium"].find((file) => file && existsSync(file));
/** Why there is no browser to test with; false where there is one. */
export const noBrowser = executablePath === undefined && "neither $CHROMIUM nor /usr/bin/chromium exists";
// Where everything is meant to be tested, a test that did not run is no success.
if (noBrowser && process.env.CI === "true") throw new Error(`browser tests cannot run: ${noBrowser}`);
if (noBrowser) console.log(`browser tests skipped: ${noBrowser}`);

const quiet =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

export async function launched(t: TestContext): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: executablePath!, args: quiet.split(" ") });
  t.after(() => browser.close());
  return browser;
}

export type Opened = {
  readonly page: Page;
  readonly complaints: string[];
  readonly requests: string[];
};

export async function opened(
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
export async function eventually(page: Page, condition: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await page.evaluate(condition)) return;
    await page.waitForTimeout(50);
  }
  assert.fail(`never came true: ${condition}`);
}

type Drawing = {
  matches(selector: string): boolean;
  querySelector(selector: string): unknown;
  querySelectorAll(selector: string): Iterable<{ naturalWidth: number }>;
};

/** Curves and pictures are drawn shortly before they are seen. */
export async function eventuallyDrawn(place: Locator): Promise<void> {
  const drawn = (element: unknown) => {
    const drawing = element as Drawing;
    if (drawing.matches(".plot") && drawing.querySelector(".layer") === null) return false;
    return [...drawing.querySelectorAll("img")].every(({ naturalWidth }) => naturalWidth > 0);
  };
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await place.evaluate(drawn)) return;
    await place.page().waitForTimeout(50);
  }
  assert.fail(`never drawn: ${place}`);
}

export async function requireClean({ page, complaints, requests }: Opened): Promise<void> {
  assert.deepEqual(complaints, []);
  assert.deepEqual(await page.evaluate("violations"), []);
  assert.deepEqual(
    requests.filter((url) => !/^(file|data|blob):/.test(url)),
    [],
  );
}
