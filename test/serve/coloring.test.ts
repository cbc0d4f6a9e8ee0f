// Photographs colored over HTTP by a network that was trained for a moment: what comes back, what is refused, what is left.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import path from "node:path";
import { type TestContext, test } from "node:test";
import sharp from "sharp";
import { createColorist } from "../../src/cli/coloring/colorist.ts";
import { drawScene } from "../../src/datasets/scenes/scenes.ts";
import { startServer } from "../../src/serve/start-server.ts";
import { openStore } from "../../src/store/open-store.ts";
import { callCli } from "../cli/call-cli.ts";
import { eventually, launched, noBrowser } from "../report/browser.ts";
import { drawn, pix2pix, trainedRun } from "../runner/export/trained-runs.ts";
import { saveDataset } from "../store/fixtures.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { startRun } from "./fixtures.ts";

async function coloringServer(t: TestContext) {
  const cwd = temporaryFolder(t);
  const id = await trainedRun(cwd, drawn(pix2pix({}), 32));
  const runs = path.join(cwd, "runs");
  const errors: unknown[] = [];
  const onError = (thrown: unknown) => errors.push(thrown);
  const colorist = createColorist(runs);
  const server = await startServer(runs, {
    host: "127.0.0.1",
    port: 0,
    colorist,
    warn: assert.fail,
    onError,
  });
  t.after(() => server.close());
  return { cwd, id, runs, server, errors };
}

/** A drawn scene in grey. */
const grey = (width: number, height: number) =>
  sharp(drawScene(1, 0, 64), { raw: { width: 64, height: 64, channels: 3 } })
    .resize(width, height, { fit: "fill" })
    .greyscale()
    .toColourspace("b-w");

const bytesType = { "Content-Type": "application/octet-stream" };

/** Processes that color for this one. */
function coloringProcesses(): number[] {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ");
  return children
    .filter((id) => id !== "" && readFileSync(`/proc/${id}/cmdline`, "utf8").includes("color-process"))
    .map(Number);
}

/** A JPEG that says it is 8000 pixels wide and 6300 high. */
async function saidToBeHuge(): Promise<Buffer> {
  const bytes = await grey(16, 16).jpeg().toBuffer();
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  bytes.writeUInt16BE(6300, frame + 5);
  bytes.writeUInt16BE(8000, frame + 7);
  return bytes;
}

test("photographs are colored over HTTP", async (t) => {
  const served = await coloringServer(t);
  await t.test("as colorize does it; nothing is left of them", () => colorsAndForgets(served));
  await t.test("in a page, to be seen and kept", { skip: noBrowser }, (inner) => pageColors(inner, served));
  await served.server.close();
  if (process.platform !== "linux") return;
  for (let attempt = 0; attempt < 100 && coloringProcesses().length > 0; attempt++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(coloringProcesses(), []);
});

/** What is said to a body of so many bytes before any of it is sent: fetch fails where the answer comes first. */
async function answerToAnnounced(
  url: string,
  headers: Readonly<Record<string, string>>,
  bytes: number,
): Promise<[status: number | undefined, text: string]> {
  const asked = request(url, { method: "POST", headers: { ...headers, "Content-Length": String(bytes) } });
  asked.flushHeaders();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  const text = (await answer.setEncoding("utf8").toArray()).join("");
  asked.destroy();
  return [answer.statusCode, text];
}

type Served = Awaited<ReturnType<typeof coloringServer>>;

async function colorsAndForgets({ cwd, id, runs, server, errors }: Served): Promise<void> {
  const photograph = await grey(90, 60)
    .png()
    .toFile(path.join(cwd, "grey.png"))
    .then(() => readFileSync(path.join(cwd, "grey.png")));
  const address = `${server.url}color?run=${id}`;
  const send = (
    body: Buffer | string,
    to = address,
    headers: Record<string, string> = {},
    signal?: AbortSignal,
  ) => fetch(to, { method: "POST", body, headers: { ...bytesType, ...headers }, ...(signal && { signal }) });
  const everything = () => readdirSync(runs, { recursive: true }).sort();
  const before = everything();

  const answer = await send(photograph);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "image/png");
  assert.equal(answer.headers.get("cache-control"), "no-store");
  assert.match(answer.headers.get("content-security-policy")!, /^default-src 'none'/);
  assert.deepEqual(JSON.parse(answer.headers.get("coloring")!), {
    epoch: 1,
    kind: "grey",
    isRestored: false,
  });
  const colored = Buffer.from(await answer.arrayBuffer());
  const { code, stderr } = await callCli(["colorize", "grey.png", "--run", id, "--out", "out"], { cwd });
  assert.equal(code, 0, stderr);
  assert.deepEqual(colored, readFileSync(path.join(cwd, "out/grey.png")));
  assert.equal((await send(photograph, `${server.url}color?run=small&checkpoint=best`)).status, 200);

  // What browsers do not show comes back as what they show, and as it was.
  const tiff = await grey(90, 60).tiff().toBuffer();
  assert.equal((await send(tiff)).headers.get("content-type"), "image/png");
  const shown = await send(tiff, `${server.url}color`);
  assert.equal(shown.headers.get("content-type"), "image/webp");
  const { width, height } = await sharp(Buffer.from(await shown.arrayBuffer())).metadata();
  assert.deepEqual([width, height], [90, 60]);
  assert.deepEqual(everything(), before);

  // Twice at once: one after the other, both whole.
  const both = await Promise.all([send(photograph), send(photograph)]);
  for (const one of both) assert.deepEqual(Buffer.from(await one.arrayBuffer()), colored);

  const own = { Origin: new URL(server.url).origin };
  assert.equal((await send(photograph, address, own)).status, 200);
  const big = await saidToBeHuge();
  const refused: [() => Promise<Response>, number, RegExp][] = [
    [() => send(photograph, address, { Origin: "http://evil.example" }), 403, /own pages only/],
    [() => send(photograph, address, { Origin: "null" }), 403, /own pages only/],
    [() => send(photograph, address, { "Content-Type": "text/plain" }), 415, /application\/octet-stream/],
    [() => send(photograph, `${server.url}color?run=nobody`), 404, /no such id/],
    [() => send(photograph, `${address}&checkpoint=../x`), 400, /expected one of last, best/],
    [() => send(""), 400, /got no bytes/],
    [() => send("no picture"), 422, /^not an image that can be read\n$/],
    [() => send(big), 422, /^more than 50 million pixels\n$/],
    [() => send(photograph, `${server.url}report`), 405, /Only GET and HEAD/],
  ];
  // One after the other: all at once they wait for each other, and a connection is closed that stays unused for seconds.
  for (const [ask, status, words] of refused) {
    const answer = await ask();
    const text = await answer.text();
    assert.equal(answer.status, status, text);
    assert.match(text, words);
  }
  assert.deepEqual(await answerToAnnounced(address, { ...bytesType, ...own }, 101 * 2 ** 20), [
    413,
    "Expected at most 100 MiB; hueristic colorize takes larger files.\n",
  ]);
  // A page of elsewhere may not even ask whether it may.
  assert.equal((await fetch(address, { method: "OPTIONS" })).status, 405);

  // One that nobody waits for is stopped, and the next one has its turn.
  const gone = new AbortController();
  const large = await grey(2000, 1500).jpeg().toBuffer();
  const abandoned = send(large, address, {}, gone.signal);
  setTimeout(() => gone.abort(), 100);
  await assert.rejects(abandoned, { name: "AbortError" });
  assert.equal((await send(photograph)).status, 200);

  // Whatever happens to the process that colors, the server stays.
  if (process.platform === "linux") {
    const [coloring] = coloringProcesses();
    const lost = send(large);
    setTimeout(() => process.kill(coloring!, "SIGKILL"), 100);
    const told = await lost;
    assert.equal(told.status, 422);
    assert.match(await told.text(), /the process that colors ended with SIGKILL/);
    assert.equal((await send(photograph)).status, 200);
    assert.equal(coloringProcesses().length, 1);
  }
  assert.deepEqual(errors, []);
}

