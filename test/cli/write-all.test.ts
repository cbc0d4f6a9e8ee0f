// What is too long to be printed at once, to somebody who may go away.

import assert from "node:assert/strict";
import { Writable } from "node:stream";
import test from "node:test";
import { writeAll } from "../../src/cli/print/write-all.ts";

/** Takes `most` writes, then fails as a pipe does whose reader has gone. */
function pipe(most: number) {
  const taken: Buffer[] = [];
  const stream = new Writable({
    write(piece: Buffer, _, done) {
      if (taken.length === most) return done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
      taken.push(piece);
      done();
    },
  });
  stream.on("error", () => {}); // as src/cli.ts
  return { stream, taken };
}

test("bytes are written as they are, short texts together", async () => {
  const bytes = pipe(9);
  await writeAll(bytes.stream, [Buffer.of(0xff, 0xd8), Buffer.of(0)]);
  assert.deepEqual(Buffer.concat(bytes.taken), Buffer.of(0xff, 0xd8, 0));
  const texts = pipe(9);
  await writeAll(texts.stream, ["a\n", "ü\n"]);
  assert.deepEqual(texts.taken.map(String), ["a\nü\n"]);
});

test("a reader who has gone ends the writing without an error", async () => {
  const { stream, taken } = pipe(1);
  let asked = 0;
  function* pieces(): Generator<Uint8Array> {
    for (; asked < 9; asked++) yield Buffer.of(asked);
  }
  await writeAll(stream, pieces());
  assert.deepEqual([taken.length, asked], [1, 1]);
});
