// A run that another process purges while a report of it is made: the report is of the whole run, or there is none.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { type ReportStore, readReportRuns } from "../../src/report/read-report-runs.ts";
import { writeReport } from "../../src/report/write-report.ts";
import { openStore } from "../../src/store/open-store.ts";
import { sampleStore, temporaryFolder } from "./sample-store.ts";

test("a run that is purged while a report of it is made is shown whole or not at all", async (t) => {
  const store = await sampleStore(t, { id: "aaaa" }, { id: "bbbb" });
  const other = openStore(store.folder);
  t.after(() => other.close());
  /** A reader that is overtaken between the series of the run and its pictures. */
  const overtaken = (purged: string): ReportStore => {
    let isPurged = false;
    return {
      ...store,
      images(runId) {
        if (!isPurged) other.deleteRun(purged);
        isPurged = true;
        return store.images(runId);
      },
    };
  };

  const whole = readReportRuns(store, ["aaaa"]);
  assert.ok(whole[0]!.images.length > 0);
  assert.deepEqual(readReportRuns(overtaken("aaaa"), ["aaaa"]), whole);
  assert.throws(() => readReportRuns(store, ["aaaa"]), { name: "UserError" });

  const folder = temporaryFolder(t);
  const options = { out: path.join(folder, "report.html"), png: folder };
  await writeReport(store, ["bbbb"], options);
  const before = readFileSync(options.out);
  const files = readdirSync(folder);
  await assert.rejects(writeReport(overtaken("bbbb"), ["bbbb"], options), {
    name: "UserError",
    message: /^image [0-9a-f]{64}: was deleted just now$/,
  });
  assert.ok(readFileSync(options.out).equals(before), "the report from before is whole");
  assert.deepEqual(readdirSync(folder), files);
});
