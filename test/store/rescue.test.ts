// Rescuing a damaged runs.db: what is whole comes back to the last value, what is lost is counted, the file stays as it is.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import Database from "better-sqlite3";
import { randomStream } from "../../src/random.ts";
import { migrate } from "../../src/store/migrate.ts";
import { databasePath } from "../../src/store/open-database.ts";
import { openStore, type Store } from "../../src/store/open-store.ts";
import { rescueStore } from "../../src/store/rescue/rescue-store.ts";
import { migrations } from "../../src/store/schema.ts";
import { callCli } from "../cli/call-cli.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { everythingOf } from "./everything.ts";
import { dataset, declare, newRun } from "./fixtures.ts";

const now = () => 1_700_000_000_000;
const original = path.join(tmpdir(), `hueristic-rescue-${process.pid}`);
after(() => rmSync(original, { recursive: true, force: true }));

/** Trees of several levels, texts and pictures longer than a page. */
before(() => {
  let runs = 0;
  const store = openStore(original, { now, newId: () => `run${runs++}` });
  const images = Array.from({ length: 300 }, (_, at) => ({
    id: `picture ${at}`,
    set: at < 100 ? ("seen" as const) : ("unseen" as const),
    hash: `${at}`.padStart(64, "0"),
  }));
  store.saveDataset({ ...dataset, seenCount: 100, unseenCount: 200 }, images, []);
  const places = Uint32Array.from({ length: 200 }, (_, at) => 100 + at);
  for (let number = 0; number < 6; number++) {
    const random = randomStream(number);
    const run = store.createRun(newRun({ name: `run ${number}` }));
    declare(run, "train/loss", "unseen/psnr", "seen/loss");
    for (let step = 1; step <= 500; step++) run.logScalars(step, { "train/loss": random.normal() });
    for (let step = 0; step <= 4; step += 2) {
      const psnr = Float64Array.from(places, () => 20 + random.normal());
      run.logEvaluation(step, [{ set: "unseen", ofSet: { psnr: psnr[0]! }, ofImages: { psnr }, places }]);
      const bytes = Uint8Array.from({ length: 9_000 }, () => random.below(256));
      const picture = { set: "unseen", index: 0, imageId: "picture 100", mime: "image/webp", bytes } as const;
      run.logImages([{ ...picture, epoch: step / 2, kind: "colorized" }]);
    }
    run.event("info", "long", "grün ".repeat(2000));
    run.finish("FINISHED");
    store.addTag(run.id, `tag ${number}`);
  }
  store.close();
});

function damagedCopy(folder: string, damage: (file: Buffer) => void): string {
  const runs = path.join(folder, "runs");
  cpSync(original, runs, { recursive: true });
  const bytes = readFileSync(databasePath(runs));
  damage(bytes);
  writeFileSync(databasePath(runs), bytes);
  return runs;
}

const pageSize = 4096;
const pageOf = (file: Buffer, number: number) => file.subarray((number - 1) * pageSize, number * pageSize);

/** Pages of a table or an index, leaves among them. */
function leavesOf(name: string): { page: number; rows: number }[] {
  const database = new Database(databasePath(original), { readonly: true });
  try {
    return database
      .prepare("SELECT pageno AS page, ncell AS rows FROM dbstat WHERE name = ? AND pagetype = 'leaf'")
      .all(name) as { page: number; rows: number }[];
  } finally {
    database.close();
  }
}

function everything(folder: string, from: (store: Store) => unknown = everythingOf) {
  const store = openStore(folder, { readonly: true });
  try {
    return from(store);
  } finally {
    store.close();
  }
}

