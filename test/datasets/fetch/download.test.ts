// Downloads from servers that misbehave in every way that a connection can break.

import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type DownloadOptions, download, type RemoteFile } from "../../../src/datasets/fetch/download.ts";
import { silent } from "../../../src/output.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { send, sendText, startServer } from "./server.ts";

const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251));
const half = 150_000;
const etag = '"one"';

/** A .part, and whether so many bytes have arrived in it: a connection that is cut earlier takes some with it. */
function newPart(t: TestContext) {
  const path = join(temporaryFolder(t), "a.zip.part");
  return { path, arrived: (bytes: number) => existsSync(path) && statSync(path).size >= bytes };
}

function setUp(t: TestContext, url: string, { path } = newPart(t)) {
  const lines: string[] = [];
  const abort = new AbortController();
  const options: DownloadOptions = {
    output: { ...silent, warn: (line) => lines.push(line), info: (line) => lines.push(line) },
    signal: abort.signal,
    patience: { silenceMs: 5_000, pauseMs: () => 0, mostFailures: 3 },
  };
  const file: RemoteFile = { name: "a.zip", url, bytes: content.length, byHand: "https://page.example" };
  return { part: path, lines, abort, options, file };
}

test("a whole file in one go, through redirects", async (t) => {
  const server = await startServer(t, (response, request, number) => {
    if (number < 3) response.writeHead(302, { location: `/there${number}` }).end();
    else send(response, request, { content, etag });
  });
  const { part, options, file } = setUp(t, server.url);
  await download(file, part, options);
  assert.deepEqual(readFileSync(part), content);
  assert.equal(server.requests[0]!.headers["accept-encoding"], "identity");
  await download(file, part, options);
  assert.equal(server.requests.length, 3, "a whole .part needs no network");
});

test("a connection cut in the middle goes on where it stopped", async (t) => {
  const own = newPart(t);
  const server = await startServer(t, (response, request, number) =>
    send(response, request, {
      content,
      etag,
      ...(number < 3 ? { cutAfter: 100_000, arrived: own.arrived } : {}),
    }),
  );
  const { part, options, file, lines } = setUp(t, server.url, own);
  await download(file, part, options);
  assert.deepEqual(readFileSync(part), content);
  assert.deepEqual(
    server.requests.map(({ headers }) => [headers.range, headers["if-range"]]),
    [
      [undefined, undefined],
      ["bytes=100000-", etag],
      ["bytes=200000-", etag],
    ],
  );
  assert.match(lines[0]!, /^a\.zip: the connection broke \(.+\); next try in 0 s$/);
});

test("another process goes on with the .part, by Last-Modified where there is no strong ETag", async (t) => {
  const own = newPart(t);
  const lastModified = "Tue, 10 Jul 2018 21:32:53 GMT";
  const server = await startServer(t, (response, request, number) =>
    send(response, request, {
      content,
      lastModified,
      ...(number === 1 ? { cutAfter: half, arrived: own.arrived } : {}),
    }),
  );
  const { part, options, file } = setUp(t, server.url, own);
  const impatient = { ...options, patience: { ...options.patience, mostFailures: 1 } };
  await assert.rejects(
    download(file, part, impatient),
    /^UserError: a\.zip: the connection broke .*; 146 KiB of 293 KiB are kept: run the same command to go on$/,
  );
  await download(file, part, options);
  assert.deepEqual(readFileSync(part), content);
  assert.equal(server.requests[1]!.headers["if-range"], lastModified);
});

test("a server that ignores ranges, or names no version, sends all again", async (t) => {
  for (const version of [{ content, etag, ignoresRange: true }, { content }]) {
    const own = newPart(t);
    const server = await startServer(t, (response, request, number) =>
      send(response, request, {
        ...version,
        ...(number === 1 ? { cutAfter: half, arrived: own.arrived } : {}),
      }),
    );
    const { part, options, file } = setUp(t, server.url, own);
    await download(file, part, options);
    assert.deepEqual(readFileSync(part), content);
  }
});

test("a server that always cuts at the same byte is given up in the end", async (t) => {
  const own = newPart(t);
  const server = await startServer(t, (response, request) =>
    send(response, request, { content, etag, ignoresRange: true, cutAfter: half, arrived: own.arrived }),
  );
  const { part, options, file } = setUp(t, server.url, own);
  await assert.rejects(download(file, part, options), /UserError: a\.zip: the connection broke/);
  assert.equal(server.requests.length, 3);
});

test("two versions are never joined, whether the server heeds If-Range or not", async (t) => {
  const other = Buffer.from(content).reverse();
  for (const ignoresIfRange of [false, true]) {
    const own = newPart(t);
    const server = await startServer(t, (response, request, number) =>
      number === 1
        ? send(response, request, { content, etag, cutAfter: half, arrived: own.arrived })
        : send(response, request, { content: other, etag: '"two"', ignoresIfRange }),
    );
    const { part, options, file } = setUp(t, server.url, own);
    await download(file, part, options);
    assert.deepEqual(readFileSync(part), other);
  }
});

