// Runs that travel between stores as folders and archives, with their checkpoints.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import { checkpointFiles, checkpointFolder, writeCheckpoint } from "../../src/runner/checkpoints.ts";
import { openStore, type Store } from "../../src/store/open-store.ts";
import { openSpool } from "../../src/store/spool/spool.ts";
import { spoolFile } from "../../src/store/spool/spool-files.ts";
import { temporaryName } from "../../src/whole-file.ts";
import { writeTar } from "../../src/write-tar.ts";
import { callCli } from "../cli/call-cli.ts";
import { everythingOf } from "../store/everything.ts";
import { log, newRun, saveDataset } from "../store/fixtures.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const cli = (cwd: string, ...args: readonly string[]) => callCli(args, { cwd });

function saveAt(runs: string, id: string, step: number, value: number): void {
  const state = { w: { shape: [1], data: Float32Array.of(value) } };
  writeCheckpoint(checkpointFolder(runs, id), { step, epoch: step / 2, state }, 2);
}

/** The names and last bytes of a run's checkpoints. */
function checkpointsOf(runs: string, id: string) {
  return checkpointFiles(checkpointFolder(runs, id)).map((file) => [
    path.basename(file),
    readFileSync(file).readFloatLE(readFileSync(file).length - 4),
  ]);
}

/** `there` with two runs that have ended and their checkpoints. */
function twoRuns(t: TestContext): { folder: string; store: Store; ids: [string, string] } {
  const folder = temporaryFolder(t);
  const there = path.join(folder, "there");
  const store = openStore(there);
  t.after(() => store.close());
  saveDataset(store);
  const ids = ["one", "two"].map((name) => {
    const run = store.createRun(newRun({ name }));
    log(run, 2, { "train/loss": 2 });
    saveAt(there, run.id, 2, 2);
    log(run, 4, { "train/loss": 4 });
    saveAt(there, run.id, 4, 4);
    run.finish("KILLED");
    return run.id;
  }) as [string, string];
  return { folder, store, ids };
}

function everythingIn(runs: string) {
  const store = openStore(runs, { readonly: true });
  const everything = everythingOf(store);
  store.close();
  return everything;
}

test("a runs folder: rows and checkpoints, once; a run that went on is brought up to date, and never back", async (t) => {
  const { folder, store, ids } = twoRuns(t);
  cpSync(path.join(folder, "there"), path.join(folder, "early"), { recursive: true });
  // Of an import that was killed while it copied.
  const copies = path.join(folder, "here", ids[0], "checkpoints");
  const half = temporaryName(path.join(copies, "step-00000002.safetensors"));
  mkdirSync(copies, { recursive: true });
  writeFileSync(half.replace(`.${process.pid}.`, `.${2 ** 22 + 1}.`), "half");
  const first = await cli(folder, "import", "there", "--runs", "here");
  assert.deepEqual([first.stdout, first.code], ["there: runs: 2 new; 4 checkpoints copied\n", 0]);
  assert.deepEqual(everythingIn(path.join(folder, "here")), everythingOf(store));
  const at = (runs: string) => checkpointsOf(path.join(folder, runs), ids[0]);
  assert.deepEqual(at("here"), [
    ["step-00000002.safetensors", 2],
    ["step-00000004.safetensors", 4],
  ]);
  assert.equal(readdirSync(copies).length, 2);
  const again = await cli(folder, "import", "there/runs.db", "--runs", "here", "--json");
  assert.deepEqual(JSON.parse(again.stdout)[0], {
    from: "there/runs.db",
    id: ids[0],
    became: "add",
    checkpoints: 0,
  });

  // From step 2 on it is trained otherwise.
  const run = store.resumeRun(ids[0], { fromStep: 2 });
  run.rewind(2, 1);
  log(run, 3, { "train/loss": 33 });
  const there = path.join(folder, "there");
  saveAt(there, ids[0], 4, 44);
  run.finish("KILLED");
  const updated = await cli(folder, "import", `there/${ids[0]}`, "--runs", "here");
  assert.equal(updated.stdout, `there/${ids[0]}: runs: 1 brought up to date; 2 checkpoints copied\n`);
  assert.deepEqual(at("here"), [
    ["step-00000002.safetensors", 2],
    ["step-00000004.safetensors", 44],
  ]);
  const back = await cli(folder, "import", "early", "--runs", "here");
  assert.equal(back.stdout, "early: runs: 1 here already, 1 further here than there; 0 checkpoints copied\n");
  assert.deepEqual(at("here").at(-1), ["step-00000004.safetensors", 44]);
  assert.deepEqual(everythingIn(path.join(folder, "here")), everythingOf(store));
});