test("of a store that is whole all is read, to the last value, also what waits in a file beside it", (t) => {
  const folder = temporaryFolder(t);
  const runs = damagedCopy(folder, () => {});
  const writer = openStore(runs);
  const { id } = writer.getRun("latest");
  writer.setNote(id, "only in the -wal");
  const open = path.join(folder, "as it was when its machine stopped");
  cpSync(runs, open, { recursive: true });
  assert.ok(readFileSync(`${databasePath(open)}-wal`).length > 0);
  writer.close();
  const out = path.join(folder, "new");
  const tables = rescueStore(open, out, now);
  for (const { unreadable, pages, known, refused, orphaned, rebuilt } of tables)
    assert.deepEqual(
      { unreadable, pages, known, refused, orphaned, rebuilt },
      { unreadable: 0, pages: 0, known: "exact", refused: 0, orphaned: 0, rebuilt: 0 },
    );
  assert.deepEqual(everything(out), everything(runs));
});

test("a page in the middle: its rows are lost, and no others", async (t) => {
  const folder = temporaryFolder(t);
  const leaves = leavesOf("scalars");
  const { page, rows } = leaves[Math.floor(leaves.length / 2)]!;
  const runs = damagedCopy(folder, (file) => pageOf(file, page).fill(0x5a));
  const before = readFileSync(databasePath(runs));
  const listed = await callCli(["sql", "SELECT sum(value) FROM scalars"], { cwd: folder });
  assert.equal(listed.code, 2);
  assert.match(listed.stderr, /damaged; .*hueristic rescue/);

  const { code, stdout, stderr } = await callCli(["rescue", "--out", "new"], { cwd: folder });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^scalars: [\d,]+ rows, about \d+ lost \(1 damaged page\)$/m);
  assert.match(stdout, /^runs: 6 rows$/m);
  assert.deepEqual(readFileSync(databasePath(runs)), before);
  const database = new Database(databasePath(path.join(folder, "new")));
  t.after(() => database.close());
  database.prepare("ATTACH ? AS original").run(databasePath(original));
  const count = (sql: string) => database.prepare<[], number>(`SELECT count(*) FROM ${sql}`).pluck().get();
  assert.equal(count("(SELECT * FROM original.scalars EXCEPT SELECT * FROM main.scalars)"), rows);
  assert.equal(count("(SELECT * FROM main.scalars EXCEPT SELECT * FROM original.scalars)"), 0);
  assert.equal(count("main.events WHERE kind = 'rescue' AND message LIKE '%scalars%'"), 6);
  const again = await callCli(["rescue", "--out", "new"], { cwd: folder });
  assert.deepEqual([again.code, again.stderr.trim().split("\n").length], [2, 1]);
});

test("pages overwritten at random: every row that comes back is one that was there", (t) => {
  const folder = temporaryFolder(t);
  const own = `(SELECT * FROM main.%s EXCEPT SELECT * FROM original.%s)`;
  let lost = 0;
  for (let seed = 0; seed < 12; seed++) {
    const random = randomStream("rescue", seed);
    const round = path.join(folder, `${seed}`);
    mkdirSync(round);
    const runs = damagedCopy(round, (file) => {
      const pages = file.length / pageSize;
      for (let at = 0; at < 4; at++) {
        const page = pageOf(file, 2 + random.below(pages - 1));
        // Rubbish, nothing, half a page, or a page that belongs elsewhere.
        if (at === 0) for (let byte = 0; byte < pageSize; byte++) page[byte] = random.below(256);
        if (at === 1) page.fill(0);
        if (at === 2) page.fill(0xff, pageSize / 2);
        if (at === 3) pageOf(file, 2 + random.below(pages - 1)).copy(page);
      }
    });
    const out = path.join(round, "new");
    const tables = rescueStore(runs, out, now);
    const database = new Database(databasePath(out));
    database.prepare("ATTACH ? AS original").run(databasePath(original));
    const count = (sql: string) => database.prepare<[], number>(`SELECT count(*) FROM ${sql}`).pluck().get()!;
    assert.equal(database.pragma("main.integrity_check", { simple: true }), "ok");
    assert.deepEqual(database.pragma("main.foreign_key_check"), []);
    for (const { table, rows, unreadable, known, refused, orphaned, rebuilt, pages } of tables) {
      const where = `seed ${seed}: ${table}`;
      const fresh = table === "events" && count("main.events WHERE kind = 'rescue'") > 0 ? 6 : 0;
      if (table === "events") assert.ok(count(own.replaceAll("%s", table)) <= fresh, where);
      // Where a list of images is not whole its hashes go.
      else if (table === "dataset_images")
        assert.equal(
          count(
            own.replaceAll("SELECT *", 'SELECT fingerprint, idx, image_id, "set"').replaceAll("%s", table),
          ),
          0,
          where,
        );
      else assert.equal(count(own.replaceAll("%s", table)), rebuilt, where);
      const there = count(`original.${table}`);
      assert.ok(count(`main.${table}`) <= there + fresh, where);
      if (known === "exact" && pages !== null)
        assert.equal(rows + unreadable + refused + orphaned - rebuilt, there, where);
      lost += unreadable + orphaned;
    }
    database.close();
    everything(out);
  }
  assert.ok(lost > 0);
});

