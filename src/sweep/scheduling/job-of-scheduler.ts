/** The job that this process is part of, in words for people, such as "slurm 4711_3"; null outside of one. */
export function jobOfScheduler(env: NodeJS.ProcessEnv): string | null {
  const { SLURM_JOB_ID, SLURM_ARRAY_JOB_ID, SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, HOSTNAME } = env;
  if (SLURM_ARRAY_JOB_ID && SLURM_ARRAY_TASK_ID) return `slurm ${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}`;
  if (SLURM_JOB_ID) return `slurm ${SLURM_JOB_ID}`;
  return JOB_COMPLETION_INDEX ? `k8s ${HOSTNAME ?? "pod"} (index ${JOB_COMPLETION_INDEX})` : null;
}
