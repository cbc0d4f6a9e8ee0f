// What is said of a Kubernetes Job: few keys, as everything else can be written into the manifest before it is applied.

import { nearMiss } from "../../near-miss.ts";
import type { OptionProblem } from "./slurm-options.ts";

export type K8sOptions = {
  readonly image: string;
  /** The persistent volume claim with the runs folder, which pods mount where this machine has it. */
  readonly volumeClaim: string;
  /** The runs folder within that volume; null is its root. */
  readonly subPath: string | null;
  readonly namespace: string | null;
  /** Agents at most. */
  readonly parallelism: number;
  /** Of each agent. */
  readonly cpus: number;
  readonly memGb: number;
  readonly gpus: number;
};

const keys: Readonly<
  Record<string, { readonly expected: string; readonly isGood: (value: unknown) => boolean }>
> = {
  image: {
    expected: "the name of an image, such as registry.example/hueristic:0.1",
    isGood: (value) => typeof value === "string" && /^[\w][\w.:/@-]*$/.test(value),
  },
  volume_claim: { expected: "the name of a persistent volume claim", isGood: isSubdomain },
  sub_path: {
    expected: "a path within the volume, such as teams/color/runs",
    isGood: (value) =>
      typeof value === "string" &&
      /^[^/\0]+(\/[^/\0]+)*$/.test(value) &&
      !value.split("/").some((part) => part === "." || part === ".."),
  },
  namespace: { expected: "the name of a namespace", isGood: isLabel },
  parallelism: { expected: "a whole number of agents, at least 1", isGood: (value) => isWhole(value, 1) },
  cpus: { expected: "a number greater than 0", isGood: (value) => typeof value === "number" && value > 0 },
  mem_gb: { expected: "a number greater than 0", isGood: (value) => typeof value === "number" && value > 0 },
  gpus: { expected: "a whole number, at least 0", isGood: (value) => isWhole(value, 0) },
};

/** Every problem at once; `options` is null where there is one. */
export function readK8sOptions(given: Readonly<Record<string, unknown>>): {
  readonly options: K8sOptions | null;
  readonly problems: readonly OptionProblem[];
} {
  const problems: OptionProblem[] = [];
  for (const [key, value] of Object.entries(given)) {
    const known = Object.hasOwn(keys, key) ? keys[key]! : null;
    const near = nearMiss(key, Object.keys(keys));
    const hint = near === null ? "" : `, did you mean ${near}?`;
    if (known === null)
      problems.push({ path: [key], text: `unknown key${hint} (known: ${Object.keys(keys).join(", ")})` });
    else if (!known.isGood(value))
      problems.push({ path: [key], text: `expected ${known.expected}, got ${JSON.stringify(value)}` });
  }
  for (const key of ["image", "volume_claim"])
    if (!Object.hasOwn(given, key))
      problems.push({ path: [key], text: `expected ${keys[key]!.expected}, got none` });
  if (problems.length > 0) return { options: null, problems };
  const { image, volume_claim, sub_path = null, namespace = null } = given;
  const { parallelism = 16, cpus = 4, mem_gb = 8, gpus = 0 } = given;
  const options = {
    image,
    volumeClaim: volume_claim,
    subPath: sub_path,
    namespace,
    parallelism,
    cpus,
    memGb: mem_gb,
    gpus,
  };
  return { options: options as K8sOptions, problems };
}

/** Of RFC 1123, as the names of namespaces are. */
function isLabel(value: unknown): boolean {
  return typeof value === "string" && /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(value);
}

/** Of RFC 1123 as Kubernetes reads it, as the names of most other objects are: parts of any length between dots. */
function isSubdomain(value: unknown): boolean {
  const part = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  return typeof value === "string" && value.length <= 253 && new RegExp(`^${part}(\\.${part})*$`).test(value);
}

function isWhole(value: unknown, least: number): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= least;
}