test("a page of another table with columns of the same types is not taken for one of its own", (t) => {
  const folder = temporaryFolder(t);
  const [values, scalars] = [leavesOf("image_values"), leavesOf("scalars")];
  const runs = damagedCopy(folder, (file) =>
    pageOf(file, values[values.length >> 1]!.page).copy(pageOf(file, scalars[scalars.length >> 1]!.page)),
  );
  const tables = rescueStore(runs, path.join(folder, "new"), now);
  assert.equal(tables.find(({ table }) => table === "scalars")!.pages, 1);
});

test("the row of a data set is put together for the runs on it", (t) => {
  const folder = temporaryFolder(t);
  const [leaf] = leavesOf("datasets");
  const runs = damagedCopy(folder, (file) => pageOf(file, leaf!.page).fill(0));
  const out = path.join(folder, "new");
  const tables = rescueStore(runs, out, now);
  const counts = tables.find(({ table }) => table === "datasets")!;
  assert.deepEqual([counts.rows, counts.unreadable, counts.rebuilt], [1, 1, 1]);
  const found = everything(out, (store) => [store.listRuns().length, store.dataset(dataset.fingerprint)]);
  const description = "rescued: its row was lost, and how many images it has is not known";
  assert.deepEqual(found, [6, { ...dataset, description, seenCount: 100, unseenCount: 200 }]);
});

test("rows from before a column was added, and a store of an older schema, which becomes one of this", (t) => {
  for (const newest of [true, false]) {
    const folder = temporaryFolder(t);
    const database = new Database(databasePath(folder));
    const withoutHashes = migrations.indexOf(migrations.find((sql) => /ADD COLUMN hash/.test(String(sql)))!);
    migrate(database, migrations.slice(0, withoutHashes));
    database.exec(
      "INSERT INTO datasets VALUES ('f', 'old', 32, 1, 0); INSERT INTO dataset_images VALUES ('f', 0, 'a.png', 'seen')",
    );
    if (newest) migrate(database, migrations);
    database.close();
    const out = path.join(folder, "new");
    rescueStore(folder, out, now);
    const found = everything(out, (store) => [store.datasetImages("f"), store.imageHashes("f", "seen")]);
    assert.deepEqual(found, [[{ id: "a.png", set: "seen" }], [null]]);
  }
});

test("a damaged header, another program's file and no file are one line", async (t) => {
  const folder = temporaryFolder(t);
  const says = async (damage: (file: Buffer) => void, expected: RegExp) => {
    const runs = damagedCopy(folder, damage);
    const { code, stdout, stderr } = await callCli(["rescue"], { cwd: folder });
    assert.deepEqual([code, stdout, stderr.trim().split("\n").length], [2, "", 1], stderr);
    assert.match(stderr, expected);
    rmSync(runs, { recursive: true });
  };
  await says((file) => file.fill(7, 0, 100), /header is damaged.*restore a copy/);
  await says((file) => file.fill(0, 68, 72), /of another program/);
  await says((file) => file.fill(0xff, 16, 18), /header is damaged.*restore a copy/);
  const none = await callCli(["rescue", "elsewhere"], { cwd: folder });
  assert.deepEqual([none.code, none.stderr.trim().split("\n").length], [2, 1]);
});
