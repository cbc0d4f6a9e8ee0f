// The example page in Chromium: it colors a picture as onnxruntime-node does.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { ort } from "../../src/onnxruntime.ts";
import { chooseCheckpoint } from "../../src/runner/evaluation/choose-checkpoint.ts";
import { exportOnnx } from "../../src/runner/export/export-onnx.ts";
import { openTrainedNetwork } from "../../src/runner/export/trained-network.ts";
import { openStore } from "../../src/store/open-store.ts";
import { eventually, launched, noBrowser } from "../report/browser.ts";
import { drawn, trainedRun } from "../runner/export/trained-runs.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** The page, and onnxruntime-web's files beside it as ort/: its address. */
async function served(t: TestContext): Promise<string> {
  const server = http.createServer((request, response) => {
    const name = request.url === "/" ? "index.html" : request.url!.slice(1);
    const file = name.startsWith("ort/")
      ? path.join(root, "node_modules/onnxruntime-web/dist", path.basename(name))
      : path.join(root, "examples/onnx", path.basename(name));
    if (name === "favicon.ico") response.writeHead(204).end();
    else response.writeHead(200, { "Content-Type": types[path.extname(file)]! }).end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test("the page colors as onnxruntime-node does", { skip: noBrowser, timeout: 600_000 }, async (t) => {
  const folder = temporaryFolder(t);
  const id = await trainedRun(folder, drawn({ kind: "alpha" }, 16));
  const store = openStore(path.join(folder, "runs"), { readonly: true });
  t.after(() => store.close());
  const run = store.getRun(id);
  const network = await openTrainedNetwork(run, chooseCheckpoint(store, run, "last"), store);
  const file = path.join(folder, "network.onnx");
  const { signal } = new AbortController();
  await exportOnnx(run, network, { store, file, input: "rgb", dynamic: true, signal });
  const [width, height] = [40, 24];
  const grey = Uint8Array.from({ length: width * height * 3 }, (_, at) => (Math.floor(at / 3) * 7) % 256);
  const photograph = path.join(folder, "grey.png");
  await sharp(grey, { raw: { width, height, channels: 3 } }).toFile(photograph);

  const page = await (await launched(t)).newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(error.message));
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  const url = await served(t);
  await page.goto(url);
  const state = "document.getElementById('state').textContent";
  await eventually(page, `${state} === "Choose both files"`);
  await page.locator("#network").setInputFiles(file);
  await page.locator("#photograph").setInputFiles(photograph);
  await eventually(page, `!/^(Working|Choose)/.test(${state})`);
  assert.match(await page.evaluate<string>(state), /^Done in \d+ ms, 40x24$/);
  const pixels = await page.evaluate<number[]>(
    `Array.from(document.getElementById("after").getContext("2d").getImageData(0, 0, ${width}, ${height}).data)`,
  );
  const shown = pixels.filter((_, at) => at % 4 !== 3);
  assert.deepEqual(complaints, []);
  assert.ok(requests.every((each) => each.startsWith(url) || each.startsWith("blob:")));

  const session = await ort.InferenceSession.create(file);
  const { picture } = await session.run({ rgb: new ort.Tensor("uint8", grey, [1, height, width, 3]) });
  const colors = picture!.data as Uint8Array;
  assert.equal(shown.length, colors.length);
  const apart = shown.reduce((most, value, at) => Math.max(most, Math.abs(value - colors[at]!)), 0);
  assert.ok(apart <= 1, `${apart}/255 apart`);
  assert.ok(
    shown.some((value, at) => Math.abs(value - shown[at - (at % 3)]!) > 10),
    "it is colored",
  );
});
