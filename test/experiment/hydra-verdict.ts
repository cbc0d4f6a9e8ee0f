// Whether an override is read as Hydra's own parser reads it (test/golden/make_hydra_overrides.py), or otherwise for a
// reason that docs/sweeps.md has in its table.

import { isDeepStrictEqual } from "node:util";
import { type Override, readOverride } from "../../src/experiment/text/overrides/read-override.ts";

export type HydraReading = {
  readonly line: string;
  readonly error?: string;
  readonly type?: "CHANGE" | "ADD" | "FORCE_ADD" | "DEL" | "EXTEND_LIST";
  readonly key?: string;
  readonly package?: string | null;
  readonly value?: unknown;
  readonly values?: readonly unknown[];
};

export type Verdict = "agree" | "on purpose" | "wrong";

export function verdictOn(hydra: HydraReading): Verdict {
  const ours = readOverride(hydra.line);
  if (ours.kind === "problem") {
    if (hydra.error !== undefined) return "agree";
    return refused.some((reason) => reason.test(ours.text)) ? "on purpose" : "wrong";
  }
  if (hydra.error !== undefined) return isTaken(hydra.line) ? "on purpose" : "wrong";
  if (isDeepStrictEqual(jsonOf(ours), readingOf(hydra))) return "agree";
  // Keys of mappings are texts as they were written, where Hydra has numbers and truth values.
  return /[{,]\s*(\d+\.\d*|\d+e\d+|true|false)\s*:/i.test(hydra.line) ? "on purpose" : "wrong";
}

/** What Hydra takes and is refused by name. */
const refused = [
  /^interpolation, \$\{…\}, is not supported/,
  /^expected choice\(…\) or range\(…\), got \w+\(…\), which is not supported/,
  /^expected (choice|range)\(…\) as the whole value/,
  /^groups are not supported/,
  /^key@package is not supported/,
  /^expected ~[\w.]+ without a value/,
  /^expected key\.path=value, got "=/,
  /^expected at least one value, got range\(.*\), which has none$/,
  /^expected the key \S+ once, got it again$/,
];

/** What Hydra refuses and is a value here: other characters in texts, quoted keys of mappings, null among choices. */
function isTaken(line: string): boolean {
  const bare = line.replace(/(?<!\\)(['"])(?:\\.|(?!\1).)*\1/g, "''");
  return /[#!&;<>^~`]|[^ -~\t]/.test(bare) || /[{,] *'' *:/.test(bare) || /choice\(.*null/.test(bare);
}

function jsonOf(ours: Exclude<Override, { kind: "problem" }>): unknown {
  const key = ours.path.join(".");
  if (ours.kind === "remove") return { key, removes: true };
  return JSON.parse(
    JSON.stringify(
      ours.kind === "set" ? { key, value: ours.value } : { key, values: ours.values },
      (_, value) =>
        typeof value === "number" && !Number.isFinite(value) ? { float: pythons(value) } : value,
    ),
  );
}

function pythons(value: number): string {
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

function readingOf({ type, key, package: at, value, values }: HydraReading): unknown {
  const name = at === null ? key : `${key}@${at}`;
  if (type === "DEL") return { key: name, removes: true };
  return values === undefined ? { key: name, value } : { key: name, values };
}
