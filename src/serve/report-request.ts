// What an address asks for. Runs, tags, experiment files and sweeps are looked up among those of the store by name:
// no part of an address is ever a path.

import { UserError } from "../errors.ts";
import { type PageKind, pageKinds } from "../experiment/report-section.ts";
import type { StoredSweep } from "../report/sweep/stored-sweep.ts";
import { findSweep, meaningOf } from "../runs/references.ts";
import type { Store } from "../store/open-store.ts";

export type ReportRequest = {
  /** As `hueristic report` takes them. */
  readonly refs: readonly string[];
  /** Of a sweep; null for none. */
  readonly sweep: string | null;
  /** null chooses by what is given. */
  readonly page: PageKind | null;
};

/** Throws UserError for an unknown page, and where no run is named. */
export function reportRequest(query: URLSearchParams): ReportRequest {
  const refs = query.getAll("run").filter((ref) => ref !== "");
  const [sweep = null, page = null] = [query.get("sweep"), query.get("page")];
  if (page !== null && !(pageKinds as readonly string[]).includes(page))
    throw new UserError(
      `page: expected one of ${pageKinds.join(", ")}, got ${JSON.stringify(page.slice(0, 60))}`,
    );
  if (refs.length === 0 && sweep === null) throw new UserError("no run was chosen: choose at least one");
  return { refs, sweep, page: (page ?? (sweep === null ? null : "sweep")) as PageKind | null };
}

/** The address of a page, or of its events. */
export function addressOf(path: string, { refs, sweep, page }: Partial<ReportRequest>): string {
  const query = new URLSearchParams();
  for (const ref of refs ?? []) query.append("run", ref);
  if (sweep) query.set("sweep", sweep);
  if (page) query.set("page", page);
  return query.size === 0 ? path : `${path}?${query}`;
}

export type Target = {
  readonly runIds: readonly string[];
  /** Where one was named. */
  readonly sweep: StoredSweep | null;
};

/** The runs that are meant. Throws UserError for what the store does not have. */
export function targetOf(store: Store, { refs, sweep: ref }: ReportRequest): Target {
  const meanings = refs.map((each) => meaningOf(each, store.known));
  const named = meanings.flatMap(({ runIds }) => runIds);
  const only = meanings.length === 1 ? meanings[0]!.sweepId : null;
  const sweepId = ref === null ? only : findSweep(ref, store.listSweeps()).id;
  if (sweepId === null) return { runIds: [...new Set(named)], sweep: null };
  const runIds = [...new Set([...named, ...store.known.runsOfSweep(sweepId)])];
  return { runIds, sweep: { sweep: store.getSweep(sweepId), trials: store.trials(sweepId) } };
}
