// The real program: workers that are killed, stopped and joined, trials that fail, diverge and are pruned.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openStore, type Store } from "../../src/store/open-store.ts";
import type { TrialRow } from "../../src/store/sweeps.ts";
import { callCli } from "../cli/call-cli.ts";
import { outcomeOf, runCli, startCli } from "../cli/run-cli.ts";

const base = `model: alpha
dataset: {kind: synthetic, count: 40}
image: {size: 16}
train: {epochs: 2, batch_size: 8}
samples: {every: 2, seen: 1, unseen: 1}
metrics: []
`;

/** A folder with base.yaml and sweep.yaml. */
function folderWith(test: TestContext, sweep: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "hueristic-sweep-"));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(path.join(folder, "base.yaml"), base);
  writeFileSync(path.join(folder, "sweep.yaml"), `experiment: base.yaml\nmethod: grid\n${sweep}\n`);
  return folder;
}

/** Its workers are processes of their own. */
const sweepCli = (cwd: string, ...args: string[]) => callCli(["sweep", "sweep.yaml", ...args], { cwd });

function reading<T>(cwd: string, read: (store: Store, trials: readonly TrialRow[]) => T): T {
  const store = openStore(path.join(cwd, "runs"), { readonly: true });
  try {
    return read(store, store.trials(store.getSweep("latest").id));
  } finally {
    store.close();
  }
}

const states = (cwd: string) => reading(cwd, (_, trials) => trials.map(({ state }) => state));

/** Until the trials of a sweep under way are such. */
async function until(
  cwd: string,
  reached: (trials: readonly TrialRow[], store: Store) => boolean,
): Promise<void> {
  for (let look = 0; look < 1200; look++) {
    await sleep(50);
    try {
      if (reading(cwd, (store, trials) => reached(trials, store))) return;
    } catch {
      // Not begun yet.
    }
  }
  assert.fail(`not reached within 60 s: ${JSON.stringify(states(cwd))}`);
}

/** Process ids of those that hold a lease. */
const holders = (trials: readonly TrialRow[]) =>
  trials.flatMap(({ holder }) => (holder === null ? [] : Number(holder.split(" ")[1])));

const longer = "parameters: {train.batch_size: {values: [4, 8]}, train.epochs: {value: 60}}";

/** Every trial has one run, which was trained to its last epoch; there are no others. */
function assertWhole(cwd: string, epochs: number): void {
  reading(cwd, (store, trials) => {
    assert.deepEqual(
      new Set(store.listRuns().map(({ id }) => id)),
      new Set(trials.map(({ runId }) => runId)),
    );
    for (const { state, runId } of trials) {
      assert.equal(state, "complete");
      const { status, stepsPerEpoch } = store.getRun(runId!);
      assert.equal(status, "FINISHED");
      const { step } = store.series(runId!, "unseen/loss")!;
      assert.deepEqual(
        [...step],
        Array.from({ length: epochs + 1 }, (_, epoch) => epoch * stepsPerEpoch),
      );
    }
  });
}

