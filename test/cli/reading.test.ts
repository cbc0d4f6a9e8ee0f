// Commands that only read, as real processes: exit codes, streams, and what they load.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { openStore } from "../../src/store/open-store.ts";
import { declare, log, newRun } from "../store/fixtures.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { callCli } from "./call-cli.ts";
import { fillStore, program, runCli } from "./run-cli.ts";

const recordModules = new URL("record-modules.mjs", import.meta.url).href;
const engines = /@tensorflow\/|onnxruntime/;

test("every command has a help with examples", async (t) => {
  const cwd = temporaryFolder(t);
  const commands = [[], ["run"], ["doctor"]];
  await Promise.all(
    commands.map(async (command) => {
      const { code, stdout, stderr } = await runCli([...command, "--help"], { cwd });
      assert.deepEqual([code, stderr], [0, ""], command.join(" "));
      assert.match(stdout, /^Examples:\n {2}hueristic /m, command.join(" "));
    }),
  );
  assert.match((await runCli(["--version"], { cwd })).stdout, /^\d+\.\d+\.\d+\n$/);
});

test("usage errors exit with 2, on standard error, without a stack", async (t) => {
  const cwd = temporaryFolder(t);
  const cases: [string[], RegExp][] = [
    [[], /^error: expected a command/],
    [["lsit"], /^error: unknown command lsit; did you mean list\?/],
    [["list", "--jsn"], /^error: unknown option --jsn; did you mean --json\? \(hueristic list --help\)/],
    [["list", "--limit", "many"], /^error: --limit: expected a number, got "many"/],
    [["list", "more"], /^error: list: unexpected "more"/],
    [["show"], /^error: show: expected a run/],
    [["show", "latest"], /^error: runs: no runs here .*hueristic run/],
    [["report"], /^error: runs: no runs here/],
    [["list", "--runs"], /^error: not enough arguments following: runs/],
    [["list", "--runs", ""], /^error: --runs: expected a folder/],
    [["run"], /^error: run: expected an experiment file/],
    [["run", "--resume", "latest"], /^error: runs: no runs here/],
  ];
  await Promise.all(
    cases.map(async ([args, expected]) => {
      const { code, stdout, stderr } = await callCli(args, { cwd });
      assert.deepEqual([code, stdout], [2, ""], args.join(" "));
      assert.match(stderr, expected);
      assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
    }),
  );
  assert.equal(existsSync(path.join(cwd, "runs")), false, "asking creates no folder");
});

test("--debug adds the stack; a bug always has it and asks to be reported", async (t) => {
  const cwd = temporaryFolder(t);
  const debugged = await callCli(["show", "latest", "--debug"], { cwd });
  assert.equal(debugged.code, 2);
  assert.match(debugged.stderr, /^error: runs: no runs here.*\n.*\n? +at /);

  const broken = path.join(cwd, "broken.mjs");
  writeFileSync(broken, "process.stdout.write = () => { throw new TypeError('boom'); };");
  const bug = await runCli(["list"], { cwd, imports: broken });
  assert.deepEqual([bug.code, bug.stdout], [1, ""]);
  assert.match(bug.stderr, /^error: TypeError: boom\n +at [\s\S]*this is a bug in Hueristic: please report/);
});

test("list where there is nothing yet", async (t) => {
  const cwd = temporaryFolder(t);
  const { code, stdout } = await callCli(["list"], { cwd });
  assert.deepEqual(
    [code, stdout.startsWith("no runs in runs yet; start one with: hueristic run")],
    [0, true],
  );
  assert.deepEqual(await callCli(["list", "--json"], { cwd }), { code: 0, stdout: "[]\n", stderr: "" });
  fillStore(path.join(cwd, "empty"), []);
  const empty = await runCli(["list"], { cwd, env: { HUERISTIC_RUNS: "empty" } });
  assert.match(empty.stdout, /^no runs in empty yet/);
});

