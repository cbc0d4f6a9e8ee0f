// The two commands of Slurm that are called: sbatch, and scontrol from within a job. Neither goes through a shell.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { UserError } from "../../errors.ts";

/** Submits a script; the id of the job. Throws UserError with what Slurm says. */
export async function submit(script: string): Promise<string> {
  const printed = await call("sbatch", ["--parsable", script]);
  const [, id] = /^(\d+)(;.*)?$/m.exec(printed) ?? [];
  if (id === undefined)
    throw new UserError(`sbatch: expected the number of a job, got ${JSON.stringify(printed)}`);
  return id;
}

/** Has Slurm start the job that this process is part of again; its id. Throws UserError with what Slurm says. */
export async function requeueThisJob(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const id = env.SLURM_JOB_ID;
  if (id === undefined || !/^\d+$/.test(id))
    throw new UserError("--requeue: expected to be a job of Slurm, but SLURM_JOB_ID is not set");
  await call("scontrol", ["requeue", id]);
  return id;
}

async function call(program: string, args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)(program, args)).stdout;
  } catch (thrown) {
    const { code, stderr = "" } = thrown as NodeJS.ErrnoException & { stderr?: string };
    if (String(code) === "ENOENT")
      throw new UserError(`${program}: not found; --dry-run shows the script without Slurm`);
    const lines = stderr.split("\n").map((line) => line.trim().replace(`${program}: `, ""));
    const said = lines.filter((line) => line !== "").join("; ");
    throw new UserError(`${program}: ${said || `ended with ${code} and said nothing`}`, { cause: thrown });
  }
}
