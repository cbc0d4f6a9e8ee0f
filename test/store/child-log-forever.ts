// Logs into the store in argv[2] until it is killed. After every step it says on stdout, synchronously, what it has
// logged and when. A step takes about argv[3] ms, in which nothing else can happen, as in a native call.

import { writeSync } from "node:fs";
import { openStore } from "../../src/store/open-store.ts";
import { declare, newRun } from "./fixtures.ts";

const store = openStore(process.argv[2]!);
const writer = store.createRun(newRun());
declare(writer, "train/loss", "train/clock");
writeSync(1, `run ${writer.id}\n`);
const sleeper = new Int32Array(new SharedArrayBuffer(4));
for (let step = 1; ; step++) {
  Atomics.wait(sleeper, 0, 0, Number(process.argv[3]));
  writer.logScalars(step, { "train/loss": step, "train/clock": Date.now() });
  writeSync(1, `${step} ${Date.now()}\n`);
  writer.flushIfDue();
}
