// The server over real HTTP and a real database.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import path from "node:path";
import { test } from "node:test";
import { mostStreams } from "../../src/serve/events.ts";
import { isLoopback, isOwnHost } from "../../src/serve/headers.ts";
import { createPageCache } from "../../src/serve/page-cache.ts";
import { startServer } from "../../src/serve/start-server.ts";
import { openStore } from "../../src/store/open-store.ts";
import { openSharedSweep, shareSweep } from "../../src/store/shared-sweeps/shared-sweep.ts";
import { saveDataset, temporaryFolder } from "../store/fixtures.ts";
import { addEpoch, type Fixture, servedStore, startRun } from "./fixtures.ts";

const evil = `</script><script>alert(1)</script>"'><img src=x onerror=alert(1)>\u202E`;

/** As it is written: fetch would tidy the path and refuse the header. */
function raw(
  { server }: Fixture,
  target: string,
  { host, method = "GET" }: { host?: string; method?: string } = {},
): Promise<{ status: number; text: string; headers: IncomingMessage["headers"] }> {
  const { hostname, port } = new URL(server.url);
  const headers = host === undefined ? {} : { Host: host };
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path: target, method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => resolve({ status: response.statusCode!, text, headers: response.headers }));
    });
    asked.on("error", reject).end();
  });
}

async function filled(t: Parameters<typeof servedStore>[0]): Promise<Fixture & { ids: string[] }> {
  const ids: string[] = [];
  const fixture = await servedStore(t, async (store) => {
    for (const name of ["first", "second", evil]) {
      const writer = startRun(store, name, ["both", evil]);
      await addEpoch(writer, 0);
      await addEpoch(writer, 1);
      writer.finish("FINISHED");
      ids.push(writer.id);
    }
  });
  return { ...fixture, ids };
}

