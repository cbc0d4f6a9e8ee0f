import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { UserError } from "../../src/errors.ts";
import { databasePath } from "../../src/store/open-database.ts";
import { openStore } from "../../src/store/open-store.ts";
import { createRunWriter } from "../../src/store/run-writer.ts";
import { declare, handClock, names, newRun, temporaryStore } from "./fixtures.ts";

function startRun(test: TestContext) {
  const clock = handClock();
  const store = temporaryStore(test, { now: clock.now });
  const writer = store.createRun(newRun());
  declare(writer, "train/loss", "train/other", "train/late", "train/fresh");
  const steps = () => [...(store.series(writer.id, "train/loss")?.step ?? [])];
  return { clock, store, writer, steps };
}

describe("a run writer", () => {
  it("commits when a flush is due, and not before", (test) => {
    const { clock, writer, steps } = startRun(test);
    writer.logScalars(1, { "train/loss": 1 });
    clock.at += 249;
    writer.flushIfDue();
    assert.deepEqual(steps(), []);
    clock.at += 1;
    writer.flushIfDue();
    assert.deepEqual(steps(), [1]);
    writer.logScalars(2, { "train/loss": 1 });
    writer.flushIfDue();
    assert.deepEqual(steps(), [1]);
  });

  it("counts time by a clock that nobody sets: one set back stops no flush and changes no duration", (test) => {
    const [clock, running] = [handClock(), handClock(0)];
    const store = temporaryStore(test, { now: clock.now, monotonic: running.now });
    const writer = store.createRun(newRun());
    declare(writer, "train/loss");
    for (let step = 1; step <= 3; step++) {
      running.at += 1_000;
      clock.at += step === 2 ? -3_600_000 : 1_000;
      writer.logScalars(step, { "train/loss": 1 });
      writer.flushIfDue();
    }
    assert.deepEqual([...store.series(writer.id, "train/loss")!.elapsedMs], [1_000, 2_000, 3_000]);
    running.at += 500;
    writer.finish("FINISHED");
    assert.equal(store.summaries()[0]!.durationMs, 3_500);
    const resumed = store.resumeRun(writer.id);
    running.at += 100;
    resumed.finish("FINISHED");
    assert.equal(store.summaries()[0]!.durationMs, 3_600);
  });

  it("commits by itself where the event loop is free", async (test) => {
    const store = temporaryStore(test);
    const writer = store.createRun(newRun());
    declare(writer, "train/loss");
    writer.logScalars(1, { "train/loss": 1 });
    assert.equal(store.series(writer.id, "train/loss"), undefined);
    for (let waited = 0; waited < 100 && store.series(writer.id, "train/loss") === undefined; waited++)
      await sleep(50);
    assert.deepEqual([...store.series(writer.id, "train/loss")!.step], [1]);
  });

  it("shows a heartbeat at least every 5 s, and with each flush", (test) => {
    const { clock, store, writer } = startRun(test);
    const start = clock.at;
    clock.at += 4_999;
    writer.flushIfDue();
    assert.equal(store.getRun(writer.id).heartbeatAt, start);
    clock.at += 1;
    writer.flushIfDue();
    assert.equal(store.getRun(writer.id).heartbeatAt, start + 5_000);
    clock.at += 10;
    writer.flush();
    assert.equal(store.getRun(writer.id).heartbeatAt, start + 5_010);
  });

  it("refuses a step that was logged before, and takes nothing of such a call", (test) => {
    const { writer, steps, store } = startRun(test);
    writer.logScalars(5, { "train/loss": 1 });
    const again = /series train\/loss: expected a step after 5, got 5/;
    assert.throws(() => writer.logScalars(5, { "train/other": 2, "train/loss": 2 }), again);
    writer.flush();
    assert.throws(() => writer.logScalars(5, { "train/loss": 2 }), again);
    assert.throws(() => writer.logScalars(4, { "train/loss": 2 }), /after 5, got 4/);
    assert.throws(() => writer.logScalars(1.5, { "train/loss": 2 }), /expected a whole step/);
    assert.throws(
      () => writer.logScalars(6, { "train/loss": "2" as unknown as number }),
      /expected a number, got string/,
    );
    assert.throws(
      () => writer.logScalars(6, { "train/loss": 1, "train/lost": 2 }),
      /series "train\/lost": was not declared/,
    );
    writer.logScalars(5, { "train/other": 2 });
    writer.flush();
    assert.deepEqual(steps(), [5]);
    assert.deepEqual([...store.series(writer.id, "train/other")!.step], [5]);
  });

  it("finishes with what waited, once", (test) => {
    const { store, writer, steps } = startRun(test);
    writer.logScalars(1, { "train/loss": 1 });
    writer.finish("FINISHED");
    assert.deepEqual(steps(), [1]);
    assert.equal(store.getRun(writer.id).status, "FINISHED");
    writer.close();
    assert.throws(() => writer.logScalars(2, { "train/loss": 1 }), /its writer is closed/);
    assert.throws(() => writer.flush(), /its writer is closed/);
  });

  it("is closed with its store, and then commits what waited", (test) => {
    const { store, writer } = startRun(test);
    writer.logScalars(1, { "train/loss": 1 });
    store.close();
    const again = openStore(store.folder, { readonly: true });
    test.after(() => again.close());
    assert.deepEqual([...again.series(writer.id, "train/loss")!.step], [1]);
  });
});

