// Some mutations of every kind of file: the first of those that `npm run bench -- fuzz` tries.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { temporaryFolder } from "../temporary-folder.ts";
import { type KindName, kinds } from "./targets.ts";
import { mutationOf, tryMutation } from "./try-mutation.ts";

/** So many that all take five seconds of processor time. */
const counts: Readonly<Record<KindName, number>> = {
  yaml: 120,
  safetensors: 300,
  cache: 60,
  coco: 40,
  celeba: 40,
  pth: 40,
  cifar: 20,
  image: 12,
  spool: 5,
  tar: 40,
};

describe("mutated files are loaded, or refused in a line", () => {
  for (const [name, count] of Object.entries(counts) as [KindName, number][])
    it(name, async (t) => {
      const target = await (await kinds[name].load()).makeTarget(temporaryFolder(t));
      const outcomes = { loaded: 0, refused: 0 };
      for (let index = 0; index < count; index++) {
        const mutation = mutationOf(target, name, 1, index);
        const outcome = await tryMutation(target, mutation);
        if (typeof outcome === "object")
          assert.fail(`mutation ${index} of ${mutation.original.name}: ${outcome.finding}`);
        outcomes[outcome]++;
      }
      assert.ok(outcomes.refused > 0, "some are damaged for good");
      for (const original of target.originals)
        assert.equal(
          await tryMutation(target, { original, content: original.content }),
          "loaded",
          original.name,
        );
    });
});
