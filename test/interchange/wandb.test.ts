// W&B's offline runs: their framing against files of W&B's own writer (test/golden/make_wandb_log.py), every value of a run read back by
// a reader of our own and, where it is installed, sent by the real `wandb sync` to a server that keeps what it gets.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import sharp from "sharp";
import { frameRecords } from "../../src/interchange/wandb/frame-records.ts";
import { decodeRecord, type Item } from "../../src/interchange/wandb/record-proto.ts";
import { openStore, type Store } from "../../src/store/open-store.ts";
import { callCli } from "../cli/call-cli.ts";
import { pythonWith } from "../python-with.ts";
import { experiment, log, newRun, saveDataset } from "../store/fixtures.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { oddRun } from "./odd-run.ts";
import { parseNumbers, readFrames } from "./read-wandb.ts";
import { startWandbServer } from "./wandb-server.ts";

type Golden = { name: string; lengths: number[]; bytes: number; sha256: string };

const golden: Golden[] = JSON.parse(
  readFileSync(new URL("../golden/wandb-log.json", import.meta.url), "utf8"),
);

async function* inTurn<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

test("records are framed byte for byte as W&B's own writer frames them, at every end of a block", async () => {
  for (const { name, lengths, bytes, sha256 } of golden) {
    const records = lengths.map((length, at) =>
      Uint8Array.from({ length }, (_, place) => (at + place) % 251),
    );
    const pieces: Buffer[] = [];
    for await (const piece of frameRecords(inTurn(records))) pieces.push(piece);
    const file = Buffer.concat(pieces);
    assert.deepEqual([file.length, createHash("sha256").update(file).digest("hex")], [bytes, sha256], name);
    assert.deepEqual(readFrames(file), records.map(Buffer.from), name);
  }
});

type Line = Record<string, unknown>;

const read = (items: readonly Item[]): Line =>
  Object.fromEntries(items.map(({ key, valueJson }) => [key, parseNumbers(valueJson)]));

/** The values of series in the lines of the history: [series, step, value]. */
function valuesOf(history: readonly Line[]): [string, number, number][] {
  return history.flatMap((line) =>
    Object.entries(line).flatMap(([name, value]): [string, number, number][] =>
      typeof value === "number" && !name.startsWith("_") ? [[name, line._step as number, value]] : [],
    ),
  );
}

function valuesInStore(store: Store, id: string): [string, number, number][] {
  return store
    .allSeries(id)
    .flatMap(({ name, step, value }) =>
      Array.from(step, (at, place): [string, number, number] => [name, at, value[place]!]),
    );
}

const sorted = (values: readonly [string, number, number][]) =>
  values.toSorted((a, b) => (`${a}` < `${b}` ? -1 : 1));

const python = pythonWith("wandb.proto");

