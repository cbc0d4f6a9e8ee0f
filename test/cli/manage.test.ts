import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it, type TestContext } from "node:test";
import Database from "better-sqlite3";
import { databasePath } from "../../src/store/open-database.ts";
import { openStore, type Store } from "../../src/store/open-store.ts";
import { log, newRun, saveDataset } from "../store/fixtures.ts";
import { callCli } from "./call-cli.ts";
import { fillStore, outcomeOf, runCli, startCli } from "./run-cli.ts";

type Cli = (...args: string[]) => ReturnType<typeof callCli>;

/** Runs "run 0", "run 1", … with checkpoints, oldest first. */
function manage(test: TestContext, count = 3): { cwd: string; runs: string; ids: string[]; cli: Cli } {
  const cwd = mkdtempSync(path.join(tmpdir(), "hueristic-manage-"));
  test.after(() => rmSync(cwd, { recursive: true, force: true }));
  const runs = path.join(cwd, "runs");
  const ids = fillStore(
    runs,
    Array.from({ length: count }, () => "FINISHED" as const),
  );
  for (const id of ids) {
    mkdirSync(path.join(runs, id, "checkpoints"), { recursive: true });
    writeFileSync(path.join(runs, id, "checkpoints", "epoch-1.safetensors"), id);
  }
  return { cwd, runs, ids, cli: (...args) => callCli(args, { cwd }) };
}

function reading<T>(runs: string, read: (store: Store) => T): T {
  const store = openStore(runs, { readonly: true });
  try {
    return read(store);
  } finally {
    store.close();
  }
}

const rowsLeft = (runs: string, id: string) => {
  const database = new Database(databasePath(runs), { readonly: true });
  try {
    const tables = database
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%run_id %'")
      .pluck()
      .all();
    assert.ok(tables.length >= 5);
    const count = (table: string) =>
      database.prepare<[string], number>(`SELECT count(*) FROM ${table} WHERE run_id = ?`).pluck().get(id)!;
    return tables.reduce((sum, table) => sum + count(table), 0);
  } finally {
    database.close();
  }
};

describe("hueristic list", () => {
  it("finds, sorts and shows fields", async (test) => {
    const { cli, ids } = manage(test);
    const columns = ["--columns", "id,metrics.unseen.loss.best,config.train.batch_size", "--csv"];
    const found = await cli(
      "list",
      "--where",
      "name in ('run 0', 'run 2') and metrics.unseen.loss < 1",
      ...columns,
    );
    assert.equal(found.code, 0, found.stderr);
    assert.equal(
      found.stdout,
      `id,metrics.unseen.loss.best,config.train.batch_size\r\n${ids[2]},0.25,1\r\n${ids[0]},0.25,1\r\n`,
    );
    const sorted = await cli("list", "--sort", "name", "--columns", "name", "--limit", "2", "--json");
    assert.deepEqual(JSON.parse(sorted.stdout), [{ name: "run 0" }, { name: "run 1" }]);
    const none = await cli("list", "--where", "status = FAILED");
    assert.deepEqual([none.code, none.stdout], [0, "no run fulfils --where\n"]);
    for (const [args, message] of [
      [
        ["--where", "metrics.unseen.los < 1"],
        /^error: --where: unknown field "metrics\.unseen\.los", did you mean metrics\.unseen\.loss\?/,
      ],
      [
        ["--where", "name = 'x'; DROP TABLE runs"],
        /^error: --where: expected a field, an operator or a value/,
      ],
      [["--sort", "name,,id"], /^error: --sort: expected fields between commas/],
      [["--columns", "constructor"], /^error: --columns: unknown field "constructor"/],
    ] as const) {
      const { code, stdout, stderr } = await cli("list", ...args);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, message);
    }
  });

  it("gives a script all runs, and says where a limit left some out", async (test) => {
    const { cli } = manage(test, 53);
    const linesOf = ({ stdout }: { stdout: string }) => stdout.trimEnd().split("\n").length;
    const table = await cli("list");
    assert.deepEqual([linesOf(table), table.stderr], [51, "and 3 more; --limit 53 shows all\n"]);
    const csv = await cli("list", "--csv");
    assert.deepEqual([linesOf(csv), csv.stderr], [54, ""]);
    const json = await cli("list", "--json", "--columns", "id", "--sort", "name");
    assert.deepEqual([JSON.parse(json.stdout).length, json.stderr], [53, ""]);
    const few = await cli("list", "--json", "--limit", "7");
    assert.deepEqual([JSON.parse(few.stdout).length, few.stderr], [7, "and 46 more; --limit 53 shows all\n"]);
  });

  it("keeps a spreadsheet from taking names for formulas", async (test) => {
    const { runs, cli } = manage(test, 1);
    const store = openStore(runs);
    store.createRun(newRun({ name: "-1+1" })).finish("FINISHED");
    store.createRun(newRun({ name: '=HYPERLINK("x"),\n' })).finish("FINISHED");
    store.close();
    const { stdout } = await cli("list", "--columns", "name", "--csv", "--limit", "2");
    assert.equal(stdout, `name\r\n"'=HYPERLINK(""x""),\n"\r\n'-1+1\r\n`);
  });
});