test("list: newest first, limited, for people and for scripts", async (t) => {
  const cwd = temporaryFolder(t);
  const ids = fillStore(path.join(cwd, "runs"), ["FINISHED", "KILLED", "FAILED"]);
  const { stdout, stderr } = await callCli(["list"], { cwd });
  const [titles, ...rows] = stdout.trimEnd().split("\n");
  assert.match(titles!, /^id +name +status +model +data +epoch +seen +unseen +best +age +took$/);
  assert.deepEqual(
    rows.map((row) => row.split(/ {2,}/).slice(0, 9)),
    [
      [ids[2], "run 2", "FAILED", "beta", "synthetic", "2/2", "-", "0.375", "0.25"],
      [ids[1], "run 1", "KILLED", "beta", "synthetic", "2/2", "0.5", "0.375", "0.25"],
      [ids[0], "run 0", "FINISHED", "beta", "synthetic", "2/2", "0.5", "0.375", "0.25"],
    ],
  );
  assert.equal(stderr, "");

  const limited = await callCli(["list", "--limit", "1", "--limit", "2"], { cwd });
  assert.equal(limited.stdout.trimEnd().split("\n").length, 3, "the last of an option counts");
  assert.equal(limited.stderr, "and 1 more; --limit 3 shows all\n");

  const [newest] = JSON.parse((await callCli(["list", "--json"], { cwd })).stdout);
  const { createdAt, finishedAt, durationMs, ...rest } = newest;
  assert.deepEqual(rest, {
    id: ids[2],
    name: "run 2",
    status: "FAILED",
    model: "beta",
    dataset: "synthetic",
    engine: "onnx",
    epoch: 2,
    epochs: 2,
    step: 4,
    seenLoss: null,
    unseenLoss: 0.375,
    bestUnseenLoss: 0.25,
    bestUnseenEpoch: 1,
    unseenMetrics: {},
    tags: ["grün 🌈", "smoke"],
    note: "",
  });
  assert.match(createdAt, /^\d{4}-.*Z$/);
  assert.match(finishedAt, /^\d{4}-.*Z$/);
  assert.equal(typeof durationMs, "number");
});

test("list and show: metrics of the runs that measured some", async (t) => {
  const cwd = temporaryFolder(t);
  const folder = path.join(cwd, "runs");
  fillStore(folder, ["FINISHED"]);
  const store = openStore(folder);
  const run = store.createRun(newRun({ name: "measured" }));
  declare(run, "unseen/psnr", "unseen/ab_l2");
  for (const [step, psnr] of [
    [0, 30],
    [4, 21.5],
  ] as const) {
    const places = Uint32Array.of(0);
    run.logEvaluation(step, [{ set: "unseen", ofSet: { psnr, ab_l2: Number.NaN }, ofImages: {}, places }]);
  }
  log(run, 4, { "train/epoch_seconds": 15, "train/evaluation_seconds": 5 });
  run.finish("FINISHED");
  store.close();

  const { stdout } = await callCli(["list"], { cwd });
  const [titles, measured, other] = stdout.trimEnd().split("\n");
  assert.match(titles!, / took +psnr$/);
  assert.match(measured!, / 21\.5$/);
  assert.match(other!, / -$/);
  const [first] = JSON.parse((await callCli(["list", "--json"], { cwd })).stdout);
  assert.deepEqual(first.unseenMetrics, { ab_l2: null, psnr: 21.5 });
  const shown = await callCli(["show", "measured"], { cwd });
  assert.match(shown.stdout, /^ {2}took .*, 25\.0 % of it evaluation$/m);
  assert.match(shown.stdout, /^ {2}psnr +dB +higher +21\.5$/m);
});

