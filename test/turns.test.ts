import assert from "node:assert/strict";
import { test } from "node:test";
import { createTurns } from "../src/turns.ts";

test("turns come one at a time, in order, and no more wait than may", async () => {
  const turns = createTurns({ mostWaiting: 1 });
  const here = new AbortController().signal;
  const first = await turns.take(here);
  const order: string[] = [];
  const second = turns.take(here).then((leave) => {
    order.push("second");
    return leave;
  });
  assert.equal(await turns.take(here), null);
  order.push("first ends");
  first!();
  (await second)!();
  assert.deepEqual(order, ["first ends", "second"]);
  const last = await turns.take(here);
  assert.notEqual(last, null);
  // Who goes leaves the place to others.
  const gone = new AbortController();
  const third = assert.rejects(turns.take(gone.signal), /^Error: gone$/);
  gone.abort(new Error("gone"));
  await third;
  const fourth = turns.take(here);
  assert.equal(await turns.take(here), null);
  last!();
  assert.notEqual(await fourth, null);
});

test("shares fill the room, in order; what is larger than the room goes alone", async () => {
  const turns = createTurns({ room: 10 });
  const here = new AbortController().signal;
  const log: string[] = [];
  const take = async (name: string, share: number, signal = here) => {
    const leave = await turns.take(signal, share);
    log.push(name);
    return leave!;
  };
  const [six, four] = [await take("six", 6), await take("four", 4)];
  const gone = new AbortController();
  const large = take("large", 25);
  const waits = assert.rejects(take("gone", 9, gone.signal));
  const small = take("small", 1);
  six();
  gone.abort();
  await waits;
  await Promise.resolve();
  assert.deepEqual(log, ["six", "four"], "nobody passes the large one");
  four();
  const leave = await large;
  assert.deepEqual(log, ["six", "four", "large"]);
  leave();
  (await small)();
  assert.deepEqual(log, ["six", "four", "large", "small"]);
});