describe("hueristic tag and note", () => {
  it("are found by list, show and report", async (test) => {
    const { cwd, ids, cli } = manage(test);
    assert.equal(
      (await cli("tag", "latest", "paper", "figure 3")).stdout,
      `${ids[2]}: figure 3, grün 🌈, paper, smoke\n`,
    );
    assert.equal(
      (await cli("tag", "run 2", "--remove", "paper", "absent")).stdout,
      `${ids[2]}: figure 3, grün 🌈, smoke\n`,
    );
    assert.equal((await cli("tag", "latest")).stdout, `${ids[2]}: figure 3, grün 🌈, smoke\n`);
    assert.equal((await cli("tag", "latest", "a,b")).code, 2);
    assert.equal((await cli("note", "latest")).stdout, `${ids[2]}: no note\n`);
    assert.equal((await cli("note", "latest", "too brown'; --\u001b[2J")).code, 0);
    const found = await cli(
      "list",
      "--where",
      "tags = 'figure 3' and note ~ BROWN",
      "--columns",
      "id",
      "--csv",
    );
    assert.equal(found.stdout, `id\r\n${ids[2]}\r\n`);
    const shown = await cli("show", "latest");
    assert.match(shown.stdout, /note +too brown'; --/);
    assert.ok(!shown.stdout.includes("\u001b[2J"));
    const page = await cli("report", "figure 3", "--out", "page.html");
    assert.equal(page.code, 0, page.stderr);
    assert.ok(existsSync(path.join(cwd, "page.html")));
    await cli("note", "latest", "");
    assert.equal((await cli("note", "latest")).stdout, `${ids[2]}: no note\n`);
  });
});

describe("hueristic compare", () => {
  it("prints what differs and nothing else", async (test) => {
    const { runs, cli } = manage(test, 1);
    const store = openStore(runs);
    const first = newRun();
    const other = store.createRun({
      ...first,
      name: "other",
      experiment: { ...first.experiment, seed: 99 },
      provenance: { ...first.provenance, gitCommit: "fedcba9876543210", node: "v99.0.0" },
    });
    log(other, 2, { "unseen/loss": 0.125 });
    other.finish("FINISHED");
    store.close();
    const { code, stdout } = await cli("compare", "run 0", "other");
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^settings +\w+ run 0 +\w+ other\nseed +1 +99\n\ncode .*\ncommit +\S+ +fedcba987654\n\ndata: no difference\n/,
    );
    assert.match(stdout, /\nnode +\S+ +v99\.0\.0\n/);
    assert.match(stdout, /\nunseen\/loss +0\.375 +0\.125 \*\n/);
    assert.doesNotMatch(stdout, /batch_size|platform/);
    const json = JSON.parse((await cli("compare", "run 0", "other", "--json")).stdout);
    assert.deepEqual(json.settings, { seed: ["1", "99"] });
    assert.equal((await cli("compare", "other", "latest")).code, 2);
    assert.equal((await cli("compare", "other")).code, 2);
  });
});

