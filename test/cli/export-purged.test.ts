// What another process purges while it is exported.

import assert from "node:assert/strict";
import { test } from "node:test";
import { exportLogged } from "../../src/cli/target/export-logged.ts";
import { colorsOf, silent } from "../../src/output.ts";
import { openStore } from "../../src/store/open-store.ts";
import { log, newRun, temporaryStore } from "../store/fixtures.ts";

test("a run that is purged while it is exported is written whole", async (t) => {
  const store = temporaryStore(t);
  const writer = store.createRun(newRun());
  for (let step = 1; step <= 5; step++) log(writer, step, { "train/loss": 1 / step });
  writer.finish("FINISHED");
  const written: string[] = [];
  const context = {
    output: silent,
    print: () => assert.fail(),
    async printAll(pieces: Iterable<Uint8Array>) {
      for (const piece of pieces) {
        if (written.length === 0) purge();
        written.push(Buffer.from(piece).toString());
      }
    },
    colors: colorsOf({ isTTY: false }),
    width: null,
    now: Date.now,
    reportError: () => 1,
  };
  const purge = () => {
    const other = openStore(store.folder);
    other.deleteRun(writer.id);
    other.close();
  };
  const options = { runs: store.folder, debug: false, force: false, json: false };
  await exportLogged([writer.id], { ...options, format: "csv", out: undefined, to: undefined }, context);
  const [heading, ...rows] = written.join("").trim().split("\n");
  assert.match(heading!, /^run,/);
  assert.equal(rows.length, 5);
  assert.deepEqual(store.listRuns(), []);
});
