// A real Slurm on this host: an array of agents of which one loses its node, one is put back into the queue, one is killed and
// one is told that its time is up, while no shell of the user is left.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { silent } from "../../src/output.ts";
import { openStore, type Store } from "../../src/store/open-store.ts";
import { openSharedSweep } from "../../src/store/shared-sweeps/shared-sweep.ts";
import { loadSweep } from "../../src/sweep/file/load-sweep.ts";
import { runAgent } from "../../src/sweep/scheduling/agent.ts";
import { sweepId } from "../../src/sweep/scheduling/identity.ts";
import { agentPlaceInStore } from "../../src/sweep/scheduling/trial-board.ts";
import { callCli } from "../cli/call-cli.ts";
import { runCli } from "../cli/run-cli.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { startSlurm, whyNoSlurm } from "./slurm-cluster.ts";

const trials = 8;
const epochs = 40;

const base = `model: alpha
dataset: {kind: synthetic, count: 40}
image: {size: 16}
train: {epochs: ${epochs}, batch_size: 8}
samples: {every: ${epochs}, seen: 1, unseen: 1}
metrics: []
`;

const sweepText = `experiment: base.yaml
method: grid
parameters: {seed: {values: [1, 2, 3, 4, 5, 6, 7, 8]}}
launcher: {kind: slurm, partition: gpu, timeout_min: 5}
`;

/** HUERISTIC_SHOW=1 prints what was done when, and the logs of the tasks. */
const skip = whyNoSlurm() ?? false;

it("an array of agents finishes every trial once, whatever is done to them", { skip }, async (test) => {
  const cwd = temporaryFolder(test);
  writeFileSync(path.join(cwd, "base.yaml"), base);
  writeFileSync(path.join(cwd, "s.yaml"), sweepText);
  const { sweep } = loadSweep(path.join(cwd, "s.yaml"));
  const id = sweepId(sweep);
  const log: string[] = [];
  const began = performance.now();
  const cluster = await startSlurm(temporaryFolder(test), 3);
  try {
    // The shell that starts it is gone with this line.
    const launched = await runCli(["sweep", "s.yaml", "--slurm", "array_parallelism=3"], {
      cwd,
      env: cluster.env,
    });
    assert.equal(launched.code, 0, launched.stderr);
    assert.match(
      launched.stderr,
      /^sweep \w+: s, grid; 3 agents as Slurm job \d+\nwatch: +hueristic sweep s\.yaml --status; squeue --job \d+\n/,
    );
    const [, job] = /Slurm job (\d+)/.exec(launched.stderr)!;

    const shared = openSharedSweep(path.join(cwd, "runs"), id)!;
    const say = (line: string) => log.push(`${((performance.now() - began) / 1000).toFixed(1)} s  ${line}`);
    const until = async (what: string, reached: () => boolean) => {
      for (let look = 0; look < 1500; look++) {
        if (reached()) return;
        if (look % 10 === 9) await startPending();
        await sleep(100);
      }
      const queue = await cluster.call("squeue");
      assert.fail(`not within 150 s: ${what}\n${log.join("\n")}\n${queue}\n${logsOf(cwd, id, job!)}`);
    };
    /** Slurm lets two minutes pass before it starts a task again. */
    const startPending = async () => {
      const pending = await cluster.call("squeue", "--noheader", "--array", "--states=PD", "--format=%i %r");
      for (const [, task] of pending.matchAll(/^(\S+) BeginTime/gm))
        await cluster.call("scontrol", "update", `JobId=${task}`, "StartTime=now").catch(() => {});
    };
    const running = () => shared.trials().filter(({ state, runId }) => state === "running" && runId !== null);
    const taskOf = (jobName: string | null) => jobName!.replace("slurm ", "");
    const started = () => shared.trials().length;

    await until("three trials under way", () => running().length === 3);
    const [first, second, third] = running();
    const nodes = await cluster.call("squeue", "--noheader", "--format=%i %N");
    const nodeOf = (task: string) =>
      nodes
        .split("\n")
        .find((line) => line.startsWith(`${task} `))!
        .split(" ")[1]!;

    process.kill(Number(first!.holder!.split(" ")[1]), "SIGKILL");
    say(`trial ${first!.number}: its agent, task ${taskOf(first!.job)}, killed -9`);
    const down = nodeOf(taskOf(second!.job));
    await cluster.call("scontrol", "update", `NodeName=${down}`, "State=DOWN", "Reason=test");
    say(`trial ${second!.number}: node ${down} of task ${taskOf(second!.job)} set DOWN`);
    await cluster.call("scancel", "--batch", "--signal=USR1", taskOf(third!.job));
    say(`trial ${third!.number}: task ${taskOf(third!.job)} told that its time is up (USR1)`);
    await until(
      "the trial of USR1 is given back",
      () =>
        shared.trials()[third!.number]!.attempt > 1 || shared.trials()[third!.number]!.state === "waiting",
    );
    await cluster.call("scontrol", "update", `NodeName=${down}`, "State=RESUME");
    const before = started();
    await until(
      "others are under way",
      () => running().some(({ number }) => number >= before - 1) && running().length > 0,
    );
    const [fourth] = running().filter(({ job: of }) => of !== null);
    await cluster.call("scontrol", "requeue", taskOf(fourth!.job));
    say(`trial ${fourth!.number}: task ${taskOf(fourth!.job)} put back into the queue`);
    await until(
      "all are complete",
      () => started() === trials && shared.trials().every(({ state }) => state === "complete"),
    );
    say("all complete");
    for (const { number, attempt, job: of } of shared.trials())
      say(`trial ${number}: attempt ${attempt}, ${of}`);
    if (process.env.HUERISTIC_SHOW) console.log(`${log.join("\n")}\n${logsOf(cwd, id, job!)}`);
    const status = await callCli(["sweep", "s.yaml", "--status"], { cwd });
    assert.equal(status.code, 0, status.stderr);
    assert.match(status.stderr, /8 of 8 trials begun: 8 complete\n/);
  } finally {
    await cluster.stop();
  }

  const here = path.join(cwd, "here");
  const store = openStore(here);
  test.after(() => store.close());
  store.saveSweep({ id, name: sweep.name, definition: JSON.stringify(sweep) });
  const options = { retries: 0, failFast: true, threads: 1, output: silent };
  assert.equal(await runAgent(agentPlaceInStore(store, id), id, options), 0);
  const far = openStore(path.join(cwd, "runs"), { readonly: true });
  test.after(() => far.close());
  assert.deepEqual(lossesOf(far, id), lossesOf(store, id));
  // A run for each trial, and no other.
  assert.equal(far.listRuns().length, trials);
});

function lossesOf(store: Store, id: string) {
  return store.trials(id).map(({ number, state, seed, parameters, runId }) => {
    const { status } = store.getRun(runId!);
    const { step, value } = store.series(runId!, "unseen/loss")!;
    assert.equal(step.length, epochs + 1);
    return { number, state, seed, parameters, status, step: [...step], value: [...value] };
  });
}

function logsOf(cwd: string, id: string, job: string): string {
  return [0, 1, 2]
    .map((task) => {
      const file = path.join(cwd, "runs", "sweeps", id, `slurm-${job}_${task}.log`);
      try {
        return `${file}\n${readFileSync(file, "utf8").replaceAll(/^epoch.*\n/gm, "")}`;
      } catch {
        return `${file}: none`;
      }
    })
    .join("\n");
}