describe("the trash", () => {
  it("hides runs, gives them back, and is emptied without a rest", async (test) => {
    const { runs, ids, cli } = manage(test);
    const [first, second, third] = ids as [string, string, string];
    const deleted = await cli("delete", "latest", "run 1");
    assert.equal(deleted.code, 0);
    assert.equal(deleted.stdout, `${third} run 2: in the trash\n${second} run 1: in the trash\n`);
    const ofTable = async (...args: string[]) =>
      (await cli("list", "--columns", "id", "--csv", ...args)).stdout.trim().split("\r\n").slice(1);
    assert.deepEqual(await ofTable(), [first]);
    assert.deepEqual(await ofTable("--deleted"), [third, second]);
    for (const command of ["show", "report", "delete", "tag"])
      assert.equal((await cli(command, third)).code, 2, command);
    assert.equal((await cli("run", "--resume", third)).code, 2);
    assert.equal((await cli("restore", first)).code, 2);
    assert.equal((await cli("restore", "run 1")).stdout, `${second} run 1: restored\n`);
    assert.deepEqual(await ofTable(), [second, first]);

    const asked = await cli("purge");
    assert.equal(asked.code, 2);
    assert.match(
      asked.stderr,
      /^error: purge: would remove one run for good; --yes does so without asking\n$/,
    );
    assert.equal(
      (await cli("purge", "--older-than", "1h", "--yes")).stdout,
      "nothing in the trash is older than 1h\n",
    );
    assert.equal((await cli("purge", "--older-than", "soon")).code, 2);
    assert.ok(rowsLeft(runs, first) > 0);
    assert.equal((await cli("purge", "--yes")).stdout, `${third} run 2: removed\n`);
    assert.equal(rowsLeft(runs, third), 0);
    assert.ok(!existsSync(path.join(runs, third)));
    assert.ok(existsSync(path.join(runs, first, "checkpoints", "epoch-1.safetensors")));
    assert.ok(rowsLeft(runs, second) > 0);
    assert.equal((await cli("purge", "--yes")).stdout, "the trash is empty\n");
  });

  it("takes what --where finds, and no run that is running", async (test) => {
    const { runs, ids, cli } = manage(test);
    const store = openStore(runs);
    test.after(() => store.close());
    const running = store.createRun(newRun({ name: "running" }));
    const { code, stdout, stderr } = await cli("delete", "running", "--where", "name ~ 'run 1'");
    assert.equal(code, 2);
    assert.equal(stdout, `${ids[1]} run 1: in the trash\n`);
    assert.match(stderr, new RegExp(`error: run ${running.id}: is still running; stop it first`));
    assert.equal((await cli("delete")).code, 2);
    assert.deepEqual(
      store.listRuns().map(({ id }) => id),
      [running.id, ids[2], ids[0]],
    );
    running.finish("KILLED");
  });

  it("is shown and counted before --where fills it with several", async (test) => {
    const { runs, ids, cli } = manage(test, 4);
    const store = openStore(runs);
    test.after(() => store.close());
    const running = store.createRun(newRun({ name: "run 9" }));
    const since = ["--where", "name ~ 'RUN' and created > 2000-01-01 and not name = 'run 0'"];
    const dry = await cli("delete", ...since, "--dry-run");
    assert.deepEqual([dry.code, dry.stderr], [0, ""]);
    assert.equal(
      dry.stdout,
      `${running.id} run 9: is still running and would stay\n${[3, 2, 1].map((at) => `${ids[at]} run ${at}: would go into the trash\n`).join("")}`,
    );
    running.finish("KILLED");
    const asked = await cli("delete", ...since);
    assert.deepEqual(
      [asked.code, asked.stderr],
      [2, "error: delete: would put 4 runs into the trash; --yes does so without asking\n"],
    );
    const wrong = await cli("delete", "--where", "created < yesterday", "--yes");
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /^error: --where: expected a date such as 2026-11-23 or .* got "yesterday"\n/);
    const future = await cli("delete", "--where", "created > '2999-01-01T00:00+02:00'", "--yes");
    assert.deepEqual([future.code, future.stdout], [0, ""]);
    assert.equal(store.listRuns().length, 5);
    assert.equal((await cli("delete", ...since, "--yes")).code, 0);
    assert.deepEqual(
      store.listRuns().map(({ id }) => id),
      [ids[0]],
    );
    const purge = await cli("purge", "--dry-run");
    assert.equal(purge.stdout.match(/would be removed for good\n/g)?.length, 4);
    assert.equal(store.listRuns({ deleted: true }).length, 4);
  });

  it("is emptied whole by a second purge where the first was killed, and by two at once", async (test) => {
    const { cwd, runs, ids, cli } = manage(test, 12);
    const doomed = ids.slice(0, 11);
    assert.equal((await cli("delete", ...doomed)).code, 0);
    const killed = startCli(["purge", "--yes"], { cwd });
    const ended = outcomeOf(killed);
    await new Promise<void>((resolve) => killed.stdout!.once("data", () => resolve()));
    killed.kill("SIGKILL");
    await ended;
    const both = await Promise.all([1, 2].map(() => runCli(["purge", "--yes"], { cwd })));
    for (const { code, stderr } of both)
      assert.ok(code === 0 || /no such id|deleted just now/.test(stderr), stderr);
    assert.equal((await cli("purge", "--yes")).stdout, "the trash is empty\n");
    for (const id of doomed) assert.equal(rowsLeft(runs, id), 0);
    assert.deepEqual(
      readdirSync(runs).filter((name) => statSync(path.join(runs, name)).isDirectory()),
      [ids[11]],
    );
    assert.equal(
      reading(runs, (store) => store.listRuns().length),
      1,
    );
  });

  it("frees the trial of a sweep, and gives it back as long as no other run has begun", (test) => {
    const folder = mkdtempSync(path.join(tmpdir(), "hueristic-manage-"));
    const store = openStore(folder);
    test.after(() => {
      store.close();
      rmSync(folder, { recursive: true, force: true });
    });
    saveDataset(store);
    store.saveSweep({ id: "s", name: "study", definition: "{}" });
    const next = () =>
      store.claimTrial("s", {
        retries: 0,
        next: (trials) => (trials.length > 0 ? null : { parameters: {}, seed: null }),
      });
    const trial = next();
    assert.ok(typeof trial !== "string");
    const run = store.createRun(newRun());
    store.setTrialRun(trial, run.id);
    run.finish("FINISHED");
    store.endTrial(trial, { state: "complete", error: null });
    const seen = () => store.trials("s").map(({ state, runId }) => [state, runId]);
    store.trashRun(run.id);
    assert.deepEqual(seen(), [["waiting", null]]);
    store.restoreRun(run.id);
    assert.deepEqual(seen(), [["complete", run.id]]);
    store.trashRun(run.id);
    assert.ok(typeof next() !== "string");
    store.restoreRun(run.id);
    assert.deepEqual(seen(), [["running", null]]);
  });
});
