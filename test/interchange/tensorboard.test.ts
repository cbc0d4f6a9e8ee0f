// TensorBoard's event files: their framing against published values, every value of a run read back by our own reader and, where it is
// installed, by TensorBoard's; and the log of a training that is killed, goes on, or cannot be written.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { crc32c, maskedCrc32c } from "../../src/interchange/tensorboard/crc32c.ts";
import { openEventLog } from "../../src/interchange/tensorboard/event-log.ts";
import { decodeEvent, type EventMessage } from "../../src/interchange/tensorboard/event-proto.ts";
import { exportRunEvents } from "../../src/interchange/tensorboard/export-run.ts";
import { decodeRecords, encodeRecord } from "../../src/interchange/tensorboard/records.ts";
import { silent } from "../../src/output.ts";
import { runExperiment } from "../../src/runner/run-experiment.ts";
import { openStore, type Store } from "../../src/store/open-store.ts";
import { callCli } from "../cli/call-cli.ts";
import { pythonWith, runPython } from "../python-with.ts";
import { smallExperiment } from "../runner/small-experiment.ts";
import { experiment, newRun, saveDataset } from "../store/fixtures.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { oddRun } from "./odd-run.ts";

test("CRC-32C of RFC 3720, and records that are told apart from damaged ones", () => {
  const counting = Uint8Array.from({ length: 32 }, (_, at) => at);
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  assert.equal(crc32c(counting), 0x46dd794e);
  assert.equal(crc32c(counting.toReversed()), 0x113fdb5c);
  assert.equal(crc32c(Buffer.from("123456789")), 0xe3069283);
  // As TensorBoard's own masked_crc32c gives it.
  assert.equal(maskedCrc32c(Uint8Array.of(24, 0, 0, 0, 0, 0, 0, 0)), 0x224b7fa3);
  const [a, b] = [encodeRecord(Buffer.from("one")), encodeRecord(counting)];
  const both = Buffer.concat([a, b]);
  assert.deepEqual(decodeRecords(both), {
    records: [Buffer.from("one"), Buffer.from(counting)],
    problem: null,
  });
  for (const length of [a.length + 3, a.length + 14, both.length - 1]) {
    const { records, problem } = decodeRecords(both.subarray(0, length));
    assert.equal(records.length, 1);
    assert.match(problem!, /ends in the middle of a record/);
  }
  for (const at of [a.length + 1, a.length + 9, a.length + 20, both.length - 1]) {
    const damaged = Buffer.from(both);
    damaged[at]! ^= 1;
    assert.match(decodeRecords(damaged).problem!, new RegExp(`damaged at byte ${a.length}`));
  }
});

type Found = {
  /** Tag -> step -> value. */
  readonly scalars: Record<string, [step: number, wallTime: number, value: number][]>;
  readonly images: Record<string, [step: number, width: number, height: number, sha256: string][]>;
  readonly pictures: Map<string, Uint8Array>;
};

/** Of all event files of a folder, each of which must be whole. */
function readEvents(folder: string): Found & { readonly events: readonly EventMessage[] } {
  const found: Found = { scalars: {}, images: {}, pictures: new Map() };
  const events = readdirSync(folder)
    .sort()
    .flatMap((name) => {
      assert.match(name, /^events\.out\.tfevents\.\d{10}\.hueristic\./);
      const { records, problem } = decodeRecords(readFileSync(path.join(folder, name)));
      assert.equal(problem, null);
      return records.map(decodeEvent);
    });
  assert.equal(events[0]!.fileVersion, "brain.Event:2");
  for (const { step = 0, wallTime = 0, summary } of events)
    for (const { tag = "", simpleValue, image } of summary?.value ?? []) {
      if (simpleValue !== undefined) {
        found.scalars[tag] ??= [];
        found.scalars[tag].push([step, wallTime, simpleValue]);
      }
      if (image === undefined) continue;
      const bytes = image.encodedImageString!;
      found.pictures.set(`${tag} ${step}`, bytes);
      found.images[tag] ??= [];
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      found.images[tag].push([step, image.width!, image.height!, sha256]);
    }
  return { ...found, events };
}

/** Every value of the store stands there once, and nothing else. */
function requireAll(store: Store, id: string, scalars: Found["scalars"]): void {
  const { createdAt } = store.getRun(id);
  const expected = store
    .allSeries(id)
    .map(({ name, step, elapsedMs, value }) => [
      name,
      Array.from(step, (at, place) => [
        at,
        (createdAt + elapsedMs[place]!) / 1000,
        Math.fround(value[place]!),
      ]),
    ]);
  assert.deepEqual(scalars, Object.fromEntries(expected));
}

const python = pythonWith("tensorboard");

