// Commands over runs that are trained on other machines.

import assert from "node:assert/strict";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { startServer } from "../../src/serve/start-server.ts";
import { openStore } from "../../src/store/open-store.ts";
import { openSpool } from "../../src/store/spool/spool.ts";
import { spoolFile, spoolFiles } from "../../src/store/spool/spool-files.ts";
import { log, newRun, saveDataset } from "../store/fixtures.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { callCli } from "./call-cli.ts";

test("they are there as soon as they are published: listed, shown, served, deleted, and purged with their files", async (t) => {
  const folder = temporaryFolder(t);
  const runs = path.join(folder, "runs");
  const cli = (...args: readonly string[]) => callCli([...args, "--runs", "runs"], { cwd: folder });
  assert.match((await cli("list")).stdout, /no runs in runs yet/);
  const spool = openSpool(runs, { resume: null, warn: assert.fail });
  const store = openStore(spool.storeFolder);
  saveDataset(store);
  const run = store.createRun(newRun({ name: "abroad" }));
  log(run, 2, { "seen/loss": 0.5 });
  run.flush();
  spool.publish("start", run.id);
  const listed = async () => JSON.parse((await cli("list", "--json")).stdout);
  assert.deepEqual(
    (await listed()).map(({ id, status, epoch }: Record<string, unknown>) => [id, status, epoch]),
    [[run.id, "RUNNING", 1]],
  );

  const server = await startServer(runs, {
    host: "127.0.0.1",
    port: 0,
    warn: assert.fail,
    onError: assert.fail,
  });
  t.after(() => server.close());
  log(run, 4, { "seen/loss": 0.125 });
  run.finish("FINISHED");
  spool.publish("end", run.id);
  const until = performance.now() + 20_000; // it looks once a second, and less often where a look takes long
  const underWay = async () => /(\d+) under way/.exec(await (await fetch(server.url)).text())?.[1];
  while ((await underWay()) !== "0" && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(await underWay(), "0");
  store.close();
  spool.close();

  const shown = JSON.parse((await cli("show", "abroad", "--json")).stdout);
  assert.deepEqual([shown.id, shown.status], [run.id, "FINISHED"]);
  const other = spoolFile(runs, "damaged1", 1).path;
  writeFileSync(other, "no database");
  const compared = await cli("list");
  assert.match(compared.stdout, /abroad/);
  assert.match(compared.stderr, /^warning: runs\/spool\/damaged1\.1\.db: is not a SQLite database.*\n$/);
  rmSync(other);

  for (const [words, expected] of [
    [["run", "--resume", "abroad", "train.epochs=4"], /is trained in the spool .*train\.epochs=4 --spool\n/],
    [["run", "--spool", "--resume", "nobody"], /--resume: "nobody": no run in runs\/spool begins so/],
    [["run", "--spool", "--resume", run.id], /has trained 2 epochs already.*train\.epochs=4 --spool\n/],
  ] as const) {
    const { code, stderr } = await cli(...words);
    assert.equal(code, 2);
    assert.match(stderr, expected);
  }

  assert.equal((await cli("delete", "abroad")).code, 0);
  assert.deepEqual(await listed(), []);
  assert.equal((await cli("purge", "--yes")).code, 0);
  assert.deepEqual(spoolFiles(runs), new Map());
  assert.ok(!existsSync(path.join(runs, run.id)));
  assert.deepEqual(await listed(), []);
});
