// The script of a job array whose tasks are agents, readable by whoever looks at their queue. The agent takes the place of the
// shell (exec), so that Slurm's signals reach it.

import { shellWord } from "../../runs/format/words.ts";
import type { SlurmOptions, SlurmValue } from "./slurm-options.ts";

export type SlurmScript = {
  readonly sweep: { readonly id: string; readonly name: string };
  readonly options: SlurmOptions;
  readonly tasks: number;
  /** Absolute; logs are written there. */
  readonly folder: string;
  /** Program and arguments of an agent, all but its threads. */
  readonly agent: readonly string[];
};

export function slurmScript({ sweep, options, tasks, folder, agent }: SlurmScript): string {
  const name = sweep.name.replaceAll(/[^\w.+-]+/g, "-");
  const directives: readonly (readonly [string, SlurmValue])[] = [
    ...new Map<string, SlurmValue>([["job-name", `hueristic-${name}`], ...options.sbatch]),
    ["array", `0-${tasks - 1}`],
    // A percent sign in a pattern begins what Slurm fills in.
    ["output", `${folder.replaceAll("%", "%%")}/slurm-%A_%a.log`],
    ["open-mode", "append"],
    ["requeue", true],
    ["signal", `B:USR1@${options.signalDelaySeconds}`],
  ];
  return `${[
    "#!/bin/bash",
    `# Agents of sweep ${sweep.id}, written by hueristic sweep --launcher slurm. Each trains trials until none is left; before`,
    "# its time is up (USR1) it saves, and Slurm starts it again.",
    ...directives.map(directiveLine),
    "",
    "# It may come up to a minute early: what does not listen yet must not end by it.",
    "trap '' USR1",
    "",
    ...options.setup,
    ...(options.setup.length > 0 ? [""] : []),
    `exec ${agent.map(shellWord).join(" ")} --threads "\${SLURM_CPUS_ON_NODE:-1}"`,
  ].join("\n")}\n`;
}

/** sbatch takes quotes off as a shell does. */
function directiveLine([name, value]: readonly [string, SlurmValue]): string {
  return value === true ? `#SBATCH --${name}` : `#SBATCH --${name}=${shellWord(String(value))}`;
}