test("show: everything, and how to go on", async (t) => {
  const cwd = temporaryFolder(t);
  const folder = path.join(cwd, "my runs");
  const [id] = fillStore(folder, ["FAILED"]);
  const checkpoints = path.join(folder, id!, "checkpoints");
  mkdirSync(checkpoints, { recursive: true });
  writeFileSync(path.join(checkpoints, "step-00000002.safetensors"), "");
  const { code, stdout } = await callCli(["show", id!.slice(0, 6), "--runs", "my runs"], { cwd });
  assert.equal(code, 0);
  for (const expected of [
    /^\w+ {2}run 0 {2}FAILED\n/,
    /^ {2}what went wrong$/m,
    new RegExp(`^  to go on: hueristic run --resume ${id} --runs 'my runs'$`, "m"),
    /^ {2}epoch +2 of 2 \(step 4, 2 an epoch\)$/m,
    /^ {2}best unseen +0\.25 in epoch 1$/m,
    /^ {2}checkpoints .*\(step-00000002\.safetensors\)$/m,
    /^ {2}skipped +1 file$/m,
    /^ {2}blue at epoch 2 \(epoch 2, 1 unseen image\)$/m,
    /^ {2}blue +25\.0 % +12\.5 % +2$/m,
    /^ {2}train\/loss +2 +not a number +0\.75 +1$/m,
    /^ {2}\S+ \S+ UTC {2}dataset {2}one file {2}\[2Jskipped$/m,
    /^ {2}command +hueristic run experiments\/tiny.yaml$/m,
    /^ {2}package +onnxruntime-node 1\.30\.0$/m,
    /^ {4}batch_size: 1$/m,
  ])
    assert.match(stdout, expected);
  assert.ok(!stdout.includes("\u001b"), "no escape reaches a pipe");

  const shown = JSON.parse((await callCli(["show", "latest", "--json", "--runs", folder], { cwd })).stdout);
  assert.equal(shown.id, id);
  assert.deepEqual(
    shown.series.find(({ name }: { name: string }) => name === "train/loss"),
    { name: "train/loss", family: "loss", count: 2, last: null, lastStep: 2, min: 0.75, minStep: 1 },
  );
  assert.equal(shown.experiment.train.batch_size, 1);
  assert.equal(shown.skippedFiles.length, 1);
  assert.deepEqual(shown.emergence.families, [
    { family: "blue", real: 0.25, output: 0.125, judged: true, since: 2 },
  ]);
});

test("an unknown run is a UserError that lists the known ones", async (t) => {
  const cwd = temporaryFolder(t);
  const [id] = fillStore(path.join(cwd, "runs"), ["FINISHED"]);
  for (const args of [
    ["show", "zzzzzz"],
    ["report", "zzzzzz"],
    ["run", "--resume", "zzzzzz"],
  ]) {
    const { code, stderr } = await callCli(args, { cwd });
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`^error: run "zzzzzz": .*${id}`));
  }
});

test("colors: none in a pipe, FORCE_COLOR, NO_COLOR", async (t) => {
  const cwd = temporaryFolder(t);
  fillStore(path.join(cwd, "runs"), ["FINISHED"]);
  const has = async (env: Record<string, string>) => {
    const list = await runCli(["list"], { cwd, env });
    const error = await runCli(["nope"], { cwd, env });
    return [
      list.stdout.includes("\u001b[32mFINISHED"),
      error.stderr.startsWith("\u001b[31merror:\u001b[39m "),
    ];
  };
  assert.deepEqual(await has({}), [false, false]);
  assert.deepEqual(await has({ FORCE_COLOR: "1" }), [true, true]);
  assert.deepEqual(await has({ FORCE_COLOR: "1", NO_COLOR: "1" }), [false, false]);
});

test("a reader who leaves early is no error", { skip: process.platform === "win32" && "needs sh" }, (t) => {
  const cwd = temporaryFolder(t);
  // More than a pipe holds, so that the program does meet the closed end.
  fillStore(
    path.join(cwd, "runs"),
    Array.from({ length: 200 }, () => "FINISHED" as const),
  );
  const script = `{ "${process.execPath}" "${program}" list --json; echo "code $?" >&2; } | head -1`;
  const { stdout, stderr } = spawnSync("sh", ["-c", script], { cwd, encoding: "utf8" });
  assert.deepEqual([stdout, stderr], ["[\n", "code 0\n"]);

  // Rows are made no longer than they are read: all of these would take minutes.
  const query =
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1e9) select i from n";
  const endless = script.replace("list --json", `sql "${query}" --csv`);
  const ended = spawnSync("sh", ["-c", endless], { cwd, encoding: "utf8", timeout: 60_000 });
  assert.deepEqual([ended.stdout, ended.stderr], ["i\r\n", "code 0\n"]);
});

test("a full disk behind standard output is said, with exit code 2", {
  skip: !existsSync("/dev/full") && "needs /dev/full",
}, (t) => {
  const cwd = temporaryFolder(t);
  const { status, stderr } = spawnSync("sh", ["-c", `"${process.execPath}" "${program}" list >/dev/full`], {
    cwd,
    encoding: "utf8",
  });
  assert.equal(status, 2);
  assert.match(stderr, /^error: standard output: ENOSPC/);
});

