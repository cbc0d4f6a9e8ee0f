// Every command takes every kind of reference that makes sense for it.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { compareCommand } from "../../src/cli/commands/compare.ts";
import { deleteCommand, restoreCommand } from "../../src/cli/commands/delete.ts";
import { noteCommand } from "../../src/cli/commands/note.ts";
import { showCommand } from "../../src/cli/commands/show.ts";
import { tagCommand } from "../../src/cli/commands/tag.ts";
import type { Context } from "../../src/cli/context.ts";
import { findRuns, sweepMeant } from "../../src/cli/target/run-references.ts";
import { colorsOf, silent } from "../../src/output.ts";
import { openStore, type Store } from "../../src/store/open-store.ts";
import { experiment, newRun, saveDataset, temporaryFolder } from "../store/fixtures.ts";

const statuses = (store: Store) => store.listRuns().map(({ name }) => name);

test("tag, note, show, compare, delete and restore by tag, file and sweep", async (t) => {
  const runs = temporaryFolder(t);
  const store = openStore(runs);
  t.after(() => store.close());
  saveDataset(store);
  const ids = ["a", "b", "c"].map((name) => {
    const tags = name === "c" ? [] : ["pair"];
    const writer = store.createRun(
      newRun({ name, source: `${name}.yaml`, experiment: { ...experiment, tags } }),
    );
    writer.finish("FINISHED");
    return writer.id;
  });
  store.saveSweep({ id: "5ea0", name: "study", definition: JSON.stringify({ parameters: [] }) });
  for (const id of [ids[1]!, ids[2]!]) {
    const trial = store.claimTrial("5ea0", { retries: 0, next: () => ({ parameters: {}, seed: null }) });
    assert.ok(typeof trial === "object");
    store.setTrialRun(trial, id);
    store.endTrial(trial, { state: "complete", error: null });
  }
  let printed = "";
  const context: Context = {
    output: silent,
    print: (text) => {
      printed += text;
    },
    printAll: async () => assert.fail(),
    colors: colorsOf({ isTTY: false }),
    width: null,
    now: Date.now,
    reportError: () => 2,
  };
  const given = { runs, debug: false, json: false, where: undefined };

  await tagCommand.run({ ...given, run: "study", tag: ["searched"], remove: undefined }, context);
  assert.deepEqual(
    store.listRuns().map(({ tags }) => [...tags]),
    [["searched"], ["pair", "searched"], ["pair"]],
  );
  await noteCommand.run({ ...given, run: "a.yaml", text: "the first" }, context);
  assert.equal(store.getRun("a").note, "the first");
  const several = /^run "pair": expected one run, got 2 runs with that tag: \w+ "b", \w+ "a"$/;
  await assert.rejects(showCommand.run({ ...given, run: "pair" }, context), { message: several });
  await showCommand.run({ ...given, run: "c.yaml" }, context);
  assert.match(printed, new RegExp(`^${ids[2]}  c  FINISHED$`, "m"));
  printed = "";
  const options = { markdown: false, "every-run": true, run: ["pair", "study"] };
  await compareCommand.run({ ...given, ...options }, context);
  assert.match(printed, new RegExp(`^results +${ids[0]} a +${ids[1]} b +${ids[2]} c$`, "m"));

  await deleteCommand.run({ ...given, run: ["study"], yes: false, "dry-run": false }, context);
  assert.deepEqual(statuses(store), ["a"]);
  await restoreCommand.run({ ...given, run: ["pair"] }, context);
  assert.deepEqual(statuses(store), ["b", "a"]);
  await restoreCommand.run({ ...given, run: ["study"] }, context);
  assert.deepEqual(statuses(store), ["c", "b", "a"]);

  const definition = path.join(runs, "report.yaml");
  writeFileSync(definition, "title: Both\nruns: [study, a]\n");
  assert.deepEqual(await findRuns(store, [definition]), [ids[1], ids[2], ids[0]]);
  assert.equal(await sweepMeant(store, "study"), "5ea0");
});