test("a replacement that fails changes neither rows nor checkpoints; what could not be read is told", async (t) => {
  const { folder, store, ids } = twoRuns(t);
  await cli(folder, "import", "there", "--runs", "here");
  const before = [everythingIn(path.join(folder, "here")), checkpointsOf(path.join(folder, "here"), ids[0])];
  const run = store.resumeRun(ids[0], { fromStep: 1 });
  run.rewind(1, 1);
  log(run, 3, { "train/loss": 33 });
  const there = path.join(folder, "there");
  saveAt(there, ids[0], 2, 22);
  run.finish("KILLED");
  const [, last] = checkpointFiles(checkpointFolder(there, ids[0]));
  rmSync(last!);
  mkdirSync(last!);
  const failed = await cli(folder, "import", "there", "--runs", "here");
  assert.equal(failed.code, 2);
  assert.match(
    failed.stderr,
    /there\/\w+\/checkpoints\/step-00000004\.safetensors: cannot be copied to here/,
  );
  assert.deepEqual(
    [everythingIn(path.join(folder, "here")), checkpointsOf(path.join(folder, "here"), ids[0])],
    before,
  );
  assert.deepEqual(
    readdirSync(checkpointFolder(path.join(folder, "here"), ids[0])).filter((name) => name.startsWith(".")),
    [],
  );
  rmSync(last!, { recursive: true });

  // A spool beside, whose newest attempt is damaged and whose first has not published.
  const spool = openSpool(there, { resume: null, warn: assert.fail });
  const local = openStore(spool.storeFolder);
  saveDataset(local);
  const abroad = local.createRun(newRun({ name: "abroad" }));
  abroad.finish("FINISHED");
  spool.publish("end", abroad.id);
  local.close();
  spool.close();
  writeFileSync(spoolFile(there, abroad.id, 2).path, "no database");
  writeFileSync(spoolFile(there, abroad.id, 3).path, "");
  const { stdout, stderr, code } = await cli(folder, "import", "there", "--runs", "here");
  assert.equal(stdout, "there: runs: 1 new, 1 brought up to date, 1 here already; 1 checkpoint copied\n");
  assert.match(stderr, /^error: there\/spool\/\w+\.2\.db: is not a SQLite database.*\n$/);
  assert.equal(code, 2);
});

test("a checkpoint that is gone when it is packed is left out", async (t) => {
  const gone = writeTar([{ path: "a", file: path.join(temporaryFolder(t), "gone") }]);
  const pieces: Uint8Array[] = [];
  for await (const bytes of gone) pieces.push(bytes);
  assert.equal(Buffer.concat(pieces).length, 1024);
});

test("a packed run is the same run elsewhere; other programs read the archive", async (t) => {
  const { folder, store, ids } = twoRuns(t);
  const packed = await cli(folder, "pack", ids[1], "-o", "run.tar.gz", "--runs", "there");
  assert.deepEqual([packed.stdout, packed.code], ["run.tar.gz\n", 0]);
  assert.equal(
    (await cli(folder, "pack", ids[1], "-o", "run.tar.gz", "--runs", "there")).code,
    2,
    "is there already",
  );
  const names = ["runs.db", ...[2, 4].map((step) => `${ids[1]}/checkpoints/step-0000000${step}.safetensors`)];
  const listed = spawnSync("tar", ["tzf", path.join(folder, "run.tar.gz")], { encoding: "utf8" });
  if (listed.error) t.diagnostic("no tar here to read it");
  else assert.deepEqual(listed.stdout.trim().split("\n"), names);
  const { stdout, code } = await cli(folder, "import", "run.tar.gz", "--runs", "here");
  assert.deepEqual([stdout, code], ["run.tar.gz: runs: 1 new; 2 checkpoints copied\n", 0]);
  const [run] = everythingIn(path.join(folder, "here")).runs;
  assert.deepEqual(
    run,
    everythingOf(store).runs.find(({ id }) => id === ids[1]),
  );
  assert.deepEqual(
    checkpointsOf(path.join(folder, "here"), ids[1]),
    checkpointsOf(path.join(folder, "there"), ids[1]),
  );
  const zst = await cli(folder, "pack", ids[1], "-o", "run.tar.zst", "--runs", "there");
  if (zst.code === 0) assert.equal((await cli(folder, "import", "run.tar.zst", "--runs", "zst")).code, 0);
  else assert.match(zst.stderr, /run\.tar\.zst: Zstandard is in Node from 22\.15 on, .*use \.tar\.gz/);
  assert.equal((await cli(folder, "delete", ids[1], "--runs", "here")).code, 0);
  const trashed = await cli(folder, "import", "run.tar.gz", "--runs", "here");
  assert.match(
    trashed.stderr,
    new RegExp(`run ${ids[1]}: is in the trash here: hueristic restore ${ids[1]}`),
  );
});

