import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { randomStream } from "../../src/random.ts";
import { databasePath, openForReading } from "../../src/store/open-database.ts";
import { openStore } from "../../src/store/open-store.ts";
import { createRunReader } from "../../src/store/read-runs.ts";
import { createSeriesReader } from "../../src/store/read-series.ts";
import { firstLine, newRun, outcomeOf, startChild, temporaryStore } from "./fixtures.ts";

/** Longer than this nobody may hold up a reader. SQLite adds up its pauses for it: a slow machine does not count. */
const mostHeldUpMs = 100;

/** Reads all of all runs; throws where it is held up. */
function impatientReader(test: TestContext, folder: string): () => number {
  const database = openForReading(folder);
  test.after(() => database.close());
  database.pragma(`busy_timeout = ${mostHeldUpMs}`);
  const [runs, series] = [createRunReader(database, Date.now), createSeriesReader(database)];
  return () => {
    const found = runs.summaries();
    for (const { id } of found) series.allSeries(id);
    return found.length;
  };
}

describe("several processes", () => {
  it("lose nothing where four of them write two runs each, and hold up no reader", async (test) => {
    const store = temporaryStore(test);
    const steps = 600;
    const read = impatientReader(test, store.folder);
    let isOver = false;
    const reading = async () => {
      let readings = 0;
      for (; !isOver; readings++) {
        read();
        await sleep(5);
      }
      return readings;
    };
    const readings = reading();
    const children = Array.from({ length: 4 }, () =>
      startChild("child-write.ts", [store.folder, "2", `${steps}`]),
    );
    const outcomes = await Promise.all(children.map(outcomeOf));
    isOver = true;
    test.diagnostic(`read ${await readings} times`);
    assert.deepEqual(
      outcomes.map(({ end }) => end),
      [0, 0, 0, 0],
    );
    const ids = outcomes.flatMap(({ lines }) => lines);
    assert.equal(new Set(ids).size, 8);
    for (const id of ids) {
      assert.equal(store.getRun(id).status, "FINISHED");
      const [loss, other] = ["train/loss", "train/other"].map((name) => store.series(id, name)!);
      assert.deepEqual(
        [...loss!.step],
        Array.from({ length: steps }, (_, index) => index + 1),
      );
      assert.deepEqual(
        [...loss!.value],
        Array.from({ length: steps }, (_, index) => (index + 1) / 7),
      );
      assert.deepEqual(
        [...other!.value],
        Array.from({ length: steps }, (_, index) => -(index + 1)),
      );
    }
  });

  it("hold up no reader with a transaction that they keep open", (test) => {
    const store = temporaryStore(test);
    store.createRun(newRun()).finish("FINISHED");
    const read = impatientReader(test, store.folder);
    const other = new Database(databasePath(store.folder));
    test.after(() => other.close());
    other.exec("BEGIN EXCLUSIVE; UPDATE runs SET name = 'changed'");
    assert.equal(read(), 1);
    other.exec("COMMIT");
  });

  for (const [name, stepMs] of [
    ["fast steps", 0.2],
    ["steps that block for 0.4 s", 400],
  ] as const) {
    it(`kill -9 among ${name}: intact, at most a second is missing`, {
      skip: process.platform === "win32",
    }, async (test) => {
      const stream = randomStream("kill -9", name);
      let storedOfAll = 0;
      for (let round = 0; round < 3; round++) {
        const store = temporaryStore(test);
        const child = startChild("child-log-forever.ts", [store.folder, `${stepMs}`]);
        const ended = outcomeOf(child);
        await firstLine(child);
        await new Promise((resolve) => setTimeout(resolve, 600 + 1500 * stream.uniform()));
        child.kill("SIGKILL");
        const { lines, end } = await ended;
        assert.equal(end, "SIGKILL");
        // The last line may be torn.
        const logged = lines
          .slice(1, -1)
          .map((line) => line.split(" ").map(Number) as [step: number, at: number]);
        const lastAt = logged.at(-1)?.[1] ?? 0; // one that waits for a core may come to no step
        const id = lines[0]!.slice("run ".length);

        const database = new Database(databasePath(store.folder));
        assert.equal(database.pragma("integrity_check", { simple: true }), "ok");
        assert.deepEqual(database.pragma("foreign_key_check"), []);
        database.close();
        const reader = openStore(store.folder, { readonly: true });
        const series = reader.series(id, "train/loss");
        const clock = reader.series(id, "train/clock");
        reader.close();
        const stored = series?.step.length ?? 0;
        assert.deepEqual(
          [...(series?.step ?? [])],
          Array.from({ length: stored }, (_, index) => index + 1),
        );
        assert.deepEqual(series?.step, clock?.step, "the values of one step stay together");
        const missing = logged.filter(([step]) => step > stored);
        const missingMs = missing.length === 0 ? 0 : lastAt - missing[0]![1];
        test.diagnostic(`${logged.length} steps logged, ${missing.length} missing, over ${missingMs} ms`);
        assert.ok(missingMs <= 1000, `${missingMs} ms are missing`);
        storedOfAll += stored;
      }
      assert.ok(storedOfAll > 0, "nothing was stored in any round");
    });
  }
});
