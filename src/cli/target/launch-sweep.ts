// hueristic sweep --launcher: shares the sweep, writes what starts its agents beside it, and hands that to Slurm.

import { existsSync, mkdirSync, realpathSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../errors.ts";
import { plural, shellWord } from "../../runs/format/words.ts";
import { databasePath } from "../../store/open-database.ts";
import { openStore } from "../../store/open-store.ts";
import {
  readSharedSweep,
  sharedSweepFolder,
  shareSweep,
  unshareSweep,
} from "../../store/shared-sweeps/shared-sweep.ts";
import { k8sManifest } from "../../sweep/launching/k8s-manifest.ts";
import {
  type Launcher,
  type LauncherKind,
  launcherKinds,
  readLauncher,
  readPair,
  type WrittenLauncher,
} from "../../sweep/launching/launcher.ts";
import { submit } from "../../sweep/launching/slurm-commands.ts";
import { slurmScript } from "../../sweep/launching/slurm-script.ts";
import { configurationCount } from "../../sweep/search/suggest.ts";
import type { Sweep } from "../../sweep/sweep.ts";
import { writeWhole } from "../../whole-file.ts";
import { type Context, runsFlag } from "../context.ts";

export type LaunchWords = {
  /** `local` trains here whatever the file says; null is the file's, if it has one. */
  readonly launcher: LauncherKind | "local" | null;
  readonly slurm: readonly string[];
  readonly k8s: readonly string[];
};

/** null where the sweep is trained here. Throws UserError with a line for every problem. */
export function launcherMeant(file: WrittenLauncher | null, words: LaunchWords): Launcher | null {
  const kind = words.launcher ?? (file?.kind as LauncherKind | undefined) ?? null;
  for (const other of launcherKinds)
    if (kind !== other && words[other].length > 0)
      throw new UserError(`sweep: --${other}: expected together with --launcher ${other}`);
  if (kind === null || kind === "local") return null;
  const pairs = words[kind].map((text) => {
    const pair = readPair(text);
    if (pair === null)
      throw new UserError(
        `--${kind}: expected key=value, such as partition=gpu, got ${JSON.stringify(text)}`,
      );
    return pair;
  });
  const written = { ...(file?.kind === kind ? file : {}), kind, ...Object.fromEntries(pairs) };
  const { launcher, problems } = readLauncher(written);
  if (launcher === null || problems.length > 0)
    throw new UserError(
      problems.map(({ path: keys, text }) => `--${kind}: ${keys.join(".")}: ${text}`).join("\n"),
    );
  return launcher;
}

export type Launching = {
  readonly id: string;
  readonly sweep: Sweep;
  /** As the user names it. */
  readonly runs: string;
  /** As the user wrote the command that shows where the sweep stands. */
  readonly statusCommand: string;
  readonly agentOptions: readonly string[];
};

/** What starts the agents, as text. */
export function launchText(launcher: Launcher, { id, sweep, runs, agentOptions }: Launching): string {
  const folder = path.resolve(runs);
  const trials = configurationCount(sweep) * Math.max(1, sweep.seeds.length);
  const agent = (runsFolder: string) => ["agent", id, "--runs", runsFolder, ...agentOptions];
  if (launcher.kind === "slurm") {
    if (/["'\\`$\n]/.test(folder))
      throw new UserError(
        `--runs: ${folder}: expected no quotes, backslashes, backticks and $ in it for Slurm`,
      );
    return slurmScript({
      sweep: { id, name: sweep.name },
      options: launcher.options,
      tasks: Math.min(launcher.options.arrayParallelism, trials),
      folder: sharedSweepFolder(folder, id),
      agent: [process.execPath, program(), ...agent(folder), "--requeue"],
    });
  }
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  return k8sManifest({
    sweep: { id, name: sweep.name },
    options: launcher.options,
    pods: Math.min(launcher.options.parallelism, trials),
    runsFolder: folder,
    agent: agent(folder),
    user: uid === 0 ? null : { uid, gid },
  });
}

export async function launchSweep(
  launcher: Launcher,
  launching: Launching,
  { output, now }: Pick<Context, "output" | "now">,
): Promise<number> {
  const { id, sweep, runs, statusCommand } = launching;
  const text = launchText(launcher, launching);
  mkdirSync(runs, { recursive: true });
  const known = readSharedSweep(runs, id);
  if (known === null) requireNotBegun(runs, id);
  const createdAt = known?.createdAt ?? Math.round(now());
  shareSweep(runs, { id, name: sweep.name, createdAt, definition: JSON.stringify(sweep) });
  const folder = sharedSweepFolder(path.resolve(runs), id);
  const file = path.join(folder, launcher.kind === "slurm" ? "slurm.sh" : "job.yaml");
  await writeWhole(file, Buffer.from(text));
  const say = (what: string, words: string) => output.info(`${`${what}:`.padEnd(9)}${words}`);
  if (launcher.kind === "k8s") {
    output.info(`sweep ${id}: ${sweep.name}, ${sweep.method}; its agents are an Indexed Job`);
    say("start", `kubectl apply -f ${shellWord(file)}`);
    const { namespace } = launcher.options;
    const within = namespace === null ? "" : ` -n ${namespace}`;
    say("watch", `${statusCommand}; kubectl get pods${within} -l hueristic/sweep=${id}`);
    say(
      "cancel",
      `kubectl delete -f ${shellWord(file)} (what is under way is saved; the same Job goes on with it)`,
    );
    return 0;
  }
  const job = await submit(file).catch((thrown: unknown) => {
    if (known === null) unshareSweep(runs, id);
    throw thrown;
  });
  const tasks = /^#SBATCH --array=0-(\d+)$/m.exec(text)![1]!;
  output.info(
    `sweep ${id}: ${sweep.name}, ${sweep.method}; ${plural(Number(tasks) + 1, "agent")} as Slurm job ${job}`,
  );
  say("watch", `${statusCommand}; squeue --job ${job}`);
  say("logs", `${shellWord(path.join(folder, `slurm-${job}_`))}*.log`);
  say(
    "extend",
    `more agents: the same command once more; more time: scontrol update JobId=${job} TimeLimit=…`,
  );
  say("cancel", `scancel ${job} (what is under way is saved; the same command goes on with it)`);
  output.info(`You may leave this shell. To help from here: hueristic agent ${id}${runsFlag(runs)}`);
  return 0;
}

/** Trials that this machine's store has given out are not known to agents of other hosts: they would be trained twice. */
function requireNotBegun(runs: string, id: string): void {
  if (!existsSync(databasePath(runs))) return;
  const store = openStore(runs, { readonly: true });
  try {
    const begun = store.trials(id).length;
    if (begun > 0)
      throw new UserError(
        `sweep ${id}: was begun on this machine (${plural(begun, "trial")}); finish it here, or give it another name for the cluster`,
      );
  } finally {
    store.close();
  }
}

/** The program that was started, where all hosts find it. */
function program(): string {
  return realpathSync(fileURLToPath(new URL("../../../bin/hueristic.js", import.meta.url)));
}
