// `launcher` of a sweep's file and of the command line: on what the agents of a sweep are started. It says nothing about the
// trials, and so is no part of what a sweep is known by.

import { nearMiss } from "../../near-miss.ts";
import { type K8sOptions, readK8sOptions } from "./k8s-options.ts";
import { type OptionProblem, readSlurmOptions, type SlurmOptions } from "./slurm-options.ts";

export const launcherKinds = ["slurm", "k8s"] as const;

export type LauncherKind = (typeof launcherKinds)[number];

export type Launcher =
  | { readonly kind: "slurm"; readonly options: SlurmOptions }
  | { readonly kind: "k8s"; readonly options: K8sOptions };

/** As it is written: `kind`, and beside it the options of that kind. */
export type WrittenLauncher = Readonly<Record<string, unknown>>;

export function readLauncher({ kind, ...given }: WrittenLauncher): {
  readonly launcher: Launcher | null;
  readonly problems: readonly OptionProblem[];
} {
  if (kind !== "slurm" && kind !== "k8s") {
    const near = typeof kind === "string" ? nearMiss(kind, launcherKinds) : null;
    const hint = near === null ? "" : `, did you mean ${near}?`;
    const text = `expected one of ${launcherKinds.join(", ")}, got ${JSON.stringify(kind) ?? "none"}${hint}`;
    return { launcher: null, problems: [{ path: ["kind"], text }] };
  }
  if (kind === "slurm") {
    const { options, problems } = readSlurmOptions(given);
    return { launcher: problems.length > 0 ? null : { kind, options }, problems };
  }
  const { options, problems } = readK8sOptions(given);
  return { launcher: options && { kind, options }, problems };
}

/** `key=value` of the command line: numbers, true and false as YAML has them, all else as texts. */
export function readPair(text: string): readonly [string, string | number | boolean] | null {
  const [, key, value] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) return null;
  if (value === "true" || value === "false") return [key, value === "true"];
  // 007 stays what it is.
  return [key, value !== "" && String(Number(value)) === value ? Number(value) : value];
}
