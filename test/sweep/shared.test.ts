// A sweep of several hosts from here: its agents train into spools, and the store of this machine gets all by merging.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { it } from "node:test";
import { silent } from "../../src/output.ts";
import { openStore } from "../../src/store/open-store.ts";
import { mergeShared } from "../../src/store/shared-sweeps/merge-shared.ts";
import {
  openSharedSweep,
  sharedSweepFolder,
  shareSweep,
} from "../../src/store/shared-sweeps/shared-sweep.ts";
import type { TrialRow } from "../../src/store/sweeps.ts";
import { watchRuns } from "../../src/store/watch-runs.ts";
import { loadSweep } from "../../src/sweep/file/load-sweep.ts";
import { isWorkLeft, runAgent } from "../../src/sweep/scheduling/agent.ts";
import { sweepId } from "../../src/sweep/scheduling/identity.ts";
import { sharedAgentPlace } from "../../src/sweep/scheduling/trial-board.ts";
import { callCli } from "../cli/call-cli.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const base = `model: alpha
dataset: {kind: synthetic, count: 40}
image: {size: 16}
train: {epochs: 2, batch_size: 8}
samples: {every: 2, seen: 1, unseen: 1}
metrics: []
`;

it("is read here as if it had been trained here", async (test) => {
  const cwd = temporaryFolder(test);
  const runs = path.join(cwd, "runs");
  writeFileSync(path.join(cwd, "base.yaml"), base);
  const sweepText = "experiment: base.yaml\nmethod: grid\nparameters: {seed: {values: [1, 2]}}\n";
  writeFileSync(path.join(cwd, "s.yaml"), sweepText);
  const elsewhere = openStore(path.join(cwd, "begun"));
  const { sweep } = loadSweep(path.join(cwd, "s.yaml"));
  elsewhere.saveSweep({ id: sweepId(sweep), name: sweep.name, definition: JSON.stringify(sweep) });
  elsewhere.claimTrial(sweepId(sweep), { retries: 0, next: () => ({ parameters: {}, seed: null }) });
  elsewhere.close();
  const words = ["--launcher", "k8s", "--k8s", "image=hueristic", "volume_claim=runs", "namespace=color"];
  const launched = await callCli(["sweep", "s.yaml", ...words], { cwd });
  assert.equal(launched.code, 0, launched.stderr);
  assert.match(launched.stderr, /; kubectl get pods -n color -l hueristic\/sweep=/);
  const refused = await callCli(["sweep", "s.yaml", "--runs", "begun", ...words], { cwd });
  assert.deepEqual([refused.code, existsSync(path.join(cwd, "begun", "sweeps"))], [2, false]);
  assert.match(
    refused.stderr,
    /^error: sweep \w+: was begun on this machine \(1 trial\); finish it here, or /,
  );
  const [, id = ""] = /^sweep (\w+): s, grid; its agents are an Indexed Job\n/.exec(launched.stderr)!;

  const place = sharedAgentPlace(runs, id, silent)!;
  const settings = { retries: 0, failFast: true, threads: 1, output: silent };
  assert.equal(await runAgent(place, id, { ...settings, isToLeave: () => true }), 0);
  assert.equal(place.board.trials().length, 0, "told to leave before its first trial, it begins none");
  assert.equal(await runAgent(place, id, settings), 0);
  assert.equal(existsSync(path.join(runs, "runs.db")), false, "no agent opens the store of another machine");

  const status = await callCli(["sweep", "s.yaml", "--status"], { cwd });
  assert.match(status.stdout, /^ +0 +1 +2\/2 +0\.\d+ +complete +\w+\n +1 +2 +2\/2 +0\.\d+ +complete +\w+\n/m);
  assert.match(status.stderr, /2 of 2 trials begun: 2 complete\n/);
  assert.match((await callCli(["list"], { cwd })).stdout, / s-1 +FINISHED .*\n.* s-0 +FINISHED /);
  const rows = () => {
    const store = openStore(runs, { readonly: true });
    try {
      return store.trials(id);
    } finally {
      store.close();
    }
  };
  const before = rows();
  assert.deepEqual(
    before.map(({ runId, state, holder }) => [runId, state, holder]),
    openSharedSweep(runs, id)!
      .trials()
      .map(({ runId }) => [runId, "complete", null]),
  );
  mergeShared(runs, { warn: assert.fail });
  assert.deepEqual(rows(), before);

  const store = openStore(runs);
  test.after(() => store.close());
  const watch = watchRuns(runs);
  test.after(() => watch.close());
  const afterMerging = () => {
    mergeShared(runs, { warn: assert.fail });
    const version = watch.version();
    mergeShared(runs, { warn: assert.fail });
    assert.equal(watch.version(), version);
    return rows().map(({ runId, state }) => [runId, state]);
  };
  const [first, second] = before.map(({ runId }) => [runId, "complete"]);
  const isDeleted = [null, "complete"];

  // Agents of this machine go by the files, too: there is nothing left to do, though a run was deleted here. What changed in
  // the file of the sweep reaches the others.
  store.trashRun(String(first![0]));
  writeFileSync(path.join(cwd, "s.yaml"), `${sweepText}run_cap: 2\n`);
  const again = await callCli(["sweep", "s.yaml"], { cwd });
  assert.equal(again.code, 0, again.stderr);
  assert.match(openSharedSweep(runs, id)!.getSweep().definition, /"runCap":2/);
  assert.deepEqual(afterMerging(), [isDeleted, second]);
  store.restoreRun(String(first![0]));
  assert.deepEqual(afterMerging(), [first, second]);
  store.deleteRun(String(first![0]));
  assert.deepEqual(afterMerging(), [isDeleted, second]);
});

it("of which one cannot be read keeps no other one away", (test) => {
  const runs = temporaryFolder(test);
  openStore(runs).close();
  const ids = ["0123456789aa", "0123456789bb", "0123456789cc"];
  for (const [at, id] of ids.entries())
    shareSweep(runs, { id, name: id, createdAt: 3 - at, definition: at === 0 ? "{" : "{}" });
  writeFileSync(path.join(sharedSweepFolder(runs, ids[1]!), "0000"), "");
  mkdirSync(path.join(sharedSweepFolder(runs, ids[1]!), "0001"));
  mkdirSync(path.join(sharedSweepFolder(runs, ids[1]!), "0001", "000100.1.claim"));
  const told: string[] = [];
  mergeShared(runs, { warn: (line) => told.push(line) });
  assert.match(
    told.join("\n"),
    /^\S+sweeps\/0123456789aa: is not up to date here: CHECK constraint failed: [^\n]+$/,
  );
  const store = openStore(runs, { readonly: true });
  assert.deepEqual(
    store.listSweeps().map(({ id }) => id),
    ids.slice(1),
  );
  store.close();

  writeFileSync(path.join(runs, "runs.db"), "garbage ".repeat(1000));
  mergeShared(runs, { warn: (line) => told.push(line) });
  assert.match(told.at(-1)!, /: sweeps of other hosts are not up to date here: .*is not a SQLite database/);
});

it("is found by name without a store; to a scheduler an agent with nothing left to do has not failed", async (test) => {
  const cwd = temporaryFolder(test);
  const runs = path.join(cwd, "runs");
  writeFileSync(path.join(cwd, "base.yaml"), base);
  writeFileSync(
    path.join(cwd, "s.yaml"),
    "experiment: base.yaml\nmethod: grid\nparameters: {seed: {values: [1]}}\n",
  );
  const { sweep } = loadSweep(path.join(cwd, "s.yaml"));
  const id = sweepId(sweep);
  shareSweep(runs, { id, name: sweep.name, createdAt: 1, definition: JSON.stringify(sweep) });
  const { board } = sharedAgentPlace(runs, id, silent)!;
  assert.equal(isWorkLeft(board, 0), true);
  const next = () => ({ parameters: { seed: 1 }, seed: null });
  const trial = board.claimTrial(id, { retries: 0, next }) as TrialRow;
  assert.equal(isWorkLeft(board, 0), true);
  board.endTrial(trial, { state: "failed", error: "no room" });
  assert.deepEqual([isWorkLeft(board, 0), isWorkLeft(board, 1)], [false, true]);

  for (const ref of ["s", id.slice(0, 6), "latest", "s.yaml"])
    assert.deepEqual(await callCli(["agent", ref], { cwd }), { code: 1, stdout: "", stderr: "" }, ref);
  process.env.SLURM_JOB_ID = "4711";
  test.after(() => delete process.env.SLURM_JOB_ID);
  assert.equal((await callCli(["agent", id], { cwd })).code, 0);
  assert.equal(existsSync(path.join(runs, "runs.db")), false);
});
