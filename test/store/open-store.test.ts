import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import Database from "better-sqlite3";
import { UserError } from "../../src/errors.ts";
import { applicationId, migrate } from "../../src/store/migrate.ts";
import { openStore } from "../../src/store/open-store.ts";
import { migrations } from "../../src/store/schema.ts";
import {
  log,
  newRun,
  outcomeOf,
  saveDataset,
  startChild,
  temporaryFolder,
  temporaryStore,
} from "./fixtures.ts";

const userError = (pattern: RegExp) => (thrown: unknown) => {
  assert.ok(thrown instanceof UserError, String(thrown));
  assert.match(thrown.message, pattern);
  return true;
};

describe("opening a store", () => {
  it("creates the folder and a database with the settings that it relies on", (test) => {
    const folder = join(temporaryFolder(test), "deep", "runs");
    openStore(folder).close();
    const database = new Database(join(folder, "runs.db"));
    assert.equal(database.pragma("journal_mode", { simple: true }), "wal");
    assert.equal(database.pragma("application_id", { simple: true }), applicationId);
    assert.equal(database.pragma("user_version", { simple: true }), migrations.length);
    database.close();
  });

  it("says what to do where there is nothing to read", (test) => {
    const folder = join(temporaryFolder(test), "nowhere");
    assert.throws(
      () => openStore(folder, { readonly: true }),
      userError(/nowhere: no runs here .*hueristic run/),
    );
  });

  it("refuses a file that is not a SQLite database", (test) => {
    const folder = temporaryFolder(test);
    writeFileSync(
      join(folder, "runs.db"),
      "dear diary, this is no database at all, but a long text\n".repeat(50),
    );
    for (const readonly of [true, false])
      assert.throws(
        () => openStore(folder, { readonly }),
        userError(/runs\.db: is not a SQLite database; move/),
      );
  });

  it("refuses the database of another program and leaves it alone", (test) => {
    const folder = temporaryFolder(test);
    const database = new Database(join(folder, "runs.db"));
    database.exec("CREATE TABLE recipes (name TEXT)");
    for (const readonly of [true, false])
      assert.throws(() => openStore(folder, { readonly }), userError(/database of another program/));
    assert.equal(database.pragma("journal_mode", { simple: true }), "delete");
    database.close();
  });

  it("refuses a newer database", (test) => {
    const folder = temporaryFolder(test);
    openStore(folder).close();
    const database = new Database(join(folder, "runs.db"));
    database.pragma(`user_version = ${migrations.length + 1}`);
    database.close();
    for (const readonly of [true, false])
      assert.throws(() => openStore(folder, { readonly }), userError(/newer Hueristic .*update/));
  });

  it("says so where a file stands in the place of the folder", (test) => {
    const folder = join(temporaryFolder(test), "file");
    writeFileSync(folder, "");
    assert.throws(() => openStore(folder), userError(/cannot be opened.*may write in it/));
  });

  it("reads while another connection writes, and refuses to write itself", (test) => {
    const store = temporaryStore(test);
    const writer = store.createRun(newRun());
    const reader = openStore(store.folder, { readonly: true });
    test.after(() => reader.close());
    log(writer, 1, { "train/loss": 1 });
    writer.flush();
    assert.equal(reader.summaries()[0]?.last["train/loss"], 1);
    log(writer, 2, { "train/loss": 2 });
    writer.flush();
    assert.equal(reader.summaries()[0]?.last["train/loss"], 2);
    assert.throws(() => reader.createRun(newRun()), /for reading only/);
    assert.throws(() => reader.deleteRun(writer.id), /for reading only/);
  });

  it("reads in a folder without write permission, before, while and after others write", async (test) => {
    const folder = join(temporaryFolder(test), "runs");
    const asOther = otherUser(test);
    if (asOther === null) return;
    mkdirSync(folder);
    const store = openStore(folder);
    saveDataset(store);
    const writer = store.createRun(newRun());
    log(writer, 3, { "train/loss": 1 });
    writer.flush();
    chmodSync(folder, 0o555);
    chmodSync(join(folder, ".."), 0o755);
    const list = () => outcomeOf(startChild("child-list.ts", [folder], asOther));
    assert.deepEqual(await list(), { lines: [`${writer.id} 3`], end: 0 });
    store.close();
    assert.deepEqual(await list(), { lines: [`${writer.id} 3`], end: 0 });
    chmodSync(folder, 0o755);
  });

  it("says that one may not write, not that one may not read, where that is why it cannot be opened", async (test) => {
    const folder = temporaryFolder(test);
    const asOther = otherUser(test);
    if (asOther === null) return;
    chmodSync(folder, 0o555);
    const { lines, end } = await outcomeOf(startChild("child-open-error.ts", [folder], asOther));
    assert.equal(end, 0);
    assert.match(lines.join("\n"), /^write: .*(may write in it|no permission to write)/);
    chmodSync(folder, 0o755);
  });
});

describe("migrations", () => {
  const steps = [
    "CREATE TABLE a (x)",
    "ALTER TABLE a ADD COLUMN y; INSERT INTO a VALUES (1, 2)",
    "CREATE TABLE b (z)",
  ];

  it("run once each, in order", (test) => {
    const database = new Database(join(temporaryFolder(test), "x.db"));
    migrate(database, steps.slice(0, 1));
    migrate(database, steps);
    migrate(database, steps);
    assert.deepEqual(database.prepare("SELECT * FROM a").all(), [{ x: 1, y: 2 }]);
    assert.equal(database.pragma("user_version", { simple: true }), 3);
    database.close();
  });

  it("leave the last good version where one fails half way", (test) => {
    const database = new Database(join(temporaryFolder(test), "x.db"));
    assert.throws(
      () => migrate(database, [...steps, "CREATE TABLE c (x); CREATE TABLE b (z)"]),
      /b already exists/,
    );
    assert.equal(database.pragma("user_version", { simple: true }), 3);
    assert.equal(database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'c'").get(), undefined);
    database.close();
  });

  it("let processes that open a fresh store at once all succeed", async (test) => {
    for (let round = 0; round < 2; round++) {
      const folder = join(temporaryFolder(test), "runs");
      const children = Array.from({ length: 4 }, () => startChild("child-open.ts", [folder]));
      const outcomes = children.map(outcomeOf);
      await Promise.all(children.map((child) => new Promise((ready) => child.stdout!.once("data", ready))));
      for (const child of children) child.stdin!.end("go\n");
      const ended = await Promise.all(outcomes);
      assert.deepEqual(
        ended.map(({ end }) => end),
        [0, 0, 0, 0],
      );
      const store = openStore(folder, { readonly: true });
      assert.deepEqual(
        store
          .listRuns()
          .map(({ id }) => id)
          .sort(),
        ended.map(({ lines }) => lines.at(-1)).sort(),
      );
      store.close();
    }
  });
});

/** A user whom permissions bind: root is bound by none. */
function otherUser(test: TestContext): number | undefined | null {
  if (process.platform === "win32") {
    test.skip("permissions of folders are a matter of POSIX");
    return null;
  }
  return process.getuid!() === 0 ? 65_534 : undefined;
}
