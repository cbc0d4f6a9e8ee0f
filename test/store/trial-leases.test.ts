import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import Database from "better-sqlite3";
import { newProcessToken } from "../../src/process-identity.ts";
import { deadAfterMs } from "../../src/store/dead-runs.ts";
import { databasePath } from "../../src/store/open-database.ts";
import { openStore, type Store } from "../../src/store/open-store.ts";
import type { TrialRow } from "../../src/store/sweeps.ts";
import type { Claim, NewTrial } from "../../src/store/trial-leases.ts";
import { handClock, newRun, temporaryStore } from "./fixtures.ts";

const id = "0123456789ab";

function withSweep(test: TestContext, options: Parameters<typeof temporaryStore>[1] = {}): Store {
  const store = temporaryStore(test, options);
  store.saveSweep({ id, name: "study", definition: "{}" });
  return store;
}

/** At most `count` trials, each with its number as its parameter. */
function upTo(count: number) {
  return (trials: readonly TrialRow[]): NewTrial | null =>
    trials.length < count ? { parameters: { size: trials.length }, seed: null } : null;
}

const claim = (store: Store, count = 3, retries = 0): Claim =>
  store.claimTrial(id, { retries, next: upTo(count) });

function trialOf(taken: Claim): TrialRow {
  if (typeof taken === "string") throw new Error(taken);
  return taken;
}

const complete = { state: "complete", error: null } as const;

const openDatabase = (store: Store) => new Database(databasePath(store.folder));

/** As if the process that holds all leases had been killed. */
function killHolders(store: Store): void {
  const other = openDatabase(store);
  other
    .prepare("UPDATE trials SET holder = ? WHERE holder IS NOT NULL")
    .run(newProcessToken().replace(` ${process.pid} `, " 4194999 "));
  other.close();
}

describe("leases of trials", () => {
  it("are taken once each, by any number of connections", (test) => {
    const store = withSweep(test);
    const other = openStore(store.folder);
    test.after(() => other.close());
    const numbers = [claim(store), claim(other), claim(store)].map((taken) => trialOf(taken).number);
    assert.deepEqual(numbers, [0, 1, 2]);
    assert.equal(claim(other), "wait");
    for (const trial of store.trials(id)) store.endTrial(trial, complete);
    assert.equal(claim(other), "done");
    assert.deepEqual(
      store.trials(id).map(({ state, holder, parameters }) => ({ state, holder, parameters })),
      [0, 1, 2].map((size) => ({ state: "complete", holder: null, parameters: { size } })),
    );
  });

  it("end with their process: the trial is taken over with its run, its old holder cannot end it", (test) => {
    const store = withSweep(test);
    const first = trialOf(claim(store));
    const run = store.createRun(newRun());
    assert.equal(store.setTrialRun(first, run.id), true);
    killHolders(store);
    assert.equal(store.renewTrial(first), false);
    const second = trialOf(claim(store));
    assert.deepEqual([second.number, second.runId, second.state], [0, run.id, "running"]);
    store.endTrial(first, { state: "failed", error: "by the old one" });
    assert.equal(store.trials(id)[0]!.state, "running");
    store.endTrial(second, complete);
    assert.deepEqual(
      store.trials(id).map(({ state, error }) => [state, error]),
      [["complete", null]],
    );
  });

  it("end where the heartbeat of another machine stays away, and are kept while it comes", (test) => {
    const clock = handClock();
    const store = withSweep(test, { now: clock.now });
    const far = openDatabase(store);
    test.after(() => far.close());
    const trial = trialOf(claim(store, 1));
    far.prepare("UPDATE trials SET holder = 'elsewhere 1 token'").run();
    clock.at += deadAfterMs - 1;
    assert.equal(claim(store, 1), "wait");
    assert.equal(store.renewTrial({ ...trial, holder: "elsewhere 1 token" }), true);
    clock.at += deadAfterMs;
    assert.equal(claim(store, 1), "wait");
    clock.at += 1;
    assert.equal(trialOf(claim(store, 1)).number, 0);
  });

  it("fail a trial that kills its process three times in one epoch; an epoch in between forgives", (test) => {
    const store = withSweep(test);
    for (let death = 0; death < 4; death++) {
      const trial = trialOf(claim(store, 1));
      if (death === 1) store.progressTrial(trial, "run", null);
      killHolders(store);
    }
    assert.equal(claim(store, 1), "done");
    const [trial] = store.trials(id);
    assert.equal(trial!.state, "failed");
    assert.match(trial!.error!, /was killed 3 times in one epoch$/);
  });

  it("go to failed trials again as often as --retries says, and never to diverged or pruned ones", (test) => {
    const store = withSweep(test);
    const fail = (trial: TrialRow) => store.endTrial(trial, { state: "failed", error: "no room" });
    fail(trialOf(claim(store, 3, 1)));
    const again = trialOf(claim(store, 3, 1));
    assert.deepEqual([again.number, again.error], [0, null]);
    fail(again);
    for (const state of ["diverged", "pruned"] as const)
      store.endTrial(trialOf(claim(store, 3, 1)), { state, error: null });
    assert.equal(claim(store, 3, 1), "done");
    assert.deepEqual(
      store.trials(id).map(({ state, failures }) => [state, failures]),
      [
        ["failed", 2],
        ["diverged", 0],
        ["pruned", 0],
      ],
    );
    assert.equal(trialOf(claim(store, 3, 2)).number, 0);
  });

  it("go to a stopped trial before a new one, and to one whose run was deleted", (test) => {
    const store = withSweep(test);
    const [first, second] = [trialOf(claim(store)), trialOf(claim(store))];
    const run = store.createRun(newRun());
    store.setTrialRun(first, run.id);
    run.finish("FINISHED");
    store.endTrial(first, complete);
    store.endTrial(second, { state: "waiting", error: null });
    assert.equal(trialOf(claim(store)).number, 1);
    store.deleteRun(run.id);
    const again = trialOf(claim(store));
    assert.deepEqual([again.number, again.runId], [0, null]);
  });

  it("know their sweep by id, its beginning, name or latest", (test) => {
    const store = temporaryStore(test);
    assert.throws(() => store.getSweep("latest"), { message: /^no sweeps here yet; start one with/ });
    store.saveSweep({ id: "aa00", name: "study", definition: "{}" });
    store.saveSweep({ id: "ab00", name: "study", definition: "{}" });
    store.saveSweep({ id: "ab00", name: "study", definition: '{"longer": true}' });
    assert.deepEqual(
      store.listSweeps().map((sweep) => sweep.id),
      ["ab00", "aa00"],
    );
    assert.equal(store.getSweep("latest").definition, '{"longer": true}');
    assert.equal(store.getSweep("aa").id, "aa00");
    for (const ref of ["a", "study"])
      assert.throws(() => store.getSweep(ref), {
        message: `sweep "${ref}": several sweeps are meant; expected one of: ab00 (study), aa00 (study)`,
      });
    assert.throws(() => store.getSweep(""), { message: /^sweep "": no such sweep/ });
  });
});