async function pageColors(t: TestContext, { cwd, id, server }: Served): Promise<void> {
  const page = await (
    await (await launched(t)).newContext({ viewport: { width: 390, height: 800 } })
  ).newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(server.url);
  await page.getByRole("link", { name: "Color a photograph" }).click();
  // A format that no browser shows, of another shape than the network's.
  const buffer = await grey(120, 40).tiff().toBuffer();
  await page.setInputFiles("[data-file]", { name: "old.tif", mimeType: "image/tiff", buffer });
  const progress = "document.querySelector('[data-progress]').textContent";
  await eventually(page, `${progress} === '1 of 1 done.'`);
  const side = page.locator("figure");
  assert.match((await side.locator("[data-state]").textContent())!, /epoch 1 · [\d.]+ s · 120×40$/);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    side.getByRole("link", { name: "Download" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "old-small-1.png");
  await download.saveAs(path.join(cwd, "kept.png"));
  const kept = await sharp(path.join(cwd, "kept.png")).metadata();
  assert.deepEqual([kept.width, kept.height, kept.channels], [120, 40, 3]);
  const handle = side.locator("[data-handle]");
  assert.ok(await handle.isVisible());
  await handle.focus();
  await page.keyboard.press("End");
  assert.equal(await handle.getAttribute("aria-valuenow"), "100");
  const sideways = "document.documentElement.scrollWidth > document.documentElement.clientWidth";
  assert.equal(await page.evaluate(sideways), false);

  // The other checkpoint is colored anew; without a network there is nothing.
  await page.getByRole("button", { name: "best" }).click();
  await eventually(
    page,
    `${progress} === '1 of 1 done.' && document.querySelectorAll('figure').length === 1`,
  );
  await page.locator(`[value="${id}"]`).uncheck();
  await eventually(page, `${progress} === 'Choose at least one network.'`);
  assert.deepEqual(complaints, []);
  await page.setInputFiles("[data-file]", {
    name: "x.jpg",
    mimeType: "image/jpeg",
    buffer: Buffer.from("x"),
  });
  await eventually(
    page,
    "document.querySelector('[data-message]').textContent === 'not an image that can be read'",
  );
}

test("a server that others reach colors nothing, nor does one without anybody who can", async (t) => {
  const runs = temporaryFolder(t);
  const store = openStore(runs);
  saveDataset(store);
  startRun(store, "first").finish("FINISHED");
  store.close();
  const colorist = createColorist(runs);
  const servers = [
    await startServer(runs, {
      host: "0.0.0.0",
      port: 0,
      colorist,
      warn: assert.fail,
      onError: assert.ifError,
    }),
    await startServer(runs, { host: "127.0.0.1", port: 0, warn: assert.fail, onError: assert.ifError }),
  ];
  for (const { url, close } of servers) {
    t.after(close);
    const own = url.replace("0.0.0.0", "127.0.0.1");
    assert.ok(!(await (await fetch(own)).text()).includes('href="/color"'));
    assert.equal((await fetch(`${own}color`)).status, 403);
    assert.equal((await fetch(`${own}color`, { method: "POST", body: "x", headers: bytesType })).status, 403);
  }
});
