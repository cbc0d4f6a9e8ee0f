// What a user names for a report: runs, and where nothing but one sweep was named, that sweep.

import type { PageKind } from "../../experiment/report-section.ts";
import type { StoredSweep } from "../../report/sweep/stored-sweep.ts";
import { findSweep, meaningOf } from "../../runs/references.ts";
import type { Store } from "../../store/open-store.ts";
import { knownWithFiles } from "./run-references.ts";

type Reading = Pick<Store, "known" | "listSweeps" | "getSweep" | "trials">;

export type ReportTarget = {
  readonly runIds: readonly string[];
  readonly sweep: StoredSweep | null;
};

/** On the page of a sweep `latest` is the newest sweep. Throws UserError for what means nothing. */
export async function reportTarget(
  store: Reading,
  refs: readonly string[],
  page: PageKind | null = null,
): Promise<ReportTarget> {
  const isNewest = page === "sweep" && refs.length === 1 && refs[0] === "latest";
  const named = isNewest ? [findSweep("latest", store.listSweeps()).id] : refs;
  const known = await knownWithFiles(store, named);
  const found = named.map((ref) => meaningOf(ref, known));
  const runIds = [...new Set(found.flatMap((meaning) => meaning.runIds))];
  const sweepId = found.length === 1 ? found[0]!.sweepId : null;
  if (sweepId === null) return { runIds, sweep: null };
  return { runIds, sweep: { sweep: store.getSweep(sweepId), trials: store.trials(sweepId) } };
}
