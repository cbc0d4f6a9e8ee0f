// Merges the file argv[3] into the store in argv[2] and dies once its rows are there and before they are committed.

import { openMerger } from "../../src/store/merge/merger.ts";

openMerger(process.argv[2]!).merge(process.argv[3]!, {
  alongside: (database, merged) => {
    const count = database.prepare("SELECT count(*) FROM scalars").pluck().get();
    process.stdout.write(`${merged.length} runs, ${count} values\n`, () => {});
    process.kill(process.pid, "SIGKILL");
  },
});
