// hueristic data fetch, as a real process against a server on this machine: messages, exit codes, Ctrl-C.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { sources } from "../../src/datasets/fetch/sources.ts";
import { sendText, startServer } from "../datasets/fetch/server.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { callCli } from "./call-cli.ts";
import { outcomeOf, runCli, startCli } from "./run-cli.ts";

const recordModules = new URL("record-modules.mjs", import.meta.url).href;

test("the group and its command have a help, and errors name what was meant", async (t) => {
  const cwd = temporaryFolder(t);
  writeFileSync(path.join(cwd, "file"), "");
  for (const command of [["data"], ["data", "fetch"]]) {
    const { code, stdout, stderr } = await runCli([...command, "--help"], { cwd });
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^Examples:\n {2}hueristic data /m);
  }
  const fetch = ["data", "fetch", "coco-val2017"];
  const cases: [string[], RegExp][] = [
    [["data"], /^error: data: expected a command \(known: .*fetch/],
    [["data", "fetchh"], /^error: data: unknown command fetchh; did you mean fetch\? \(known: .*fetch/],
    [["data", "fetch"], /^error: data fetch: expected the name of a data set \(known: coco-val2017, /],
    [["data", "fetch", "coco-val2071"], /got "coco-val2071"; did you mean "coco-val2017"\? \(known: /],
    [["data", "fetch", "celeba"], /^error: data fetch: expected --root and the folder/],
    [[...fetch, "--root", "new", "--lisst"], /^error: unknown option --lisst; did you mean --list\?/],
  ];
  for (const [args, expected] of cases) {
    const { code, stdout, stderr } = await callCli(args, { cwd });
    assert.deepEqual([code, stdout], [2, ""], args.join(" "));
    assert.match(stderr, expected);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  }
  const inTheWay = await callCli([...fetch, "--root", "file"], { cwd });
  assert.equal(inTheWay.code, 2);
  assert.match(inTheWay.stderr, /error: file: something else is in the way; move it .*\n$/);
  const noMirror = await callCli([...fetch, "--root", "new", "--from", "nowhere"], { cwd });
  assert.match(noMirror.stderr, /error: --from: expected a folder, got nowhere, which does not exist\n$/);
  assert.deepEqual(readdirSync(path.join(cwd, "new")), []);
});

test("--list shows all, and loads nothing that trains or extracts", async (t) => {
  const cwd = temporaryFolder(t);
  const { code, stdout } = await callCli(["data", "fetch", "--list"], { cwd });
  assert.equal(code, 0);
  const [titles, ...rows] = stdout.trimEnd().split("\n");
  assert.match(titles!, /^name +download +on disk, at most +licence$/);
  assert.deepEqual(
    rows.map((row) => row.split(" ")[0]),
    Object.keys(sources),
  );
  assert.match(
    rows.find((row) => row.startsWith("celeba"))!,
    /^celeba +1\.4 GiB .*non-commercial research only/,
  );
  const record = path.join(cwd, "modules.txt");
  const env = { RECORDED_MODULES: record };
  for (const args of [["--list"], ["--help"]])
    assert.equal((await runCli(["data", "fetch", ...args], { cwd, imports: recordModules, env })).code, 0);
  const loaded = readFileSync(record, "utf8");
  assert.match(loaded, /data-fetch/);
  assert.doesNotMatch(loaded, /@tensorflow\/|onnxruntime|yauzl|better-sqlite3/);
});

test("a web page and a missing file end with 2 and one line of advice", async (t) => {
  const cwd = temporaryFolder(t);
  const server = await startServer(t, (response, { url }) => {
    if (url?.startsWith("/quota/")) sendText(response, 200, "text/html", "<title>Quota exceeded</title>");
    else sendText(response, 404, "text/plain", "no");
  });
  for (const [from, expected] of [
    [
      "quota",
      /^error: annotations_trainval2017\.zip: too many people .* by hand from https:\/\/coco.*--from$/,
    ],
    [
      "gone",
      /^error: annotations_trainval2017\.zip: 127\.0\.0\.1 answered 404 Not Found: the file is not there/,
    ],
  ] as const) {
    const args = [
      "data",
      "fetch",
      "coco-annotations2017",
      "--root",
      "data",
      "--from",
      `${server.url}/${from}`,
    ];
    const { code, stderr } = await callCli(args, { cwd });
    assert.equal(code, 2, stderr);
    assert.match(stderr.trimEnd().split("\n").at(-1)!, expected);
  }
  assert.deepEqual(readdirSync(path.join(cwd, "data")), []);
});

test("Ctrl-C keeps what came and says how to go on; the next start goes on there", async (t) => {
  const cwd = temporaryFolder(t);
  const { bytes } = sources["coco-annotations2017"].files[0]!;
  const server = await startServer(t, (response, request) => {
    const start = Number(/\d+/.exec(request.headers.range ?? "0")![0]);
    const headers = {
      etag: '"one"',
      "content-length": bytes - start,
      "content-range": `bytes ${start}-${bytes - 1}/${bytes}`,
    };
    response.writeHead(start > 0 ? 206 : 200, headers).write(Buffer.alloc(50_000));
  });
  const args = ["data", "fetch", "coco-annotations2017", "--root", "my data", "--from", server.url];
  const part = path.join(cwd, "my data/annotations_trainval2017.zip.part");
  for (const size of [50_000, 100_000]) {
    const child = startCli(args, { cwd });
    t.after(() => child.kill("SIGKILL"));
    const ended = outcomeOf(child);
    while (child.exitCode === null && !(existsSync(part) && statSync(part).size === size))
      await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGINT");
    const { code, stderr } = await ended;
    assert.equal(code, 130, stderr);
    const again = `hueristic data fetch coco-annotations2017 --root 'my data' --from ${server.url}`;
    assert.ok(stderr.endsWith(`what was downloaded is kept; to go on: ${again}\n`), stderr);
    assert.equal(statSync(part).size, size);
  }
  assert.equal(server.requests[1]!.headers.range, "bytes=50000-");
  assert.deepEqual(readdirSync(path.join(cwd, "my data")).sort(), [
    "annotations_trainval2017.zip.part",
    "annotations_trainval2017.zip.part.json",
  ]);
});
