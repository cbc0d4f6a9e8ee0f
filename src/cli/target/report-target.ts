// What a user names for a report: runs, as select-runs.ts finds them, or a sweep by its id, its beginning, its name or
// its file.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../errors.ts";
import { selectRuns } from "../../report/select-runs.ts";
import { runsOfSweep, type StoredSweep } from "../../report/sweep/stored-sweep.ts";
import type { Store } from "../../store/open-store.ts";
import type { SweepRow } from "../../store/sweeps.ts";

type Reading = Pick<Store, "getRun" | "listRuns" | "listSweeps" | "getSweep" | "trials">;

export type ReportTarget = {
  readonly runIds: readonly string[];
  /** Where nothing but one sweep was named. */
  readonly sweep: StoredSweep | null;
};

/** Throws UserError for what is neither. A run goes before a sweep, unless only the sweep is called exactly so. */
export async function reportTarget(store: Reading, refs: readonly string[]): Promise<ReportTarget> {
  const found = [];
  for (const ref of refs) found.push(await oneTarget(store, ref));
  const [only] = found;
  return {
    runIds: [...new Set(found.flatMap(({ runIds }) => runIds))],
    sweep: found.length === 1 ? only!.sweep : null,
  };
}

async function oneTarget(store: Reading, ref: string): Promise<ReportTarget> {
  const file = /\.ya?ml$/i.test(ref) ? await sweepOfFile(store, ref) : null;
  if (file !== null) return targetOf(store, file);
  const exact = (each: { readonly id: string; readonly name: string }) =>
    each.id === ref || each.name === ref;
  if (store.listSweeps().some(exact) && !store.listRuns().some(exact))
    return targetOf(store, store.getSweep(ref));
  try {
    return { runIds: selectRuns(store, [ref]), sweep: null };
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    const begun = ref === "" ? [] : store.listSweeps().filter(({ id }) => id.startsWith(ref));
    if (begun.length === 0) throw thrown;
    return targetOf(store, store.getSweep(ref));
  }
}

function targetOf(store: Reading, sweep: SweepRow): ReportTarget {
  const stored = { sweep, trials: store.trials(sweep.id) };
  return { runIds: runsOfSweep(stored), sweep: stored };
}

/** null where the file is no sweep. The sweep as it is written goes before those of its variants. */
async function sweepOfFile(store: Reading, file: string): Promise<SweepRow | null> {
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) return null;
  const { readYaml } = await import("../../experiment/text/read-yaml.ts");
  const { value } = readYaml(text, { file, folder: path.dirname(path.resolve(file)), line: 1 });
  if (value?.type !== "mapping" || !["method", "parameters"].some((key) => value.entries.has(key)))
    return null;
  const { loadSweep } = await import("../../sweep/file/load-sweep.ts");
  const { sweepId } = await import("../../sweep/scheduling/identity.ts");
  const variants = value.entries.get("variants");
  const names = [null, ...(variants?.type === "mapping" ? variants.entries.keys() : [])];
  const known = new Map(store.listSweeps().map((sweep) => [sweep.id, sweep]));
  const loaded = names.map((variant) => loadSweep(file, { variant }).sweep);
  const sweep = loaded.flatMap((each) => known.get(sweepId(each)) ?? [])[0];
  if (sweep !== undefined) return sweep;
  const alike = [...known.values()].filter(({ name }) => loaded.some((each) => each.name === name));
  const hint =
    alike.length === 0
      ? `; start it with \`hueristic sweep ${file}\``
      : `; named so are here: ${alike.map(({ id, name }) => `${id} (${name})`).join(", ")}`;
  throw new UserError(`${file}: no sweep was started from this file as it is now${hint}`);
}
