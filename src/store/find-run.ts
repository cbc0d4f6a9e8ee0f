// Which run a user means: `latest`, an id, a run name (the newest with it) or the beginning of an id.

import type { Database } from "better-sqlite3";
import { UserError } from "../errors.ts";
import { mostSlips, slips } from "../near-miss.ts";

type Candidate = { readonly id: string; readonly name: string };

/** Gives the id that `ref` means, of a run in the trash or outside. Throws UserError where there is none or more than one. */
export function createRunFinder(
  database: Database,
  where: "outside" | "in the trash" = "outside",
): (ref: string) => string {
  const isMeant = `deleted_at IS ${where === "outside" ? "NULL" : "NOT NULL"}`;
  const newest = database.prepare<[], Candidate>(
    `SELECT id, name FROM runs WHERE ${isMeant} ORDER BY created_at DESC, rowid DESC LIMIT 1000`,
  );
  const withId = database.prepare<[string], Candidate>(
    `SELECT id, name FROM runs WHERE ${isMeant} AND id = ?`,
  );
  const withName = database.prepare<[string], Candidate>(
    `SELECT id, name FROM runs WHERE ${isMeant} AND name = ? ORDER BY created_at DESC, rowid DESC LIMIT 1`,
  );
  const withPrefix = database.prepare<[string, string], Candidate>(
    `SELECT id, name FROM runs WHERE ${isMeant} AND substr(id, 1, length(?)) = ?
     ORDER BY created_at DESC, rowid DESC`,
  );

  return (ref) => {
    const exact = ref === "latest" ? newest.get() : (withId.get(ref) ?? withName.get(ref));
    if (exact !== undefined) return exact.id;
    const prefix = ref.toLowerCase();
    const candidates = ref === "" ? [] : withPrefix.all(prefix, prefix);
    if (candidates.length === 1) return candidates[0]!.id;
    if (candidates.length > 1)
      throw new UserError(
        `run ${JSON.stringify(ref)}: expected one run, got ${candidates.length}: ${listed(candidates)}`,
      );
    throw new UserError(unknownRun(ref, newest.all(), where));
  };
}

function unknownRun(ref: string, known: readonly Candidate[], where: "outside" | "in the trash"): string {
  if (known.length === 0 && where === "in the trash") return "the trash is empty";
  if (known.length === 0) return "no runs here yet; start one with `hueristic run <experiment>`";
  const shortened = ref.slice(0, 60);
  const near = known
    .flatMap((run) =>
      [run.id, run.name].map((text) => ({ run, distance: slips(shortened, text.slice(0, 60)) })),
    )
    .filter(({ distance }) => distance <= mostSlips(shortened))
    .sort((a, b) => a.distance - b.distance)
    .map(({ run }) => run);
  const suggestions = [...new Set(near)].slice(0, 3);
  const hint = suggestions.length === 0 ? "" : `; did you mean ${listed(suggestions)}?`;
  return `run ${JSON.stringify(ref)}: no such id, beginning of an id or name${hint} (\`hueristic list${where === "outside" ? "" : " --deleted"}\` shows: ${listed(known)})`;
}

/** At most five of them, such as `k3v9x2mp "coco-beta"`. */
function listed(runs: readonly Candidate[]): string {
  const shown = runs.slice(0, 5).map(({ id, name }) => `${id} ${JSON.stringify(name.slice(0, 60))}`);
  return runs.length > 5 ? `${shown.join(", ")} and ${runs.length - 5} more` : shown.join(", ");
}