test("export: every value and picture at its step, NaN and infinities kept; TensorBoard reads the same", async (t) => {
  const cwd = temporaryFolder(t);
  const id = await oddRun(path.join(cwd, "runs"));
  const exported = (...args: string[]) =>
    callCli(["export", id, "--format", "tensorboard", "-o", "tb", ...args], { cwd });
  const done = await exported();
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stdout, new RegExp(`^tb/a_b_grün-${id}: 8 values, 3 pictures, `));
  const folder = path.join(cwd, "tb", `a_b_grün-${id}`);
  const found = readEvents(folder);
  const store = openStore(path.join(cwd, "runs"), { readonly: true });
  requireAll(store, id, found.scalars);
  store.close();
  assert.deepEqual(
    [...found.pictures.keys()],
    ["unseen/samples/0/colorized 0", "unseen/samples/0/real 0", "unseen/samples/0/colorized 4"],
  );
  const png = sharp(found.pictures.get("unseen/samples/0/colorized 4")!);
  assert.equal((await png.metadata()).format, "png");
  assert.deepEqual([...(await png.raw().toBuffer())], Array(4 * 3 * 3).fill(90));

  const again = await exported();
  assert.equal(again.code, 2);
  assert.match(again.stderr, /has events of run .* already; --force replaces them\n$/);
  const replaced = await exported("--force", "--json");
  assert.deepEqual(
    JSON.parse(replaced.stdout).map(({ run, scalars, pictures }: Record<string, unknown>) => [
      run,
      scalars,
      pictures,
    ]),
    [[id, 8, 3]],
  );
  assert.equal(readdirSync(folder).length, 1);
  const nowhere = await callCli(["export", id, "--format", "tensorboard"], { cwd });
  assert.deepEqual([nowhere.code, /expected -o <folder>/.test(nowhere.stderr)], [2, true]);

  if (python.skip) return t.diagnostic(`not read by TensorBoard itself: ${python.skip}`);
  const script = fileURLToPath(new URL("read-events.py", import.meta.url));
  const theirs = JSON.parse(runPython(python.command, [script, folder], { cwd }));
  const numbers = Object.entries(theirs.scalars as Record<string, [number, number, string][]>).map(
    ([tag, rows]) => [
      tag,
      rows.map(([step, at, value]) => [step, at, Number(value.replace("inf", "Infinity"))]),
    ],
  );
  assert.deepEqual(Object.fromEntries(numbers), found.scalars);
  assert.deepEqual(theirs.images, found.images);
  assert.match(theirs.descriptions["unseen/psnr"], /^psnr, dB; higher is better: a ratio$/i);
  assert.equal(theirs.hparams["train.optimizer.learning_rate"], 0.001);
  assert.deepEqual(
    [theirs.hparams["model.kind"], theirs.hparams.deterministic, theirs.hparams.status],
    ["beta", false, 1],
  );
});

test("the file of a run that trains is not replaced under its hands", async (t) => {
  const cwd = temporaryFolder(t);
  const store = openStore(path.join(cwd, "runs"));
  t.after(() => store.close());
  saveDataset(store);
  const logFolder = path.join(cwd, "tb");
  const run = store.createRun(newRun({ experiment: { ...experiment, log: { tensorboard: logFolder } } }));
  const options = { logFolder, replace: true, now: Date.now() };
  await assert.rejects(
    exportRunEvents(store, run.id, options),
    /writes it while it trains; name another folder/,
  );
  run.finish("FINISHED");
  assert.equal((await exportRunEvents(store, run.id, options)).scalars, 0);
});

test("what goes wrong in the log ends the log alone, and is told once with its stack", async (t) => {
  const cwd = temporaryFolder(t);
  const store = openStore(path.join(cwd, "runs"));
  saveDataset(store);
  const run = store.createRun(newRun());
  const warned: string[] = [];
  const warn = (line: string) => warned.push(line);
  const log = await openEventLog(store, run.id, { logFolder: path.join(cwd, "tb"), now: Date.now, warn });
  assert.deepEqual(warned, []);
  run.finish("FINISHED");
  store.close(); // of all things that nobody expects
  await log.catchUp();
  await log.close("FINISHED");
  assert.equal(warned.length, 1);
  assert.match(warned[0]!, /^log\.tensorboard: .* the training goes on without it.*\nTypeError: .*\n +at /);
});

test("a training is logged as it goes, and has no step twice after it went on; a folder that cannot be written is said", async (t) => {
  const cwd = temporaryFolder(t);
  const runsFolder = path.join(cwd, "runs");
  const logFolder = path.join(cwd, "tb");
  const train = async (
    epochs: number,
    tensorboard: string,
    resume: string | null,
    afterEpoch = (_: number) => false,
  ) => {
    const experiment = { ...smallExperiment({ epochs }), image: { size: 8 }, log: { tensorboard } };
    const options = { runsFolder, source: null, output: silent, threads: 1, resume, afterEpoch };
    return (await runExperiment(experiment, options)).runId!;
  };
  let stepsSeen = 0;
  const id = await train(2, logFolder, null, (epoch) => {
    const [folder] = readdirSync(logFolder);
    stepsSeen = readEvents(path.join(logFolder, folder!)).scalars["train/loss"]!.length;
    return epoch === 1;
  });
  assert.ok(stepsSeen > 0, "an epoch is there while it trains");
  const folder = path.join(logFolder, `small-${id}`);
  const before = readEvents(folder).scalars["train/loss"]!.length;
  // As a process that was killed leaves it.
  const [file] = readdirSync(folder);
  writeFileSync(path.join(folder, file!), readFileSync(path.join(folder, file!)).subarray(0, -5));
  await train(2, logFolder, id);
  const store = openStore(runsFolder, { readonly: true });
  t.after(() => store.close());
  const after = readEvents(folder);
  requireAll(store, id, after.scalars);
  assert.equal(after.scalars["train/loss"]!.length, 2 * before);
  assert.equal(after.pictures.size, store.images(id).length);
  assert.deepEqual(after.events[1]!.sessionLog, { status: 1 });

  rmSync(logFolder, { recursive: true });
  writeFileSync(logFolder, "");
  const other = await train(1, logFolder, null);
  assert.equal(store.getRun(other).status, "FINISHED");
  const warned = store.events(other).filter(({ kind }) => kind === "tensorboard");
  assert.equal(warned.length, 1);
  assert.match(
    warned[0]!.message,
    /^log\.tensorboard: .*tb cannot be written: .*; the training goes on without it/,
  );
});