test("archives that are not ours are refused whole", async (t) => {
  const { folder, ids } = twoRuns(t);
  await cli(folder, "pack", ids[0], "-o", "run.tar", "--runs", "there");
  const good = readFileSync(path.join(folder, "run.tar"));
  const second = 512 + Math.ceil(Number.parseInt(good.toString("latin1", 124, 135), 8) / 512) * 512;
  /** A header with other bytes at a place, and the checksum of it where it is not to be wrong. */
  const changed = (at: number, text: string, summed = true) => {
    const bytes = Buffer.from(good);
    bytes.write(text, second + at, "latin1");
    bytes.fill(0x20, second + 148, second + 156);
    const sum = bytes.subarray(second, second + 512).reduce((total, byte) => total + byte, 0);
    bytes.write(`${(sum + (summed ? 0 : 1)).toString(8).padStart(6, "0")}\0 `, second + 148, "latin1");
    return bytes;
  };
  const name = (text: string) => changed(0, text.padEnd(100, "\0"));
  const hostile = {
    "up.tar": [name("../../evil/checkpoints/step-1.safetensors"), /"\.\.\/\.\.\/evil.*not in an archive/],
    "root.tar": [name("/etc/cron.d/x"), /"\/etc.*not in an archive/],
    "other.tar": [name(`${ids[0]}/checkpoints/run.sh`), /run\.sh": not in an archive/],
    "twice.tar": [name("runs.db"), /"runs\.db": not in an archive/],
    "prefix.tar": [changed(345, "../.."), /"\.\.\/\.\..*not in an archive/],
    "link.tar": [changed(156, "2"), /not in an archive/],
    "folder.tar": [changed(156, "5"), /not in an archive/],
    "sum.tar": [changed(0, "x", false), /checksum is wrong/],
    "negative.tar": [changed(124, "-0000000001\0"), /a header that is none/],
    "large.tar": [changed(124, "77777777777\0"), /ends too early/],
    "cut.tar": [good.subarray(0, good.length - 2000), /ends too early/],
    "cut.tar.gz": [gzipSync(good).subarray(0, -6), /cannot be unpacked/],
    "garbage.tar.gz": [Buffer.from("no gzip at all"), /cannot be unpacked/],
    "empty.tar": [Buffer.alloc(1024), /holds no runs\.db/],
  } as const;
  mkdirSync(path.join(folder, "work"));
  for (const [file, [bytes, expected]] of Object.entries(hostile)) {
    writeFileSync(path.join(folder, "work", file), bytes);
    const { code, stderr } = await cli(path.join(folder, "work"), "import", file, "--runs", "here");
    assert.equal(code, 2, file);
    assert.match(stderr, expected, file);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
  }
  assert.deepEqual(
    readdirSync(path.join(folder, "work")).sort(),
    Object.keys(hostile).sort(),
    "nothing was made",
  );
  assert.ok(!existsSync(path.join(folder, "evil")));
});

test("what cannot be imported is one line that says what was expected", async (t) => {
  const folder = temporaryFolder(t);
  for (const file of ["net.pth", "notes.txt"]) writeFileSync(path.join(folder, file), "no database at all");
  mkdirSync(path.join(folder, "empty"));
  for (const [args, expected] of [
    [["nobody"], /nobody: no such file or folder/],
    [["net.pth"], /net\.pth: weights need --as/],
    [["notes.txt"], /notes\.txt: is not a SQLite database/],
    [["empty"], /empty: expected a runs folder/],
    [[], /expected a runs folder, a packed run or, with --as pix2pix, a file of weights/],
  ] as const) {
    const { code, stderr } = await cli(folder, "import", ...args, "--runs", "here");
    assert.equal(code, 2);
    assert.match(stderr, expected);
  }
});
