// Weights as PyTorch wrote them: zips of a pickle and numbers, whose entries carry a checksum.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { importDiscriminator, importGenerator } from "../../../src/runner/import/import-pix2pix.ts";
import { openPth } from "../../../src/runner/import/read-pth.ts";
import type { MakeTarget } from "../target.ts";
import { goldenFiles } from "./golden-files.ts";

export const makeTarget: MakeTarget = async (folder) => {
  const file = path.join(folder, "weights.pth");
  const originals = goldenFiles("pix2pix-files.json").filter(({ name }) =>
    ["batch.pth", "instance-half.pth", "none.pth", "discriminator.pth", "views.pth"].includes(name),
  );
  const valuesOf = async (name: string, content: Buffer) => {
    writeFileSync(file, content);
    const weights = await openPth(file);
    try {
      if (name === "discriminator.pth") return await importDiscriminator(file, weights, "lab");
      if (name !== "views.pth") return await importGenerator(file, weights);
      const values: Record<string, unknown> = {};
      for (const [each, tensor] of Object.entries(weights.tensors))
        values[each] = [tensor.shape, await tensor.read()];
      return values;
    } finally {
      weights.close();
    }
  };
  const whole = new Map<string, unknown>();
  for (const { name, content } of originals) whole.set(name, await valuesOf(name, content));
  return {
    originals,
    async read({ name }, content) {
      assert.deepEqual(await valuesOf(name, content), whole.get(name));
      return "loaded";
    },
  };
};
