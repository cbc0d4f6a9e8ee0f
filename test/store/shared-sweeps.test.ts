// Claims by files: several processes and hosts on one folder, whatever dies, sleeps or lies about.

import assert from "node:assert/strict";
import { fork, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { newProcessToken, processIsGone } from "../../src/process-identity.ts";
import { deadAfterMs } from "../../src/store/dead-runs.ts";
import {
  openSharedSweep,
  type SharedSweep,
  sharedSweepFolder,
  shareSweep,
} from "../../src/store/shared-sweeps/shared-sweep.ts";
import type { TrialRow } from "../../src/store/sweeps.ts";
import type { Claim, NewTrial } from "../../src/store/trial-leases.ts";
import { temporaryName } from "../../src/whole-file.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const id = "0123456789ab";

function folderWithSweep(test: TestContext): string {
  const folder = temporaryFolder(test);
  shareSweep(folder, { id, name: "study", createdAt: 1, definition: "{}" });
  return folder;
}

/** As a process of another host would name itself. */
const far = () => newProcessToken().replace(/^\S+/, "elsewhere");

function open(folder: string, newToken = far): SharedSweep {
  return openSharedSweep(folder, id, { newToken })!;
}

function upTo(count: number) {
  return (trials: readonly TrialRow[]): NewTrial | null =>
    trials.length < count ? { parameters: { size: trials.length }, seed: trials.length } : null;
}

const claim = (sweep: SharedSweep, count = 3, retries = 0): Claim =>
  sweep.claimTrial(id, { retries, next: upTo(count) });

function trialOf(taken: Claim): TrialRow {
  if (typeof taken === "string") throw new Error(taken);
  return taken;
}

const complete = { state: "complete", error: null } as const;
const fileOf = (folder: string, name: string) => path.join(sharedSweepFolder(folder, id), "0000", name);

/** As if its holder had not been heard of for so long, by the server's clock. */
function age(folder: string, claimed: string, ms: number): void {
  const at = new Date(Date.now() - ms);
  utimesSync(fileOf(folder, claimed), at, at);
}

const states = (sweep: SharedSweep) => sweep.trials().map(({ state }) => state);

const namespaces = ["--mount", "--pid", "--net", "--uts", "--fork", "--mount-proc", "--kill-child"];

function whyNoNamespaces(): string | false {
  const { status } = spawnSync("unshare", [...namespaces, "true"]);
  return status === 0 ? false : "no namespaces can be made here (unshare)";
}

describe("claims by files", () => {
  it("are taken once each and told from a listing", (test) => {
    const folder = folderWithSweep(test);
    const [one, other] = [open(folder), open(folder)];
    const taken = [claim(one), claim(other), claim(one)].map(trialOf);
    assert.deepEqual(
      taken.map(({ number, state, parameters, seed }) => [number, state, parameters, seed]),
      [0, 1, 2].map((size) => [size, "running", { size }, size]),
    );
    assert.equal(claim(other), "wait");
    for (const trial of [taken[0]!, taken[2]!]) one.endTrial(trial, complete);
    other.endTrial(taken[1]!, { state: "diverged", error: "loss became NaN" });
    assert.equal(claim(other), "done");
    assert.deepEqual(states(one), ["complete", "diverged", "complete"]);
    assert.equal(one.trials()[1]!.error, "loss became NaN");
    assert.deepEqual(readdirSync(path.join(sharedSweepFolder(folder, id), "0000")).sort(), [
      ...["000000.1.claim", "000000.1.complete", "000000.1.end"],
      ...["000001.1.claim", "000001.1.diverged", "000001.1.end"],
      ...["000002.1.claim", "000002.1.complete", "000002.1.end"],
    ]);
  });

  for (const count of [2, 8])
    it(`of ${count} processes at once take every trial once, though one is killed`, async (test) => {
      const folder = folderWithSweep(test);
      const [trials, child] = [240, fileURLToPath(new URL("child-claim.ts", import.meta.url))];
      const children = Array.from({ length: count }, () => fork(child, [folder, id, `${trials}`]));
      test.after(() => {
        for (const each of children) each.kill("SIGKILL");
      });
      await Promise.all(children.map((each) => once(each, "message")));
      const ended = children.map((each) => once(each, "exit"));
      for (const each of children) each.send("go");
      const watched = open(folder);
      for (let look = 0; look < 2000 && watched.trials().length < trials / 4; look++) await sleep(5);
      children[0]!.kill("SIGKILL");
      assert.deepEqual(
        (await Promise.all(ended)).map(([code, signal]) => signal ?? code),
        ["SIGKILL", ...Array(count - 1).fill(0)],
      );
      assert.deepEqual(
        watched.trials().map(({ number, state, parameters }) => [number, state, parameters]),
        Array.from({ length: trials }, (_, size) => [size, "complete", { size }]),
      );
      // Each process wrote down what it completed; what the killed one did last may not stand there.
      const done = readFileSync(path.join(folder, "completed"), "utf8").trim().split("\n");
      assert.equal(new Set(done).size, done.length, "completed twice");
      assert.ok(trials - done.length <= 1, `${done.length} of ${trials}`);
    });

  it("of a holder that slept are taken over, and it can neither renew nor end them", (test) => {
    const folder = folderWithSweep(test);
    const [sleeper, other] = [open(folder), open(folder)];
    const first = trialOf(claim(sleeper, 1));
    assert.equal(sleeper.setTrialRun(first, "run-a"), true);
    assert.equal(sleeper.progressTrial(first, "run-a", null), true);
    age(folder, "000000.1.claim", deadAfterMs - 5_000);
    assert.equal(claim(other, 1), "wait");
    assert.equal(sleeper.renewTrial(first), true);
    assert.equal(claim(other, 1), "wait");
    age(folder, "000000.1.claim", deadAfterMs + 5_000);
    const second = trialOf(claim(other, 1));
    assert.deepEqual([second.number, second.runId, second.deaths], [0, "run-a", 1]);
    assert.deepEqual(
      [sleeper.renewTrial(first), sleeper.setTrialRun(first, "b"), sleeper.progressTrial(first, "b", null)],
      [false, false, false],
    );
    sleeper.endTrial(first, complete);
    assert.deepEqual(states(other), ["running"]);
    other.endTrial(second, { state: "pruned", error: null });
    assert.deepEqual([states(sleeper), claim(sleeper, 1)], [["pruned"], "done"]);
  });

  it("are not taken over by one that slept between its looks at the clock and at the heartbeat", (test) => {
    const folder = folderWithSweep(test);
    const holder = open(folder);
    const trial = trialOf(claim(holder, 1));
    const monotonic = () => {
      holder.renewTrial(trial);
      return performance.now();
    };
    const other = openSharedSweep(folder, id, { newToken: far, monotonic })!;
    age(folder, "000000.1.claim", deadAfterMs + 5_000);
    assert.equal(claim(other, 1), "wait");
  });

  it("end at once with a process of this host", (test) => {
    const folder = folderWithSweep(test);
    const gone = newProcessToken().replace(` ${process.pid} `, " 4194999 ");
    trialOf(
      claim(
        open(folder, () => gone),
        1,
      ),
    );
    assert.equal(trialOf(claim(open(folder), 1)).deaths, 1);
  });

  it("of another host, with processes, mounts, network and name of its own, are held by their heartbeat", {
    skip: whyNoNamespaces(),
  }, async (test) => {
    const folder = folderWithSweep(test);
    const script = fileURLToPath(new URL("child-hold.ts", import.meta.url));
    // The folder lies elsewhere there, as on hosts that mount a disk in their own places.
    const elsewhere = temporaryFolder(test);
    const shell = 'hostname elsewhere && mount --bind "$1" "$2" && exec "$3" --import "$4" "$5" "$2" "$6"';
    const typescript = new URL("../../scripts/typescript.js", import.meta.url).href;
    const args = [folder, elsewhere, process.execPath, typescript, script, id];
    const host = spawn("unshare", [...namespaces, "sh", "-c", shell, "sh", ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    test.after(() => host.kill("SIGKILL"));
    assert.equal(String((await once(host.stdout, "data"))[0]), "holds 0\n");
    const sweep = open(folder);
    const [trial] = sweep.trials();
    assert.match(trial!.holder!, /^elsewhere \d{1,2} /);
    assert.equal(processIsGone(trial!.holder), false, "its number may be anybody's here");
    age(folder, "000000.1.claim", deadAfterMs + 5_000);
    await sleep(500);
    assert.equal(claim(sweep, 1), "wait", "its heartbeat is seen");
    host.kill("SIGKILL");
    await once(host, "exit");
    assert.equal(claim(sweep, 1), "wait", "it may only be slow");
    age(folder, "000000.1.claim", deadAfterMs + 5_000);
    assert.equal(trialOf(claim(sweep, 1)).number, 0);
  });

  it("go by the server's clock alone: a host whose clock is a year off neither loses nor robs", (test) => {
    const folder = folderWithSweep(test);
    const [one, other] = [open(folder), open(folder)];
    const trial = trialOf(claim(one, 1));
    const clock = Date.now;
    test.after(() => {
      Date.now = clock;
    });
    for (const off of [1, -1]) {
      Date.now = () => clock() + off * 365 * 86_400_000;
      assert.equal(one.renewTrial(trial), true);
      assert.equal(claim(other, 1), "wait");
    }
    Date.now = clock;
    one.endTrial(trial, complete);
  });

  it("fail a trial whose holder dies three times in one epoch; an epoch and a stop in between forgive or keep", (test) => {
    const folder = folderWithSweep(test);
    const sweep = open(folder);
    for (let death = 0; death < 4; death++) {
      const trial = trialOf(claim(open(folder), 1));
      if (death === 1) open(folder).progressTrial(trial, "r", null); // not the holder: changes nothing
      age(folder, `000000.${death + 1}.claim`, deadAfterMs + 5_000);
      if (death === 2) break;
    }
    assert.equal(claim(sweep, 1), "done");
    const [trial] = sweep.trials();
    assert.deepEqual([trial!.state, trial!.failures], ["failed", 1]);
    assert.match(trial!.error!, /was killed 3 times in one epoch$/);
    const again = trialOf(claim(sweep, 1, 1));
    sweep.progressTrial(again, "r", null);
    sweep.endTrial(again, { state: "waiting", error: null });
    assert.deepEqual([trialOf(claim(sweep, 1)).runId, sweep.trials()[0]!.deaths], ["r", 0]);
  });

  it("go to failed trials again as often as --retries says, to given back ones always", (test) => {
    const folder = folderWithSweep(test);
    const sweep = open(folder);
    sweep.endTrial(trialOf(claim(sweep, 2, 1)), { state: "failed", error: "no room" });
    sweep.endTrial(trialOf(claim(sweep, 2, 1)), { state: "failed", error: "again" });
    const second = trialOf(claim(sweep, 2, 1));
    assert.equal(second.number, 1);
    sweep.endTrial(second, { state: "waiting", error: null });
    assert.equal(trialOf(claim(sweep, 2, 1)).number, 1);
    assert.deepEqual(sweep.trials()[0]!.error, "again");
  });

  it("give what was measured to search and pruning, NaN and infinities too", (test) => {
    const folder = folderWithSweep(test);
    const [one, other] = [open(folder), open(folder)];
    const trial = trialOf(claim(one, 1));
    const value = [1, Number.NaN, Number.POSITIVE_INFINITY, 0.25];
    const measured = { series: "unseen/loss", stepsPerEpoch: 4, step: [0, 4, 8, 12], value };
    one.progressTrial(trial, "run-a", measured);
    const [seen] = other.trials();
    assert.equal(seen!.runId, "run-a");
    assert.deepEqual(other.series("run-a", "unseen/loss"), measured);
    assert.equal(other.getRun("run-a").stepsPerEpoch, 4);
    assert.equal(other.series("run-a", "unseen/psnr"), null);
  });

  it("pass over what is not theirs, and take a torn claim again with the parameters of its number", (test) => {
    const folder = folderWithSweep(test);
    const sweep = open(folder);
    sweep.endTrial(trialOf(claim(sweep, 2)), complete);
    const foreign = [
      "notes.txt",
      "000000.claim",
      "000002.0.claim",
      ".nfs01",
      "1.1.claim",
      "000123.1.claim",
      "000000.999999999.end",
    ];
    for (const name of foreign) writeFileSync(fileOf(folder, name), "");
    mkdirSync(fileOf(folder, "000005.1.progress.d"));
    mkdirSync(path.join(sharedSweepFolder(folder, id), "00x"));
    for (const torn of ["", "{", "null", '{"parameters":[],"holder":1}']) {
      writeFileSync(fileOf(folder, "000001.1.claim"), torn);
      const other = open(folder);
      assert.deepEqual(states(other), ["complete", "running"], torn);
      assert.equal(claim(other, 2), "wait", torn);
    }
    writeFileSync(fileOf(folder, "000000.1.progress"), '{"runId"');
    age(folder, "000001.1.claim", deadAfterMs + 5_000);
    const other = open(folder);
    const taken = trialOf(claim(other, 2));
    assert.deepEqual([taken.number, taken.parameters, taken.seed], [1, { size: 1 }, 1]);
    other.endTrial(taken, complete);
    assert.deepEqual([states(sweep), claim(sweep, 2)], [["complete", "complete"], "done"]);

    writeFileSync(fileOf(folder, "000002.1.claim"), "");
    age(folder, "000002.1.claim", deadAfterMs + 5_000);
    assert.throws(
      () => claim(sweep, 2),
      /000002\.1\.claim: is damaged, and the sweep no longer has such a trial/,
    );
    rmSync(sharedSweepFolder(folder, id), { recursive: true });
    assert.equal(openSharedSweep(folder, id), null);
  });

  it("are made in a folder without what processes left there that are gone", (test) => {
    const folder = temporaryFolder(test);
    const shared = sharedSweepFolder(folder, id);
    mkdirSync(shared, { recursive: true });
    for (const name of ["clock", "probe", "sweep.json"])
      writeFileSync(temporaryName(path.join(shared, name)).replace(`.${process.pid}.`, ".4194999."), "");
    assert.equal(readdirSync(shared).length, 3);
    shareSweep(folder, { id, name: "study", createdAt: 1, definition: "{}" });
    assert.deepEqual(readdirSync(shared), ["sweep.json"]);
  });

  it("of a folder that is removed meanwhile are lost", (test) => {
    const folder = folderWithSweep(test);
    const sweep = open(folder);
    const trial = trialOf(claim(sweep, 1));
    rmSync(sharedSweepFolder(folder, id), { recursive: true });
    assert.equal(sweep.renewTrial(trial), false);
  });
});
