// Logs into the store in argv[2] until it is killed. After every step it says on stdout, synchronously, what it has
// logged and when. A step takes about argv[3] ms, in which nothing else can happen, as in a native call.

import { writeSync } from "node:fs";
import { openStore } from "../../src/store/open-store.ts";
import { declare, newRun } from "./fixtures.ts";

const sleeper = new Int32Array(new SharedArrayBuffer(4));
const sleep = (ms: number) => void Atomics.wait(sleeper, 0, 0, ms);

const store = openStore(process.argv[2]!);
const writer = store.createRun(newRun());
declare(writer, "train/loss", "train/clock");
say(`run ${writer.id}\n`);
for (let step = 1; ; step++) {
  sleep(Number(process.argv[3]));
  writer.logScalars(step, { "train/loss": step, "train/clock": Date.now() });
  say(`${step} ${Date.now()}\n`);
  writer.flushIfDue();
}

/** A pipe that is full, as the other end waits for a core, does not block: EAGAIN. */
function say(text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      sleep(1);
    }
  }
}