describe("hueristic sweep", { skip: process.platform === "win32" }, () => {
  it("trains every configuration with every seed, says which is best, and has nothing to do the second time", async (test) => {
    const cwd = folderWith(test, "seeds: [1, 2]\nparameters: {train.batch_size: {values: [4, 8]}}");
    const { code, stdout, stderr } = await sweepCli(cwd, "--workers", "2");
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /batch_size +complete +best unseen\/loss, mean ± sd\n(.*\n)*\* +\d +2\/2 +0\.\d+ ± /,
    );
    assert.match(stderr, /4 of 4 trials begun: 4 complete\n/);
    assertWhole(cwd, 2);
    assert.deepEqual(
      reading(cwd, (store, trials) =>
        trials.map(({ runId, seed }) => [
          store.getRun(runId!).name,
          store.getRun(runId!).experiment.seed,
          seed,
        ]),
      ),
      [
        ["sweep-0", 1, 1],
        ["sweep-1", 2, 2],
        ["sweep-2", 1, 1],
        ["sweep-3", 2, 2],
      ],
    );

    const again = await sweepCli(cwd);
    assert.equal(again.code, 0);
    assert.equal(again.stdout, stdout);
    const status = await callCli(["sweep", "sweep.yaml", "--status"], { cwd });
    assert.match(
      status.stdout,
      /^trial +batch_size +seed +epoch +best unseen\/loss +state +run\n +0 +4 +1 +2\/2 /,
    );

    // A deleted run is trained again, with the same numbers; what was finished is not.
    const before = reading(cwd, (store, trials) => ({
      runs: trials.map(({ runId }) => runId!),
      losses: trials.map(({ runId }) => [...store.series(runId!, "unseen/loss")!.value]),
    }));
    const writer = openStore(path.join(cwd, "runs"));
    writer.deleteRun(before.runs[2]!);
    writer.close();
    assert.deepEqual(states(cwd), ["complete", "complete", "waiting", "complete"]);
    assert.equal((await sweepCli(cwd, "--workers", "2")).code, 0); // as many threads: the same numbers
    assertWhole(cwd, 2);
    reading(cwd, (store, trials) => {
      assert.deepEqual(
        trials.map(({ runId }) => runId === before.runs[2] || before.runs.includes(runId!)),
        [true, true, false, true],
      );
      assert.deepEqual(
        trials.map(({ runId }) => [...store.series(runId!, "unseen/loss")!.value]),
        before.losses,
      );
    });
  });

  it("goes on after kill -9 of a worker, and of everything", async (test) => {
    const cwd = folderWith(test, longer);
    const sweep = startCli(["sweep", "sweep.yaml", "--workers", "2"], { cwd });
    const ended = outcomeOf(sweep);
    await until(cwd, (trials) => holders(trials).length === 2 && trials.every(({ runId }) => runId !== null));
    const [worker] = reading(cwd, (_, trials) => holders(trials));
    process.kill(worker!, "SIGKILL");
    // Its trial goes on in a new worker.
    await until(cwd, (trials) => {
      const [first] = trials; // the other one may be through by now
      return first!.state === "complete" || (first!.holder !== null && !holders(trials).includes(worker!));
    });
    const pids = reading(cwd, (_, trials) => holders(trials));
    sweep.kill("SIGKILL");
    for (const pid of pids)
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // Its parent is gone, so it may have left.
      }
    await ended;
    assert.equal((await sweepCli(cwd, "--workers", "2")).code, 0);
    assertWhole(cwd, 60);
  });

  it("saves its trials at a signal, with one worker or its parent's end, and an agent finishes them", async (test) => {
    const cwd = folderWith(test, longer);
    const sweep = startCli(["sweep", "sweep.yaml", "--workers", "2"], { cwd });
    const ended = outcomeOf(sweep);
    await until(
      cwd,
      (trials, store) =>
        trials.length === 2 &&
        trials.every(
          ({ runId }) => runId !== null && (store.series(runId, "unseen/loss")?.step.length ?? 0) > 1,
        ),
    );
    sweep.kill("SIGINT");
    const { code, stderr } = await ended;
    assert.equal(code, 130);
    assert.match(stderr, /SIGINT: the trials under way are saved and stopped; once more stops at once/);
    assert.match(stderr, /2 of 2 trials begun: 2 stopped/);
    assert.deepEqual(states(cwd), ["waiting", "waiting"]);
    const agent = await runCli(["agent", "latest", "--threads", "1"], { cwd });
    assert.equal(agent.code, 0, agent.stderr);
    assert.match(agent.stderr, /^trial 0: goes on as run \w+\n/);
    assertWhole(cwd, 60);
  });

  it("records what failed or diverged, and goes on", async (test) => {
    const cwd = folderWith(
      test,
      `parameters:
  dataset: {values: [{kind: folder, root: nowhere}, {kind: synthetic, count: 40}]}
  train.optimizer.name: {value: sgd}
  train.optimizer.learning_rate: {values: [1.0e+30, 0.01]}`,
    );
    mkdirSync(path.join(cwd, "nowhere"));
    const { code, stdout, stderr } = await sweepCli(cwd, "--retries", "1");
    assert.equal(code, 1);
    assert.match(stderr, /warning: trial 0 failed: .*nowhere/);
    assert.match(stderr, /warning: trial 2 diverged: /);
    assert.match(stdout, /^\* /m);
    assert.deepEqual(
      reading(cwd, (_, trials) => trials.map(({ state, failures }) => [state, failures])),
      [
        ["failed", 2],
        ["failed", 2],
        ["diverged", 0],
        ["complete", 0],
      ],
    );
    const fast = await sweepCli(cwd, "--fail-fast", "--retries", "5");
    assert.equal(fast.code, 1);
    assert.deepEqual(
      reading(cwd, (_, trials) => trials.map(({ state, failures }) => [state, failures])).slice(0, 2),
      [
        ["failed", 3],
        ["failed", 2],
      ],
    );
    const agent = await callCli(["agent", "latest"], { cwd });
    assert.equal(agent.code, 1, "an agent says so too");
  });

  it("stops trials that do worse than those before", async (test) => {
    const cwd = folderWith(
      test,
      `metric: {name: unseen/loss}
prune: {type: median, n_startup_trials: 1}
parameters:
  train.epochs: {value: 4}
  train.optimizer.name: {value: sgd}
  train.optimizer.learning_rate: {values: [0.1, 1.0e-9]}`,
    );
    const { code, stderr } = await sweepCli(cwd);
    assert.equal(code, 0, stderr);
    assert.deepEqual(states(cwd), ["complete", "pruned"]);
    reading(cwd, (store, trials) => {
      const { status, error } = store.getRun(trials[1]!.runId!);
      assert.deepEqual([status, error], ["KILLED", "pruned after epoch 1"]);
    });
    assert.equal((await callCli(["agent", "latest"], { cwd })).code, 0);
    assert.deepEqual(states(cwd), ["complete", "pruned"]);
  });

  it("takes an experiment with lists of values; what is wrong with them shows before anything is trained", async (test) => {
    const cwd = folderWith(test, "parameters: {seed: {values: [1]}}");
    const args = ["train.batch_size=4,8", "train.epochs=1"];
    const { code, stdout } = await callCli(["sweep", "base.yaml", ...args], { cwd });
    assert.equal(code, 0);
    assert.match(stdout, /batch_size +complete/);
    const wrong = await callCli(["sweep", "base.yaml", "train.batch_size=4,none"], { cwd });
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /^error: command line: train\.batch_size: expected .*, got "none"\n$/);
    const none = await callCli(["agent", "nothing"], { cwd });
    assert.deepEqual([none.code, none.stdout], [2, ""]);
    assert.match(
      none.stderr,
      /^error: sweep "nothing": no such sweep; expected one of: [0-9a-f]{12} \(base\)\n$/,
    );
    const elsewhere = await callCli(["sweep", "sweep.yaml", "--status", "--runs", "empty"], { cwd });
    assert.equal(elsewhere.code, 2);
  });

  it("shares its store with another sweep at the same time", async (test) => {
    const cwd = folderWith(test, "parameters: {train.batch_size: {values: [8]}}");
    writeFileSync(path.join(cwd, "other.yaml"), readFileSync(path.join(cwd, "sweep.yaml")));
    const other = runCli(["sweep", "other.yaml"], { cwd });
    for (const { code, stdout, stderr } of await Promise.all([sweepCli(cwd), other])) {
      assert.equal(code, 0, stderr);
      assert.match(stderr, /1 of 1 trials begun: 1 complete\n/);
      assert.match(stdout, /\n\* +8 +1\/1 +0\.\d+\n/);
    }
    reading(cwd, (store) => {
      const sweeps = ["sweep", "other"].map((name) => store.trials(store.getSweep(name).id));
      const runs = sweeps.flatMap((trials) => trials.map(({ runId }) => runId));
      assert.deepEqual(new Set(store.listRuns().map(({ id }) => id)), new Set(runs));
      const [losses, same] = sweeps.map((trials) =>
        trials.map(({ state, runId }) => [state, ...store.series(runId!, "unseen/loss")!.value]),
      );
      assert.deepEqual(losses, same);
      assert.ok(losses!.every(([state, ...values]) => state === "complete" && values.length === 3));
    });
  });

  it("works with agents of any number on one store, and none runs a trial twice", async (test) => {
    const cwd = folderWith(test, "seeds: [1, 2, 3]\nparameters: {train.batch_size: {values: [4, 8]}}");
    assert.equal((await callCli(["sweep", "sweep.yaml", "--workers", "0"], { cwd })).code, 2);
    const first = sweepCli(cwd);
    await until(cwd, (trials) => trials.length > 0);
    const agents = await Promise.all([1, 2].map(() => runCli(["agent", "sweep", "--threads", "1"], { cwd })));
    assert.deepEqual(
      agents.map(({ code }) => code),
      [0, 0],
    );
    assert.equal((await first).code, 0);
    assertWhole(cwd, 2);
    const log = readFileSync(
      path.join(cwd, "runs", `sweep-${reading(cwd, (store) => store.getSweep("latest").id)}.log`),
      "utf8",
    );
    const begun = [log, ...agents.map(({ stderr }) => stderr)].join("").match(/^trial \d+: begins$/gm)!;
    assert.equal(new Set(begun).size, 6);
    assert.equal(begun.length, 6);
  });
});