test("list, show, report and --help load neither TensorFlow.js nor ONNX Runtime", async (t) => {
  const cwd = temporaryFolder(t);
  fillStore(path.join(cwd, "runs"), ["FINISHED"]);
  const loadedBy = async (args: readonly string[]) => {
    const file = path.join(cwd, `${args[0]}.txt`);
    const { code, stderr } = await runCli(args, {
      cwd,
      imports: recordModules,
      env: { RECORDED_MODULES: file },
    });
    assert.equal(code, 0, stderr);
    return readFileSync(file, "utf8").split("\n");
  };
  for (const args of [["list"], ["show", "latest"], ["report"], ["--help"], ["run", "--help"]]) {
    const loaded = await loadedBy(args);
    assert.ok(
      loaded.some((name) => name.includes("yargs")),
      "the recorder works",
    );
    assert.deepEqual(
      loaded.filter((name) => engines.test(name)),
      [],
      args.join(" "),
    );
  }
  assert.ok(
    (await loadedBy(["models"])).some((name) => engines.test(name)),
    "models does load one",
  );
});

test("report: writes the file, prints its path, size and link", async (t) => {
  const cwd = temporaryFolder(t);
  fillStore(path.join(cwd, "runs"), ["FINISHED", "KILLED"]);
  const { code, stdout, stderr } = await callCli(["report", "run 0", "latest", "--out", "both.html"], {
    cwd,
  });
  assert.equal(code, 0, stderr);
  const file = stdout.trimEnd();
  assert.equal(path.basename(file), "both.html");
  assert.match(readFileSync(file, "utf8"), /^<!doctype html>/i);
  assert.match(stderr, /^wrote [\d.]+ KiB: file:\/\/\/.*both\.html\n$/);
});

test("doctor: ready here; a folder that cannot be written is a fault with its remedy", async (t) => {
  const cwd = temporaryFolder(t);
  const { code, stdout } = await callCli(["doctor", "--json"], { cwd });
  const { healthy, checks } = JSON.parse(stdout) as {
    healthy: boolean;
    checks: { name: string; ok: boolean; reason: string | null; remedy: string | null }[];
  };
  assert.deepEqual([code, healthy], [0, true], stdout);
  for (const { name, ok, reason, remedy } of checks)
    assert.deepEqual([reason === null, remedy === null], [ok, ok], `${name}: what is missing has both`);
  assert.deepEqual(
    checks.map(({ name }) => name),
    [
      ...["node", "machine", "sharp", "sqlite", "runs folder"],
      ...["engine onnx", "engine torch", "engine tensorflow", "native kernels"],
      ...["device cpu", "device cuda", "device webgpu"],
    ],
  );
  assert.equal(existsSync(path.join(cwd, "runs")), false, "it only looks");

  writeFileSync(path.join(cwd, "file"), "");
  chmodSync(path.join(cwd, "file"), 0o444);
  const blocked = await callCli(["doctor", "--runs", "file"], { cwd });
  assert.equal(blocked.code, 1);
  assert.match(blocked.stdout, /^✓ node {2,}v\d+/);
  assert.match(blocked.stdout, /✗ runs folder .*file.*\n +→ .*--runs/);
});

test("completion prints a script for bash", async (t) => {
  const cwd = temporaryFolder(t);
  const { code, stdout } = await runCli(["completion"], { cwd });
  assert.equal(code, 0);
  const bash = spawnSync("bash", ["-n"], { input: stdout, encoding: "utf8" });
  if (bash.error === undefined) assert.deepEqual([bash.status, bash.stderr], [0, ""]);
  assert.match(stdout, /hueristic --get-yargs-completions/);
  const words = await runCli(["--get-yargs-completions", "hueristic", "li"], { cwd });
  assert.match(words.stdout, /^list$/m);
});

test("the program starts from any folder and through a link", {
  skip: process.platform === "win32" && "needs symbolic links",
}, (t) => {
  const cwd = temporaryFolder(t);
  const link = path.join(cwd, "hueristic");
  symlinkSync(program, link);
  const { status, stdout, stderr } = spawnSync(process.execPath, [link, "list"], { cwd, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^no runs/);
});