test("export: every value and picture at its step, NaN and infinities kept; wandb sync sends the same", async (t) => {
  const cwd = temporaryFolder(t);
  const id = await oddRun(path.join(cwd, "runs"));
  const exported = (...args: string[]) =>
    callCli(["export", id, "--format", "wandb", "-o", "wb", ...args], { cwd });
  const done = await exported();
  assert.equal(done.code, 0, done.stderr);
  const [, name] =
    /^wb\/(offline-run-\d{8}_\d{6}-\w+): 8 values, 3 pictures, .*\nsend them: {2}wandb sync wb\n$/.exec(
      done.stdout,
    )!;
  const folder = path.join(cwd, "wb", name!);
  const file = path.join(folder, `run-${id}.wandb`);
  const records = readFrames(readFileSync(file)).map(decodeRecord);
  assert.deepEqual(
    records.map(({ num }) => num),
    records.map((_, at) => at + 1),
  );
  const all = <Kind extends "run" | "history" | "summary" | "files" | "exit">(kind: Kind) =>
    records.flatMap((record) => record[kind] ?? []);

  const store = openStore(path.join(cwd, "runs"), { readonly: true });
  t.after(() => store.close());
  const history = all("history").map(({ item, step }) => {
    const line = read(item);
    assert.equal(line._step, step.num);
    return line;
  });
  assert.deepEqual(
    history.map(({ _step }) => _step),
    [0, 1, 2, 3, 4, 5, 6],
  );
  assert.deepEqual(sorted(valuesOf(history)), sorted(valuesInStore(store, id)));
  const { createdAt } = store.getRun(id);
  const elapsedMs = (step: unknown) =>
    Math.max(
      0,
      ...store.allSeries(id).flatMap((series) => series.elapsedMs[series.step.indexOf(step as number)] ?? []),
    );
  for (const { _step, _runtime, _timestamp } of history)
    assert.deepEqual(
      [_runtime, _timestamp],
      [elapsedMs(_step) / 1000, (createdAt + elapsedMs(_step)) / 1000],
    );

  const run = all("run")[0]!;
  assert.deepEqual([run.runId, run.displayName, run.notes], [id, "a / b: grün", "as small as it gets"]);
  assert.deepEqual(
    [run.tags, run.host, run.git],
    [["grün 🌈", "smoke"], "bench", { commit: "0123456789abcdef" }],
  );
  assert.equal(run.startTime.seconds * 1000 + run.startTime.nanos / 1e6, createdAt);
  const config = read(run.config.update!) as Record<string, Line>;
  assert.equal((config.train!.optimizer as Line).learning_rate, 0.001);
  assert.deepEqual([config.name, config.log, config.hueristic!.run], [undefined, undefined, id]);

  const pictures = history.flatMap((line) =>
    Object.entries(line).flatMap(([key, value]) =>
      typeof value === "object" ? [{ key, step: line._step, entry: value as Line }] : [],
    ),
  );
  assert.deepEqual(
    pictures.map(({ key, step, entry }) => [key, step, entry.width, entry.height, entry.caption]),
    [
      ["unseen/samples/0/colorized", 0, 4, 3, "b.png"],
      ["unseen/samples/0/real", 0, 4, 3, "b.png"],
      ["unseen/samples/0/colorized", 4, 4, 3, "b.png"],
    ],
  );
  for (const { entry } of pictures) {
    const bytes = readFileSync(path.join(folder, "files", entry.path as string));
    assert.deepEqual(
      [bytes.length, createHash("sha256").update(bytes).digest("hex")],
      [entry.size, entry.sha256],
    );
  }
  const lastPicture = sharp(path.join(folder, "files", pictures[2]!.entry.path as string));
  assert.deepEqual([...(await lastPicture.raw().toBuffer())], Array(4 * 3 * 3).fill(90));
  const saved = all("files").flatMap(({ files }) => files.map((saved) => saved.path));
  assert.deepEqual(
    saved,
    pictures.map(({ entry }) => entry.path),
  );
  const summary = read(all("summary")[0]!.update!);
  assert.deepEqual(
    [summary["train/loss"], summary["unseen/psnr"], summary._step, summary["unseen/samples/0/colorized"]],
    [1e300, 22.5, 6, pictures[2]!.entry],
  );
  assert.deepEqual(Object.keys(records.at(-1)!), ["num", "exit"]);
  assert.equal(all("exit")[0]!.exitCode, 0);

  const again = await exported();
  assert.equal(again.code, 2);
  assert.match(again.stderr, /has run .* already; --force replaces it\n$/);
  const before = readFileSync(file);
  writeFileSync(`${file}.synced`, "");
  const replaced = await exported("--force", "--json");
  assert.deepEqual(
    JSON.parse(replaced.stdout).map(({ run, values, pictures }: Line) => [run, values, pictures]),
    [[id, 8, 3]],
  );
  assert.deepEqual(readFileSync(file), before);
  assert.equal(existsSync(`${file}.synced`), false, "what was written anew is sent anew");
  const nowhere = await callCli(["export", id, "--format", "wandb"], { cwd });
  assert.deepEqual([nowhere.code, /expected -o <folder>/.test(nowhere.stderr)], [2, true]);

  if (python.skip) return t.diagnostic(`not sent by wandb itself: ${python.skip}`);
  const server = await startWandbServer(t);
  await promisify(execFile)(python.command, ["-m", "wandb", "sync", "wb"], {
    cwd,
    env: {
      PATH: process.env.PATH,
      HOME: cwd,
      WANDB_BASE_URL: server.address,
      WANDB_API_KEY: "0".repeat(40),
      WANDB_ERROR_REPORTING: "false",
    },
    timeout: 60_000,
  });
  const sent = server.run;
  assert.deepEqual(sent.history, history);
  const { _wandb: ours, ...values } = summary;
  const { _wandb: theirs, ...sentValues } = sent.summary;
  assert.deepEqual([sentValues, (theirs as Line).runtime], [values, (ours as Line).runtime]);
  assert.equal(sent.exitCode, 0);
  assert.deepEqual(
    ["name", "project", "displayName", "notes", "tags", "commit", "host"].map((key) => sent.variables[key]),
    [id, "hueristic", run.displayName, run.notes, run.tags, run.git!.commit, run.host],
  );
  const sentConfig = JSON.parse(sent.variables.config as string);
  // wandb drops a section that is empty.
  assert.deepEqual(config.evaluate, {});
  for (const [key, value] of Object.entries(config))
    if (key !== "evaluate") assert.deepEqual(sentConfig[key].value, value, key);
  for (const { entry } of pictures)
    assert.deepEqual(
      sent.files.get(entry.path as string),
      readFileSync(path.join(folder, "files", entry.path as string)),
    );
});

test("a run that is under way is not exported; one that failed says so, and its long tag is left out, which is said", async (t) => {
  const cwd = temporaryFolder(t);
  const store = openStore(path.join(cwd, "runs"));
  t.after(() => store.close());
  saveDataset(store);
  const tags = ["x".repeat(65), "y".repeat(64)];
  const run = store.createRun(newRun({ experiment: { ...experiment, tags } }));
  log(run, 1, { "train/big": 2 ** 60, "train/bigger": 1e20 });
  const exported = () => callCli(["export", run.id, "--format", "wandb", "-o", "wb", "--json"], { cwd });
  const early = await exported();
  assert.deepEqual([early.code, /is under way, and W&B takes a run once/.test(early.stderr)], [2, true]);
  run.finish("FAILED");
  const done = await exported();
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stderr, /tag "x{65}": W&B takes 1 to 64 characters, left out/);
  const [{ folder }] = JSON.parse(done.stdout);
  const records = readFrames(readFileSync(path.join(cwd, folder, `run-${run.id}.wandb`))).map(decodeRecord);
  const texts = records.flatMap(({ history }) => history?.item ?? []);
  const text = new Map(texts.map(({ key, valueJson }) => [key, valueJson]));
  assert.deepEqual([text.get("train/big"), text.get("train/bigger")], ["1.152921504606847e+18", "1e+20"]);
  assert.deepEqual(records[0]!.run!.tags, ["y".repeat(64)]);
  assert.equal(records.at(-1)!.exit!.exitCode, 1);
});