test("a .part that is too long or of unknown origin begins anew", async (t) => {
  const server = await startServer(t, (response, request) => send(response, request, { content, etag }));
  for (const size of [content.length + 1, 5]) {
    const { part, options, file } = setUp(t, server.url);
    writeFileSync(part, Buffer.alloc(size));
    await download(file, part, options);
    assert.deepEqual(readFileSync(part), content);
  }
});

test("a silent server is given up, and what came is kept", async (t) => {
  const server = await startServer(t, (response, _, number) => {
    if (number > 1) return; // not even headers
    response.writeHead(200, { "content-length": content.length, etag });
    response.write(content.subarray(0, half));
  });
  const { part, options, file } = setUp(t, server.url);
  const hasty = { ...options, patience: { ...options.patience, silenceMs: 1000 } };
  await assert.rejects(download(file, part, hasty), /nothing came for 1 s; 146 KiB of 293 KiB are kept/);
  assert.equal(server.requests[1]!.headers.range, `bytes=${half}-`);
});

test("an abort stops at once and keeps what came", async (t) => {
  const server = await startServer(t, (response) => {
    response.writeHead(200, { "content-length": content.length, etag });
    response.write(content.subarray(0, half));
  });
  const { part, options, file, abort } = setUp(t, server.url);
  const reason = new Error("stopped by SIGINT");
  const bar = { update: (done: number) => void (done > 0 && abort.abort(reason)), stop: () => {} };
  const watched = { ...options, output: { ...options.output, progress: () => bar } };
  await assert.rejects(download(file, part, watched), reason);
  assert.ok(statSync(part).size > 0);
  await assert.rejects(download(file, part, { ...options, signal: AbortSignal.abort(reason) }), reason);
});

test("refusals are one line that says what to do; a busy server is asked again", async (t) => {
  const cases: [number, RegExp, number][] = [
    [
      403,
      /^UserError: a\.zip: 127\.0\.0\.1 answered 403 Forbidden: the server refuses the file \(http.*--from$/,
      1,
    ],
    [
      404,
      /^UserError: a\.zip: 127\.0\.0\.1 answered 404 Not Found: the file is not there \(http.*--from$/,
      1,
    ],
    [503, /^UserError: a\.zip: 127\.0\.0\.1 answered 503 Service Unavailable; nothing has come yet: run/, 3],
    [429, /answered 429 Too Many Requests/, 3],
  ];
  for (const [status, message, requests] of cases) {
    const server = await startServer(t, (response) => sendText(response, status, "text/html", "<html>no"));
    const { part, options, file } = setUp(t, server.url);
    await assert.rejects(download(file, part, options), message);
    assert.equal(server.requests.length, requests);
  }
});

test("a web page is no zip", async (t) => {
  const quota = "<!doctype html><title>Google Drive - Quota exceeded</title>";
  for (const [status, type, text, expected] of [
    [200, "text/html; charset=utf-8", quota, /too many people have fetched it .*--from$/],
    [403, "text/html", quota, /too many people have fetched it/],
    [200, "text/html", "<html><title>Log in</title>", /answered with a web page; see whether a login/],
  ] as const) {
    const server = await startServer(t, (response) => sendText(response, status, type, text));
    const { part, options, file } = setUp(t, server.url);
    await assert.rejects(download({ ...file, bytes: null }, part, options), expected);
    assert.equal(existsSync(part), false);
    assert.equal(server.requests.length, 1);
  }
});

test("too much is refused, too little is a broken connection", async (t) => {
  const announced = await startServer(t, (response, request) =>
    send(response, request, { content: Buffer.concat([content, content]), etag }),
  );
  const one = setUp(t, announced.url);
  await assert.rejects(
    download(one.file, one.part, one.options),
    /^UserError: a\.zip: expected 300,000 bytes, http.* offers 600,000: another file, or a changed one/,
  );
  const chunked = (bytes: Buffer) =>
    startServer(t, (response) => void response.writeHead(200, { etag }).end(bytes));
  const more = await chunked(Buffer.concat([content, content]));
  const two = setUp(t, more.url);
  await assert.rejects(
    download(two.file, two.part, two.options),
    /expected 300,000 bytes, http.* sends more/,
  );
  assert.equal(existsSync(two.part), false);
  const less = await chunked(content.subarray(0, half));
  const three = setUp(t, less.url);
  await assert.rejects(
    download(three.file, three.part, three.options),
    /the connection ended after 146 KiB of 293 KiB; 146 KiB of 293 KiB are kept/,
  );
});

test("nobody listens", async (t) => {
  const { part, options, file } = setUp(t, "http://127.0.0.1:1");
  await assert.rejects(
    download(file, part, options),
    /UserError: a\.zip: .*nothing has come yet: run the same/,
  );
});
