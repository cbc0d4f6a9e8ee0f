// A file of the spool, which is a whole database: merged into a new store, of which all is read that the program reads.

import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { serializeWhole } from "../../../src/store/merge/source-copy.ts";
import { openForReading } from "../../../src/store/open-database.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { mergeSpools } from "../../../src/store/spool/merge-spools.ts";
import { spoolFile } from "../../../src/store/spool/spool-files.ts";
import { write } from "../../datasets/pictures.ts";
import { everythingOf } from "../../store/everything.ts";
import { dataset, declare, log, newRun, saveDataset } from "../../store/fixtures.ts";
import type { MakeTarget } from "../target.ts";

export const makeTarget: MakeTarget = async (folder) => {
  const { id, content } = spooled(path.join(folder, "own"));
  return {
    originals: [{ name: `${id}.1.db`, content }],
    async read(_, changed) {
      const runs = mkdtempSync(path.join(folder, "runs-"));
      try {
        write(spoolFile(runs, id, 1).path, changed);
        const warnings: string[] = [];
        mergeSpools(runs, { warn: (line) => warnings.push(line) });
        // One at least: a merge that takes nothing and says nothing has lost a run.
        if (warnings.length > 0) return { refused: warnings.join("\n") };
        const store = openStore(runs, { readonly: true });
        try {
          everythingOf(store);
        } finally {
          store.close();
        }
        return "loaded";
      } finally {
        rmSync(runs, { recursive: true, force: true });
      }
    },
  };
};

/** A run with some of everything that a run has. */
function spooled(folder: string) {
  const store = openStore(folder);
  try {
    saveDataset(store);
    const run = store.createRun(newRun());
    declare(run, "unseen/psnr");
    for (let step = 1; step <= 50; step++) log(run, step, { "train/loss": 1 / step });
    run.logEvaluation(50, [
      {
        set: "unseen",
        ofSet: { psnr: 30 },
        ofImages: { psnr: Float64Array.of(30) },
        places: Uint32Array.of(1),
      },
    ]);
    const picture = { set: "unseen", index: 0, imageId: "b.png", mime: "image/png", epoch: 1 } as const;
    run.logImages([{ ...picture, kind: "colorized", bytes: Buffer.from("colored") }]);
    run.event("info", "note", "something happened");
    run.nameSets([{ set: "faces", fingerprint: dataset.fingerprint, partOf: null }]);
    run.finish("FINISHED");
    store.addTag(run.id, "mine");
    const database = openForReading(folder);
    try {
      return { id: run.id, content: serializeWhole(database) };
    } finally {
      database.close();
    }
  } finally {
    store.close();
  }
}
