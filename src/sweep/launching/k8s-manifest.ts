// An Indexed Job whose pods are agents. A pod that is evicted or whose node goes is made again for the same index; the agent in
// it saves at SIGTERM, for which it is given time.

import { stringify } from "yaml";
import type { K8sOptions } from "./k8s-options.ts";

export type K8sManifest = {
  readonly sweep: { readonly id: string; readonly name: string };
  readonly options: K8sOptions;
  readonly pods: number;
  /** Absolute; the same path in the pods. */
  readonly runsFolder: string;
  /** Arguments after `hueristic`. */
  readonly agent: readonly string[];
  /** Who the files in the runs folder belong to; null leaves it to the image. */
  readonly user: { readonly uid: number; readonly gid: number } | null;
};

/** A pod that dies, as of memory, is made again so often, for each index. */
const retriesPerIndex = 20;

const secondsToSave = 120;

export function k8sManifest({ sweep, options, pods, runsFolder, agent, user }: K8sManifest): string {
  const { image, volumeClaim, subPath, namespace, cpus, memGb, gpus } = options;
  const labels = { "app.kubernetes.io/name": "hueristic", "hueristic/sweep": sweep.id };
  const amounts = { cpu: String(cpus), memory: `${Math.ceil(memGb * 1024)}Mi` };
  const manifest = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: `hueristic-${sweep.id}`, ...(namespace && { namespace }), labels },
    spec: {
      completionMode: "Indexed",
      completions: pods,
      parallelism: pods,
      backoffLimitPerIndex: retriesPerIndex,
      // An eviction is nobody's fault and is not counted; what an agent says itself (exit codes 1 and 2) it would say again.
      podFailurePolicy: {
        rules: [
          { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
          { action: "FailIndex", onExitCodes: { operator: "In", values: [1, 2] } },
        ],
      },
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: "Never",
          terminationGracePeriodSeconds: secondsToSave,
          securityContext: {
            runAsNonRoot: true,
            ...(user && { runAsUser: user.uid, runAsGroup: user.gid, fsGroup: user.gid }),
          },
          containers: [
            {
              name: "agent",
              image,
              args: [...agent, "--threads", String(Math.max(1, Math.floor(cpus)))],
              resources: {
                requests: amounts,
                limits: { memory: amounts.memory, ...(gpus > 0 && { "nvidia.com/gpu": String(gpus) }) },
              },
              volumeMounts: [
                { name: "runs", mountPath: runsFolder, ...(subPath && { subPath }) },
                { name: "tmp", mountPath: "/tmp" },
              ],
            },
          ],
          volumes: [
            { name: "runs", persistentVolumeClaim: { claimName: volumeClaim } },
            { name: "tmp", emptyDir: {} },
          ],
        },
      },
    },
  };
  return `# Agents of sweep ${sweep.id} (${sweep.name.replaceAll(/\p{C}/gu, "?")}), written by hueristic sweep --launcher k8s.\n${stringify(manifest, { aliasDuplicateObjects: false })}`;
}
