// hueristic sql: answers in three forms, and that nothing but reading is possible.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { openForWriting } from "../../src/store/open-database.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { callCli } from "./call-cli.ts";
import { fillStore } from "./run-cli.ts";

test("a table, JSON and CSV, with all that is no finite number", async (t) => {
  const cwd = temporaryFolder(t);
  const [id] = fillStore(path.join(cwd, "runs"), ["FINISHED"]);
  const ask = async (...args: string[]) => {
    const { code, stdout, stderr } = await callCli(["sql", ...args], { cwd });
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const curve = "select run, step, value from scalar_values where series = 'unseen/loss'";
  const rows = [
    [id, 0, 0.01],
    [id, 2, 0.25],
    [id, 4, 0.375],
  ];
  assert.deepEqual(
    JSON.parse(await ask(curve, "--json")),
    rows.map(([run, step, value]) => ({ run, step, value })),
  );
  assert.equal(
    await ask(`/* of\nscalars */ -- the view\n${curve}`, "--csv"),
    `run,step,value\r\n${rows.map((row) => `${row.join(",")}\r\n`).join("")}`,
  );
  const odd = `select null as none, 9e999 as much, -9e999 as less, 9223372036854775807 as big, 9007199254740991 as safe,
    x'00ff' as bytes, 'a' || char(27) as word, 1 as word`;
  assert.equal(
    await ask(odd),
    "none      much            less                  big              safe  bytes    word  word\n" +
      "   -  infinite  minus infinite  9223372036854775807  9007199254740991  2 bytes  a        1\n",
  );
  assert.equal(
    await ask(odd.replace(" || char(27)", ""), "--csv"),
    "none,much,less,big,safe,bytes,word,word\r\n,Infinity,-Infinity,9223372036854775807,9007199254740991,00FF,a,1\r\n",
  );
  assert.equal(await ask("select version from interface_version", "--csv"), "version\r\n1\r\n");
  assert.match(await ask("explain query plan select * from runs"), /SCAN runs/);
  assert.match(await ask("explain select 1"), /ResultRow/);
  assert.equal(await ask("select 1 as one where false", "--json"), "[]\n");
});

test("nothing can be changed, and bad SQL is one line", async (t) => {
  const cwd = temporaryFolder(t);
  fillStore(path.join(cwd, "runs"), ["FINISHED"]);
  const cases: readonly [string, RegExp][] = [
    ["delete from runs", /got DELETE/],
    ["with one as (select 1) delete from runs", /got one that would change the store/],
    ["attach 'other.db' as other", /got ATTACH/],
    ["pragma user_version = 3", /got PRAGMA/],
    ["pragma journal_mode = delete", /got PRAGMA/],
    ["explain pragma query_only = off", /got PRAGMA/],
    ["explain /* a */ query plan -- b\n pragma query_only = off", /got PRAGMA/],
    ["explain delete from runs", /got DELETE/],
    ["vacuum into 'copy.db'", /got VACUUM/],
    ["create temp table a (b)", /got CREATE/],
    ["select 1; delete from runs", /more than one statement/],
    ["select load_extension('x')", /not authorized/],
    ["select writefile('x', 'y')", /no such function: writefile/],
    ["select readfile('x')", /no such function: readfile/],
    ["select * from nowhere", /^error: sql: no such table: nowhere\n$/],
    ["select epoc from run_summary", /no such column: epoc/],
    ["select json('{')", /malformed JSON/],
    ["select ?", /parameter/],
    ["", /got nothing/],
  ];
  for (const [sql, expected] of cases) {
    const { code, stdout, stderr } = await callCli(["sql", sql], { cwd });
    assert.deepEqual([code, stdout], [2, ""], sql);
    assert.match(stderr, expected);
    assert.match(stderr, /^error: sql: .*\n$/);
  }
  const others = readdirSync(path.join(cwd, "runs")).filter((file) => !/^runs\.db(-shm|-wal)?$/.test(file));
  assert.deepEqual([others, readdirSync(cwd)], [[], ["runs"]]);
  const twice = await callCli(["sql", "select 1 as a, 2 as a", "--json"], { cwd });
  assert.deepEqual([twice.code, /column once, got a twice/.test(twice.stderr)], [2, true]);
  const nowhere = await callCli(["sql", "select 1", "--runs", "nothing"], { cwd });
  assert.deepEqual([nowhere.code, /nothing: no runs here/.test(nowhere.stderr)], [2, true]);

  // The version is a promise about these columns: a column that goes or means something else is version 2.
  const database = openForWriting(path.join(cwd, "runs"));
  const columns = (view: string) =>
    database.prepare("SELECT name FROM pragma_table_info(?)").pluck().all(view).join(" ");
  assert.equal(
    columns("run_summary"),
    "id name status model dataset engine last_epoch seen_loss unseen_loss best_unseen_loss duration_s created note",
  );
  assert.equal(columns("scalar_values"), "run run_name series set name step epoch elapsed_s value");
  assert.equal(
    columns("series_meanings"),
    "run run_name series set name title unit better family per compares chart reference range_from range_to description source",
  );
  assert.equal(columns("image_metrics"), "run run_name set metric step epoch fingerprint image_id value");
  database.close();
});
