import assert from "node:assert/strict";
import { test } from "node:test";
import { compareCommand } from "../../src/cli/commands/compare.ts";
import { colorsOf, silent } from "../../src/output.ts";
import { openStore } from "../../src/store/open-store.ts";
import { dataset, log, newRun, saveDataset, temporaryFolder } from "../store/fixtures.ts";

const other = { ...dataset, fingerprint: "e".repeat(64), seenCount: 0, unseenCount: 1 };

test("compare marks the best value of the same images, and says why there is none of others", async (t) => {
  const runs = temporaryFolder(t);
  const store = openStore(runs);
  saveDataset(store);
  store.saveDataset(other, [{ id: "x", set: "unseen" }], []);
  for (const [name, psnr, fingerprint] of [
    ["a", 21, dataset.fingerprint],
    ["b", 22, dataset.fingerprint],
    ["c", 23, other.fingerprint],
  ] as const) {
    const writer = store.createRun(newRun({ name, datasetFingerprint: fingerprint }));
    log(writer, 2, { "unseen/psnr": psnr });
    writer.finish("FINISHED");
  }
  store.close();
  const compare = async (run: readonly string[]) => {
    let [printed, said] = ["", ""];
    const context = {
      output: { ...silent, info: (line: string) => (said += line) },
      print: (text: string) => (printed += text),
      colors: colorsOf({ isTTY: false }),
      width: null,
      now: Date.now,
      reportError: () => 1,
    };
    await compareCommand.run({ run, runs, json: false, debug: false }, context);
    return [/^unseen\/psnr +(.*)$/m.exec(printed)![1]!.replaceAll(/ {2,}/g, " | "), said];
  };
  assert.deepEqual(await compare(["a", "b"]), ["21 | 22 *", ""]);
  const note = "unseen/psnr: of different images, so that none is marked as the best";
  assert.deepEqual(await compare(["b", "c"]), ["22 | 23", note]);
});
