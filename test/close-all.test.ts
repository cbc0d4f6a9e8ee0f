import assert from "node:assert/strict";
import { test } from "node:test";
import * as tf from "@tensorflow/tfjs-core";
import Database from "better-sqlite3";
import { closeAll } from "../src/close-all.ts";
import { openEngine } from "../src/engine/engines.ts";
import { databasePath } from "../src/store/open-database.ts";
import { newRun, temporaryStore } from "./store/fixtures.ts";

test("a run that cannot be closed keeps no engine open, and its reason is told", async (t) => {
  const store = temporaryStore(t);
  const run = store.createRun(newRun());
  const engine = await openEngine("onnx", { device: "cpu", threads: 1 });
  const inputs = { x: { shape: [2], dtype: "float32" } } as const;
  const compiled = await engine.compile(({ x }) => ({ twice: tf.mul(x!, 2) }), {}, inputs);
  const call = () => compiled.run(engine.importState({}), { x: Float32Array.of(1, 2) });
  assert.deepEqual([...(await call()).twice!], [2, 4]);

  const database = new Database(databasePath(store.folder));
  t.after(() => database.close());
  const owner = database.prepare<[], string>("SELECT writer FROM runs").pluck().get()!;
  const handTo = database.prepare("UPDATE runs SET writer = ?");
  handTo.run("another");
  await assert.rejects(closeAll([run, null, compiled, undefined]), /taken over by another process/);
  await assert.rejects(call(), "it is closed");
  handTo.run(owner);
  run.close();
});
