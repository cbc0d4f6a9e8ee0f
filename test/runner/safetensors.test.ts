import assert from "node:assert/strict";
import { closeSync, openSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { UserError } from "../../src/errors.ts";
import { readTensors, writeTensors } from "../../src/runner/safetensors.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const tensors = {
  "conv1/kernel": {
    shape: [1, 2, 3],
    data: Float32Array.of(1, -2, 3.5, 0, Number.NaN, Number.NEGATIVE_INFINITY),
  },
  scalar: { shape: [], data: Float32Array.of(7) },
  empty: { shape: [0, 4], data: new Float32Array(0) },
};

function write(file: string): void {
  const handle = openSync(file, "w");
  writeTensors(handle, { tensors, metadata: { step: "12", note: "façade 🎨" } });
  closeSync(handle);
}

test("what is written is read back to the last bit", (context) => {
  const file = path.join(temporaryFolder(context), "a.safetensors");
  write(file);
  const { tensors: back, metadata } = readTensors(file);
  assert.deepEqual(metadata, { step: "12", note: "façade 🎨" });
  assert.deepEqual(back, tensors);
});

test("the file has the layout of the format: length, JSON header padded to 8 bytes, numbers", (context) => {
  const file = path.join(temporaryFolder(context), "a.safetensors");
  write(file);
  const bytes = readFileSync(file);
  const length = Number(bytes.readBigUInt64LE(0));
  assert.equal(length % 8, 0);
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString());
  assert.deepEqual(header["conv1/kernel"], { dtype: "F32", shape: [1, 2, 3], data_offsets: [0, 24] });
  assert.equal(bytes.readFloatLE(8 + length + 8), 3.5);
  assert.equal(bytes.length, 8 + length + 28);
});

test("every flipped bit is noticed, and files without a checksum are read", (context) => {
  const file = path.join(temporaryFolder(context), "a.safetensors");
  write(file);
  const whole = readFileSync(file);
  for (let bit = 0; bit < 8 * whole.length; bit += 7) {
    const damaged = Buffer.from(whole);
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    writeFileSync(file, damaged);
    let back: ReturnType<typeof readTensors>;
    try {
      back = readTensors(file);
    } catch {
      continue;
    }
    // A blank of the padding changes nothing that is read, nor does the name of the checksum itself.
    assert.deepEqual(back.tensors, tensors, `bit ${bit}`);
    assert.deepEqual([back.metadata.step, back.metadata.note], ["12", "façade 🎨"], `bit ${bit}`);
  }
  const other = Buffer.from(whole.toString("latin1").replace('"sha256"', '"sha257"'), "latin1");
  writeFileSync(file, other);
  assert.deepEqual(readTensors(file).tensors, tensors);
});

test("a damaged file is refused with its name", (context) => {
  const file = path.join(temporaryFolder(context), "a.safetensors");
  const refused = (why: RegExp) =>
    assert.throws(
      () => readTensors(file),
      (error) => error instanceof UserError && error.message.startsWith(file) && why.test(error.message),
    );
  writeFileSync(file, "");
  refused(/0 bytes long/);
  writeFileSync(file, "this is no tensor file at all");
  refused(/its header would take/);
  write(file);
  truncateSync(file, readFileSync(file).length - 4);
  refused(/tensor scalar is cut off/);
  const bytes = Buffer.from("\x08\0\0\0\0\0\0\0not json");
  writeFileSync(file, bytes);
  refused(/its header is not JSON/);
  const tensor = (begin: number, end: number) =>
    `{"dtype":"F32","shape":[${(end - begin) / 4}],"data_offsets":[${begin},${end}]}`;
  const odd: [header: string, numbers: number, why: RegExp][] = [
    ['{"a":{"dtype":"F32","shape":2}}', 0, /tensor a is not described as tensors are/],
    ["null", 0, /its header is no mapping/],
    ["[1]", 0, /its header is no mapping/],
    ['{"__metadata__":null}', 0, /its metadata are no texts by name/],
    ['{"__metadata__":{"step":1}}', 0, /its metadata are no texts by name/],
    [`{"a":${tensor(0, 8)},"b":${tensor(4, 12)}}`, 3, /tensor b does not begin where another ends/],
    [`{"a":${tensor(0, 4)},"b":${tensor(8, 12)}}`, 3, /tensor b does not begin where another ends/],
    [`{"a":${tensor(0, 4)}}`, 3, /8 bytes of it belong to no tensor/],
  ];
  for (const [header, count, why] of odd) {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    writeFileSync(file, Buffer.concat([length, Buffer.from(header), Buffer.alloc(4 * count)]));
    refused(why);
  }
});
