// A Slurm of its own for a test: munged, slurmctld and several slurmd on this host, as the current user, in a temporary folder.

import { execFile, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

export type SlurmCluster = {
  /** What its commands need in their environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Standard output of one of its commands. Throws with what it said where it fails. */
  call(program: string, ...args: readonly string[]): Promise<string>;
  /** Ends the jobs, then all that was started. */
  stop(): Promise<void>;
};

const programs = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol"];

/** Why there can be none here; null where there can. */
export function whyNoSlurm(): string | null {
  const lacking = programs.filter((program) => spawnSync("which", [program]).status !== 0);
  if (lacking.length > 0)
    return `not installed: ${lacking.join(", ")} (Debian: slurmctld slurmd munge slurm-client)`;
  return process.getuid?.() === 0 ? null : "slurmd starts jobs as root only";
}

/** Nodes n1, n2, … of one processor each. Throws with the logs where it does not come up within a minute. */
export async function startSlurm(folder: string, nodes: number): Promise<SlurmCluster> {
  const at = (...names: readonly string[]) => path.join(folder, ...names);
  const names = Array.from({ length: nodes }, (_, index) => `n${index + 1}`);
  for (const name of ["state", "log", ...names.map((name) => `spool-${name}`)]) mkdirSync(at(name));
  writeFileSync(at("munge.key"), randomBytes(64));
  chmodSync(at("munge.key"), 0o400);
  const firstPort = 20_000 + (process.pid % 30_000);
  writeFileSync(at("slurm.conf"), configuration(folder, names, firstPort));
  const env = { SLURM_CONF: at("slurm.conf") };

  const daemons = new Map<string, ReturnType<typeof spawn>>();
  const start = (name: string, program: string, ...args: readonly string[]) => {
    const stdio = ["ignore", "ignore", "ignore"] as const;
    daemons.set(name, spawn(program, args, { env: { ...process.env, ...env }, stdio: [...stdio] }));
  };
  const call = async (program: string, ...args: readonly string[]) =>
    (await promisify(execFile)(program, args, { env: { ...process.env, ...env } })).stdout;
  const stop = async () => {
    await call("scancel", "--user", os.userInfo().username).catch(() => {});
    for (let look = 0; look < 40; look++) {
      if ((await call("squeue", "--noheader").catch(() => "")).trim() === "") break;
      await sleep(250);
    }
    for (const daemon of [...daemons.values()].reverse()) daemon.kill("SIGTERM");
    await sleep(500);
    for (const daemon of daemons.values()) daemon.kill("SIGKILL");
  };

  const files = ["key-file=munge.key", "socket=munge.socket", "pid-file=munge.pid", "log-file=log/munged"];
  const munge = [...files, "seed-file=munge.seed"].map((each) => `--${each.replace("=", `=${folder}/`)}`);
  start("munged", "munged", "--foreground", "--force", ...munge);
  for (let look = 0; look < 100 && !existsSync(at("munge.socket")); look++) await sleep(100);
  start("slurmctld", "slurmctld", "-D", "-i");
  for (const name of names) start(name, "slurmd", "-D", "-N", name);
  for (let look = 0; look < 200; look++) {
    const found = await call("sinfo", "--noheader", "--Node", "--format=%N %T").catch(() => "");
    if (
      found
        .trim()
        .split("\n")
        .filter((line) => line.endsWith(" idle")).length === nodes
    )
      return { env, call, stop };
    await sleep(300);
  }
  await stop();
  const logs = ["munged", "slurmctld", ...names].map((name) => logOf(at("log", name)));
  throw new Error(`Slurm did not come up:\n${logs.join("\n")}`);
}

function logOf(file: string): string {
  try {
    return readFileSync(file, "utf8").split("\n").slice(-15).join("\n");
  } catch {
    return `${file}: none`;
  }
}

function configuration(folder: string, nodes: readonly string[], firstPort: number): string {
  const user = os.userInfo().username;
  const host = os.hostname();
  return `ClusterName=hueristic
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${firstPort}
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.socket
CredType=cred/munge
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool-%n
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd-%n.pid
SlurmctldLogFile=${folder}/log/slurmctld
SlurmdLogFile=${folder}/log/%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=0
MailProg=/bin/true
KillWait=3
SchedulerParameters=sched_interval=1,bf_interval=1
${nodes
  .map(
    (name, index) =>
      `NodeName=${name} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${firstPort + 1 + index} CPUs=1`,
  )
  .join("\n")}
PartitionName=gpu Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;
}