test("the first page links to every run, tag and experiment file", async (t) => {
  const fixture = await filled(t);
  const { status, text } = await raw(fixture, "/");
  assert.equal(status, 200);
  for (const id of fixture.ids) {
    assert.ok(text.includes(`href="/report?run=${id}"`));
    assert.ok(text.includes(`name="run" value="${id}"`));
  }
  assert.ok(text.includes('href="/report?run=both"'));
  assert.ok(text.includes('href="/report?run=experiments%2Ftiny.yaml"'));
  assert.ok(text.indexOf(`run-${fixture.ids[2]}`) < text.indexOf(`run-${fixture.ids[0]}`), "newest first");
  assert.ok(!text.includes("<img src=x"));
  assert.equal(text.match(/<script/g)!.length, 3);
  const rows = (await raw(fixture, "/?all=1")).text.match(/<tr id="run-/g)!;
  assert.equal(rows.length, 3);
});

test("pages of every kind; pictures by hash, kept for good", async (t) => {
  const fixture = await filled(t);
  const two = `run=${fixture.ids[0]}&run=${fixture.ids[1]}`;
  for (const kind of ["runs", "models", "datasets", "sweep"]) {
    const { status, text } = await raw(fixture, `/report?${two}&page=${kind}`);
    assert.equal(status, 200, kind);
    assert.match(text, new RegExp(`<body class="${kind}"`));
  }
  const { text } = await raw(fixture, "/report?run=first");
  assert.match(text, /<body class="run"/);
  assert.ok(!text.includes("base64"));
  const { hashes } = JSON.parse(/id="report-pictures">(.*?)<\/script>/s.exec(text)![1]!);
  // Seen and unseen: real, grey and two epochs; grey and some others are alike.
  assert.ok(hashes.length >= 4);
  for (const hash of hashes) {
    const response = await fetch(`${fixture.server.url}blob/${hash}`);
    assert.equal(response.headers.get("content-type"), "image/webp");
    assert.match(response.headers.get("cache-control")!, /immutable/);
    const bytes = new Uint8Array(await response.arrayBuffer());
    assert.equal(createHash("sha256").update(bytes).digest("hex"), hash);
  }
  assert.deepEqual(fixture.errors, []);
});

test("every answer has a strict policy, and pages name their script and style by hash", async (t) => {
  const fixture = await filled(t);
  const { text, headers } = await raw(fixture, "/report?run=both");
  const policy = String(headers["content-security-policy"]);
  const parts = Object.fromEntries(
    policy.split("; ").map((part) => part.split(/ (.*)/s) as [string, string]),
  );
  const hashOf = (tag: string) => {
    const [, source] = new RegExp(`<${tag}>([^]*)</${tag}>`).exec(text)!;
    return `'sha256-${createHash("sha256").update(source!).digest("base64")}'`;
  };
  assert.deepEqual(parts, {
    "default-src": "'none'",
    "img-src": "'self' blob: data:",
    "style-src": hashOf("style"),
    "script-src": hashOf("script"),
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
  });
  for (const target of ["/", "/report?run=both", "/nothing", "/favicon.ico", `/blob/${"0".repeat(64)}`]) {
    const answered = (await raw(fixture, target)).headers;
    assert.match(String(answered["content-security-policy"]), /^default-src 'none'/, target);
    assert.equal(answered["x-content-type-options"], "nosniff", target);
    assert.equal(answered["referrer-policy"], "no-referrer", target);
    assert.equal(answered["cross-origin-resource-policy"], "same-origin", target);
  }
});

test("names of elsewhere that point to this machine get nothing", async (t) => {
  const fixture = await filled(t);
  for (const host of [
    "evil.example",
    "evil.example:4321",
    "127.0.0.1.evil.example",
    "localhost.evil",
    "[::1",
    "a b",
  ]) {
    const { status, text } = await raw(fixture, "/", { host });
    // Node itself answers 400 to what is no header at all.
    assert.ok(status === 403 || status === 400, `${host}: ${status}`);
    assert.ok(!text.includes("first"));
  }
  for (const host of ["localhost", "LOCALHOST:1", "127.0.0.1:9999", "[::1]:4321"])
    assert.equal((await raw(fixture, "/", { host })).status, 200, host);
  assert.ok(isOwnHost("127.8.9.1:80"));
  assert.ok(!isOwnHost("127.0.0.1@evil.example"));
  assert.ok(!isOwnHost(undefined) && !isOwnHost(""));
  assert.ok(!isLoopback("0.0.0.0"));
});

test("no address is a path, and nothing can be changed", async (t) => {
  const fixture = await filled(t);
  writeFileSync(path.join(fixture.folder, "secret.txt"), "the secret");
  const hostile = [
    "/../../etc/passwd",
    "/secret.txt",
    "/%2e%2e/secret.txt",
    "/blob/../secret.txt",
    "/blob/..%2fsecret.txt",
    "/blob/runs.db",
    `/blob/${"A".repeat(64)}`,
    `/blob/${"0".repeat(64)}`,
    "//evil.example/report",
    "http://[",
    "/report?run=../../etc/passwd",
    "/report?run=/etc/passwd",
    `/report?run=${encodeURIComponent(path.join(fixture.folder, "secret.txt"))}`,
    "/report?run=first%00",
    "/report?sweep=../secret",
    "/events?run=../secret.txt",
  ];
  for (const target of hostile) {
    const { status, text } = await raw(fixture, target);
    assert.equal(status, 404, target);
    assert.ok(!text.includes("the secret") && !text.includes("root:"), target);
  }
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"])
    assert.equal((await raw(fixture, "/", { method })).status, 405, method);
  const head = await raw(fixture, "/", { method: "HEAD" });
  assert.deepEqual([head.status, head.text], [200, ""]);
  assert.deepEqual(fixture.errors, []);
});

test("what the user can mend is said; of a bug only the terminal hears", async (t) => {
  const fixture = await filled(t);
  const unknown = await raw(fixture, "/report?run=frist");
  assert.equal(unknown.status, 404);
  assert.match(
    unknown.text,
    /no such id, beginning of an id, name, tag, file or sweep; did you mean .*first/,
  );
  const none = await raw(fixture, "/report?page=runs");
  assert.equal(none.status, 400);
  assert.match(none.text, /choose at least one/);
  assert.equal((await raw(fixture, "/report?run=first&page=evil")).status, 400);
  assert.equal((await raw(fixture, "/report?run=both&page=run")).status, 400);
  assert.deepEqual(fixture.errors, []);

  fixture.store.close();
  const { default: Database } = await import("better-sqlite3");
  const database = new Database(path.join(fixture.folder, "runs.db"));
  database.exec("UPDATE runs SET experiment = '{}' WHERE name = 'first'; DROP TABLE studies");
  database.close();
  const broken = await raw(fixture, "/report?run=first");
  assert.equal(broken.status, 500);
  const [, said] = /<header>(.*)<\/header>/s.exec(broken.text)!;
  assert.match(said!, /The terminal of hueristic serve says what/);
  assert.ok(!/TypeError|\.ts:\d/.test(said!));
  assert.equal(fixture.errors.length, 1);
  assert.equal((await raw(fixture, "/judge")).status, 500);
  assert.equal(fixture.errors.length, 2);
});

test("a stream tells when its runs have changed, and only then", async (t) => {
  const fixture = await filled(t);
  const listen = async (target: string) => {
    const response = await fetch(`${fixture.server.url}${target}`);
    assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
    const marks: string[] = [];
    const reading = (async () => {
      for await (const part of response.body!.pipeThrough(new TextDecoderStream()))
        marks.push(...[...part.matchAll(/event: state\ndata: (\w+)/g)].map(([, mark]) => mark!));
    })();
    return {
      marks,
      ended: reading.then(
        () => true,
        () => true,
      ),
    };
  };
  const until = async (condition: () => boolean) => {
    for (let attempt = 0; attempt < 100 && !condition(); attempt++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(condition());
  };
  const index = await listen("events");
  const first = await listen("events?run=first");
  await until(() => index.marks.length === 1 && first.marks.length === 1);
  const { text } = await raw(fixture, "/report?run=first");
  assert.ok(text.includes(`data-mark="${first.marks[0]}"`), "the page says which state it shows");
  const other = startRun(fixture.store, "other");
  await addEpoch(other, 0);
  await until(() => index.marks.length >= 2);
  assert.equal(first.marks.length, 1);
  other.finish("FINISHED");
  const [id] = fixture.ids;
  fixture.store.deleteRun(id!);
  await until(() => first.marks.length === 2);
  assert.equal(first.marks[1], "gone");
  assert.equal((await raw(fixture, "/report?run=first")).status, 404);
  assert.ok(!(await raw(fixture, "/")).text.includes(`run-${id}`));
  await fixture.server.close();
  assert.ok(await index.ended);
  assert.ok(await first.ended);
});

test("a port in use: the next one, or one clear line where it was named", async (t) => {
  const fixture = await filled(t);
  const port = Number(new URL(fixture.server.url).port);
  const options = { host: "127.0.0.1", warn: () => {}, onError: () => {} };
  await assert.rejects(startServer(fixture.folder, { ...options, port }), {
    name: "UserError",
    message: `--port: ${port} on 127.0.0.1: in use by another program; name another port`,
  });
  const both = [null, null].map((usual) => startServer(fixture.folder, { ...options, port: usual }));
  const servers = await Promise.all(both);
  t.after(() => Promise.all(servers.map((server) => server.close())));
  assert.notEqual(servers[0]!.url, servers[1]!.url);
  await assert.rejects(startServer(fixture.folder, { ...options, host: "256.1.1.1", port: 0 }), {
    name: "UserError",
    message: /^--host: "256.1.1.1": no address of this machine/,
  });
});

test("a folder without a store is said, one without runs is shown", async (t) => {
  const folder = temporaryFolder(t);
  const options = { host: "127.0.0.1", port: 0, warn: () => {}, onError: () => {} };
  await assert.rejects(startServer(folder, options), { name: "UserError", message: /no runs here/ });
  const store = openStore(folder);
  saveDataset(store);
  store.close();
  const server = await startServer(folder, options);
  t.after(() => server.close());
  assert.match(await (await fetch(server.url)).text(), /No runs in <bdi>.* yet/);
});

test("a page is made once for as long as nobody writes to the store", () => {
  let version = "1";
  const { page } = createPageCache(() => version);
  let made = 0;
  const ask = (address: string) => page(address, () => `${address} ${++made}`);
  assert.deepEqual([ask("/a"), ask("/b"), ask("/a")], ["/a 1", "/b 2", "/a 1"]);
  assert.equal(
    page("/c", () => null),
    null,
  );
  assert.equal(ask("/c"), "/c 3");
  version = "2";
  assert.deepEqual([ask("/a"), ask("/a")], ["/a 4", "/a 4"]);
  // A large one takes the place of older ones, never of itself.
  const large = "x".repeat(64e6);
  page("/large", () => large);
  assert.equal(ask("/a"), "/a 5");
});

test("a folder that was deleted and made anew is shown as it is now; streams have a limit", async (t) => {
  const fixture = await filled(t);
  const stream = await fetch(`${fixture.server.url}events`);
  fixture.store.close();
  rmSync(fixture.folder, { recursive: true });
  assert.equal((await raw(fixture, "/report?run=first")).status, 200, "what was there is open still");
  const store = openStore(fixture.folder);
  t.after(() => store.close());
  saveDataset(store);
  startRun(store, "another one").finish("FINISHED");
  const { text } = await raw(fixture, "/");
  assert.ok(text.includes("another one") && !text.includes(`run-${fixture.ids[1]}`));
  assert.equal((await raw(fixture, "/report?run=first")).status, 404);
  for await (const _ of stream.body!); // it has ended

  const many = Array.from({ length: mostStreams }, () => fetch(`${fixture.server.url}events`));
  for (const each of await Promise.all(many)) assert.equal(each.status, 200);
  assert.equal((await raw(fixture, "/events")).status, 503);
  assert.deepEqual(fixture.errors, []);
});

test("hundreds who never end their request, or never read the answer, hold up nobody", async (t) => {
  const fixture = await filled(t);
  const { hostname, port } = new URL(fixture.server.url);
  const asked = `GET /report?run=first HTTP/1.1\r\nHost: ${hostname}:${port}\r\n`;
  const slow = Array.from({ length: 400 }, () => connect(Number(port), hostname));
  try {
    await Promise.all(slow.map((socket) => once(socket, "connect")));
    for (const [place, socket] of slow.entries())
      socket.pause().write(place % 2 === 0 ? asked : `${asked}\r\n`);
    for (const page of ["/", "/report?run=second"]) assert.equal((await raw(fixture, page)).status, 200);
  } finally {
    for (const socket of slow) socket.destroy();
  }
  assert.deepEqual(fixture.errors, []);
});

test("a sweep of other hosts is served as they train it", async (t) => {
  const id = "0123456789ab";
  const { server } = await servedStore(t, ({ folder }) => {
    shareSweep(folder, { id, name: "elsewhere", createdAt: 1, definition: "{}" });
    openSharedSweep(folder, id)!.claimTrial(id, { retries: 0, next: () => ({ parameters: {}, seed: 1 }) });
  });
  const page = await (await fetch(server.url)).text();
  assert.match(page, /<li id="sweep-0123456789ab">.*elsewhere.*0 of 1 trial done/);
});