describe("resuming", () => {
  it("leaves exactly one point per step after a rewind", (test) => {
    const { clock, store, writer, steps } = startRun(test);
    const picture = { set: "seen", index: 0, imageId: "a", mime: "image/png" } as const;
    writer.logImages([{ ...picture, epoch: 0, kind: "real", bytes: Uint8Array.of(0) }]);
    for (const step of [1, 2, 3, 4]) {
      clock.at += 100;
      writer.logScalars(step, { "train/loss": step });
      writer.logImages([{ ...picture, epoch: step, kind: "colorized", bytes: Uint8Array.of(step) }]);
    }
    writer.logScalars(4, { "train/late": 1 });
    writer.finish("KILLED", "SIGTERM");
    const lastHash = store.images(writer.id).at(-1)!.blobHash;

    clock.at += 3_600_000;
    const resumed = store.resumeRun(writer.id);
    assert.equal(store.getRun(writer.id).status, "RUNNING");
    assert.equal(store.getRun(writer.id).error, null);
    assert.throws(() => resumed.logScalars(3, { "train/loss": 0 }), /after 4, got 3/);
    resumed.rewind(2, 2);
    assert.deepEqual(steps(), [1, 2]);
    assert.deepEqual(names(store, writer.id), ["train/loss"], "a series without a point has no values");
    assert.deepEqual(
      store.images(writer.id).map(({ epoch }) => epoch),
      [0, 1, 2],
    );
    assert.equal(store.blob(lastHash), undefined);
    clock.at += 100;
    for (const step of [3, 4, 5]) resumed.logScalars(step, { "train/loss": 10 * step, "train/late": 1 });
    resumed.logImages([{ ...picture, epoch: 3, kind: "colorized", bytes: Uint8Array.of(33) }]);
    resumed.finish("FINISHED");
    const series = store.series(writer.id, "train/loss")!;
    assert.deepEqual([...series.step], [1, 2, 3, 4, 5]);
    assert.deepEqual([...series.value], [1, 2, 30, 40, 50]);
    assert.deepEqual([...series.elapsedMs], [100, 200, 500, 500, 500], "the pause does not count");
    assert.equal(store.summaries()[0]?.durationMs, 500);
  });

  it("rewinds what still waits, too", (test) => {
    const { writer, steps } = startRun(test);
    for (const step of [1, 2, 3]) writer.logScalars(step, { "train/loss": step });
    writer.rewind(1, 0);
    writer.logScalars(2, { "train/loss": 2 });
    writer.flush();
    assert.deepEqual(steps(), [1, 2]);
  });

  it("is refused while another process writes the run, and granted once its heartbeat stopped", (test) => {
    const { clock, store, writer, steps } = startRun(test);
    writer.logScalars(1, { "train/loss": 1 });
    writer.flush();
    clock.at += 60_000;
    assert.throws(
      () => store.resumeRun(writer.id),
      (thrown) =>
        thrown instanceof UserError &&
        /being written by another process \(heartbeat 60 s/.test(thrown.message),
    );
    clock.at += 1;
    const resumed = store.resumeRun(writer.id);
    resumed.logScalars(2, { "train/loss": 2 });
    resumed.flush();
    writer.logScalars(2, { "train/loss": -2 });
    assert.throws(() => writer.flush(), {
      name: "UserError",
      message: /deleted or taken over by another process/,
    });
    assert.deepEqual(steps(), [1, 2]);
    assert.throws(() => store.resumeRun("nobody"), { name: "UserError", message: /no such id/ });
    assert.throws(() => store.close(), /taken over/);
  });
});

describe("a run whose process died", () => {
  it("is DEAD to every reader, and in the file once a writer opens the store", (test) => {
    const { clock, store, writer } = startRun(test);
    const stored = () => {
      const database = new Database(databasePath(store.folder), { readonly: true });
      const status = database.prepare("SELECT status FROM runs").pluck().get();
      database.close();
      return status;
    };
    const reader = openStore(store.folder, { readonly: true, now: clock.now });
    test.after(() => reader.close());
    clock.at += 60_000;
    assert.equal(reader.getRun("latest").status, "RUNNING");
    clock.at += 1;
    assert.equal(reader.getRun("latest").status, "DEAD");
    assert.equal(reader.listRuns()[0]?.status, "DEAD");
    assert.equal(reader.summaries()[0]?.status, "DEAD");
    assert.equal(stored(), "RUNNING");
    openStore(store.folder, { now: clock.now }).close();
    assert.equal(stored(), "DEAD");
    writer.flush();
    assert.equal(stored(), "RUNNING", "it was only asleep");
  });
});

describe("trouble below", () => {
  /** A second connection and a writer on it, whose limits the test may set. */
  function startLimitedRun(test: TestContext) {
    const { store, writer } = startRun(test);
    writer.logScalars(1, { "train/loss": 1 });
    writer.finish("FINISHED");
    const database = new Database(databasePath(store.folder), { timeout: 20 });
    test.after(() => database.close());
    database.prepare("UPDATE runs SET status = 'RUNNING', finished_at = NULL, writer = 'me'").run();
    const options = {
      id: writer.id,
      token: "me",
      elapsedMs: 0,
      now: Date.now,
      monotonic: () => performance.now(),
      warn: () => {},
      patienceMs: 0,
      onClose: () => {},
    };
    return { store, database, writer: createRunWriter(database, options) };
  }

  it("a full disk: says what to do, loses nothing, goes on when there is space", (test) => {
    const { store, database, writer } = startLimitedRun(test);
    database.pragma(`max_page_count = ${database.pragma("page_count", { simple: true })}`);
    for (let step = 2; step <= 3000; step++)
      writer.logScalars(step, { "train/loss": step, "train/fresh": step });
    const complaint = {
      name: "UserError",
      message: /runs\.db: the disk is full; free some space, then resume/,
    };
    assert.throws(() => writer.flush(), complaint);
    assert.throws(() => writer.close(), complaint);
    assert.deepEqual([...store.series(writer.id, "train/loss")!.step], [1]);
    assert.equal(database.pragma("integrity_check", { simple: true }), "ok");
    database.pragma("max_page_count = 1000000");
    writer.close();
    assert.equal(store.series(writer.id, "train/loss")!.step.length, 3000);
    assert.equal(store.series(writer.id, "train/fresh")!.step.length, 2999);
  });

  it("a locked database: says what to do, and the next flush brings everything", (test) => {
    const { store, writer } = startLimitedRun(test);
    const other = new Database(databasePath(store.folder));
    test.after(() => other.close());
    other.exec("BEGIN IMMEDIATE");
    writer.logScalars(2, { "train/loss": 1 });
    assert.throws(() => writer.flush(), { name: "UserError", message: /stayed locked; close the program/ });
    other.exec("COMMIT");
    writer.flush();
    assert.deepEqual([...store.series(writer.id, "train/loss")!.step], [1, 2]);
  });

  it("a database that another program holds for long: a training goes on and keeps its values", (test) => {
    const said: string[] = [];
    const clock = handClock(0);
    const { store, database } = startLimitedRun(test);
    const writer = createRunWriter(database, {
      id: store.listRuns()[0]!.id,
      token: "me",
      elapsedMs: 0,
      now: Date.now,
      monotonic: clock.now,
      warn: (line) => said.push(line),
      patienceMs: 60_000,
      onClose: () => {},
    });
    const other = new Database(databasePath(store.folder));
    test.after(() => other.close());
    other.exec("BEGIN IMMEDIATE");
    for (let step = 2; step < 9; step++) {
      writer.logScalars(step, { "train/loss": step });
      clock.at += 6_000;
      writer.flushIfDue();
    }
    assert.equal(said.length, 1);
    assert.match(
      said[0]!,
      /another program holds it; run \w+ keeps its values and tries again for up to 1 minutes$/,
    );
    other.exec("COMMIT");
    clock.at += 6_000;
    writer.flushIfDue();
    assert.equal(store.series(writer.id, "train/loss")!.step.length, 8);
  });
});
