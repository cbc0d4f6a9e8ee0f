// A checkpoint of ours, which carries a checksum, and a file of another program with other formats of numbers, which does not.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readCheckpoint, writeCheckpoint } from "../../../src/runner/checkpoints.ts";
import { openWeights } from "../../../src/runner/safetensors.ts";
import type { MakeTarget } from "../target.ts";

const name = "step-00000007.safetensors";

export const makeTarget: MakeTarget = async (folder) => {
  const state = {
    "generator/down1/kernel": {
      shape: [2, 2, 1, 3],
      data: Float32Array.from({ length: 12 }, (_, at) => at / 7 - 1),
    },
    "generator/down1/bias": { shape: [3], data: Float32Array.of(0, Number.NaN, -0) },
    step: { shape: [], data: Float32Array.of(7) },
  };
  const own = writeCheckpoint(path.join(folder, "own"), { step: 7, epoch: 1, state }, 1);
  mkdirSync(path.join(folder, "changed"));
  const file = path.join(folder, "changed", name);
  return {
    originals: [
      { name, content: readFileSync(own) },
      { name: "foreign.safetensors", content: foreignFile() },
    ],
    repaired: (_, content) => withLength(content),
    async read(original, content) {
      writeFileSync(file, content);
      if (original.name === name) {
        assert.deepEqual(readCheckpoint(file), { step: 7, epoch: 1, state });
        return "loaded";
      }
      const weights = openWeights(file);
      try {
        for (const tensor of Object.values(weights.tensors)) await tensor.read();
      } finally {
        weights.close();
      }
      return "loaded";
    },
  };
};

function foreignFile(): Buffer {
  const header = {
    __metadata__: { format: "pt" },
    half: { dtype: "F16", shape: [2, 3], data_offsets: [0, 12] },
    brain: { dtype: "BF16", shape: [2], data_offsets: [12, 16] },
    double: { dtype: "F64", shape: [1], data_offsets: [16, 24] },
    none: { dtype: "F32", shape: [0, 4], data_offsets: [24, 24] },
  };
  const text = Buffer.from(JSON.stringify(header));
  return withLength(
    Buffer.concat([Buffer.alloc(8), text, Buffer.from(Array.from({ length: 24 }, (_, at) => 11 * at))]),
  );
}

/** With the length of the header, up to its last brace, in front. */
function withLength(content: Buffer): Buffer {
  if (content.length < 8) return content;
  const copy = Buffer.from(content);
  copy.writeBigUInt64LE(BigInt(Math.max(0, content.lastIndexOf("}") + 1 - 8)));
  return copy;
}
