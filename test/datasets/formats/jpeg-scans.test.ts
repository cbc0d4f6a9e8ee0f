import assert from "node:assert/strict";
import { test } from "node:test";
import sharp from "sharp";
import { isWholeJpeg } from "../../../src/datasets/formats/jpeg-scans.ts";
import { openPicture } from "../../../src/datasets/formats/open-picture.ts";
import { fromBase64, golden, shown } from "./colors.ts";

const restarts = fromBase64(golden.restarts);
const firstRestart = restarts.indexOf(Buffer.of(0xff, 0xd0));

const noisy = () =>
  sharp({
    create: {
      width: 90,
      height: 70,
      channels: 3,
      background: "white",
      noise: { type: "gaussian", mean: 128, sigma: 40 },
    },
  });

const inserted = (bytes: Buffer, at: number, ...more: number[]) =>
  Buffer.concat([bytes.subarray(0, at), Buffer.from(more), bytes.subarray(at)]);

/** Spectral selection and approximation of the scan, where Samsung's cameras wrote zeros. */
function withScanParameters(bytes: Buffer, ...parameters: number[]): Buffer {
  const changed = Buffer.from(bytes);
  const scan = changed.indexOf(Buffer.of(0xff, 0xda));
  changed.set(parameters, scan + 2 + changed.readUInt16BE(scan + 2) - 3);
  return changed;
}

test("odd but whole JPEGs give the pixels of the ordinary ones", async () => {
  const ordinary = (await shown(restarts, 32)).pixels;
  const odd: Record<string, Buffer> = {
    "Samsung's scan parameters": withScanParameters(restarts, 0, 0, 0),
    "zeros before a restart marker": inserted(restarts, firstRestart, 0, 0),
    "many zeros": inserted(restarts, firstRestart, ...new Array(40).fill(0)),
    "other bytes": inserted(restarts, firstRestart, 0x12, 0x34),
    "fill bytes": inserted(restarts, firstRestart, 0xff, 0xff),
    "bytes between segments": inserted(restarts, 2, 1, 2, 3),
    "bytes before the end": inserted(restarts, restarts.length - 2, 0, 0),
  };
  for (const [name, bytes] of Object.entries(odd)) {
    assert.deepEqual((await shown(bytes, 32)).pixels, ordinary, name);
  }
});

test("of every kind of JPEG the scans are found whole, and those that are cut are not", async () => {
  const kinds = {
    baseline: {},
    "4:4:4": { chromaSubsampling: "4:4:4" },
    progressive: { progressive: true },
    "mozjpeg's scans": { mozjpeg: true },
  };
  for (const [name, options] of Object.entries(kinds)) {
    const bytes = await noisy().jpeg(options).toBuffer();
    assert.equal(isWholeJpeg(bytes), true, name);
    for (const share of [0.3, 0.6, 0.95]) {
      const cut = Buffer.concat([bytes.subarray(0, bytes.length * share), Buffer.of(0xff, 0xd9)]);
      assert.equal(isWholeJpeg(cut), false, `${name}, ${share}`);
    }
  }
  assert.equal(isWholeJpeg(await noisy().grayscale().jpeg().toBuffer()), true);
  assert.equal(isWholeJpeg(await noisy().toColourspace("cmyk").jpeg().toBuffer()), true);
});

test("damaged ones are refused, odd or not", async () => {
  const secondRestart = restarts.indexOf(Buffer.of(0xff, 0xd1));
  const withoutSome = Buffer.concat([
    restarts.subarray(0, secondRestart - 9),
    restarts.subarray(secondRestart),
  ]);
  const outOfTurn = Buffer.from(restarts);
  outOfTurn[secondRestart + 1] = 0xd5;
  const damaged: Record<string, Buffer> = {
    "an interval that ends early": withoutSome,
    "a restart out of turn": outOfTurn,
    "Samsung's, cut": Buffer.concat([withScanParameters(withoutSome, 0, 0, 0)]),
    "bytes of another picture": inserted(
      restarts,
      firstRestart,
      ...restarts.subarray(secondRestart - 30, secondRestart),
    ),
  };
  for (const [name, bytes] of Object.entries(damaged)) {
    await assert.rejects(shown(bytes, 32), { message: "damaged: JPEG that cannot be read to its end" }, name);
  }
  const twelve = Buffer.from(restarts);
  twelve[twelve.indexOf(Buffer.of(0xff, 0xc0)) + 4] = 12;
  await assert.rejects(shown(twelve), { message: "JPEG of 12 bits, which cannot be read" });
});

test("reasons are the same words at every run, also of files that are read at the same time", async () => {
  const png = await noisy().png().toBuffer();
  const bad = [
    Buffer.concat([restarts.subarray(0, firstRestart - 20), restarts.subarray(firstRestart)]),
    png.subarray(0, png.length * 0.7),
    (await noisy().webp().toBuffer()).subarray(0, 900),
    (await noisy().gif().toBuffer()).subarray(0, 900),
  ];
  const reasonOf = (bytes: Buffer) =>
    openPicture(bytes)
      .then((picture) => picture.square(16))
      .then(
        () => "taken",
        (error: Error) => error.message,
      );
  const alone = [];
  for (const bytes of bad) alone.push(await reasonOf(bytes));
  assert.deepEqual(
    alone,
    ["JPEG", "PNG", "WebP", "GIF"].map((kind) => `damaged: ${kind} that cannot be read to its end`),
  );
  const together = await Promise.all([...bad, ...bad, ...bad, ...bad].map(reasonOf));
  assert.deepEqual(together, [...alone, ...alone, ...alone, ...alone]);
});
