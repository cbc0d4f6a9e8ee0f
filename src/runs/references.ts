// Which runs a user means. A reference is `latest`, an id, a name (the newest run with it), a tag, an experiment file (all
// runs made from it), a sweep by id, name or file, a report definition, or the beginning of an id. What is called exactly so
// goes before a beginning, and a run before all else.

import { UserError } from "../errors.ts";
import { mostSlips, slips } from "../near-miss.ts";
import { nfc, sameText } from "../same-text.ts";

export type KnownRun = {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
  /** The file that it was made from, as it was given; null for none. */
  readonly source: string | null;
};

export type KnownSweep = { readonly id: string; readonly name: string };

/** What a file is beside a source of runs: a sweep that was started from it, or the references of a report definition. */
export type FileMeaning =
  | { readonly kind: "sweep"; readonly sweepId: string }
  | { readonly kind: "definition"; readonly refs: readonly string[] };

/** What there is to refer to. */
export type Known = {
  readonly where: "outside" | "in the trash";
  /** Newest first. */
  runs(): readonly KnownRun[];
  /** Newest first. */
  sweeps(): readonly KnownSweep[];
  /** Of its trials, in their order. */
  runsOfSweep(sweepId: string): readonly string[];
  /** null where files are not looked at, and for a file that is neither. Throws UserError where it is wrong. */
  file(ref: string): FileMeaning | null;
};

export type Meaning = {
  /** In words, such as "runs with that tag". */
  readonly as: string;
  /** Oldest first where they are of a tag or a file. */
  readonly runIds: readonly string[];
  /** The sweep that was named; null for anything else. */
  readonly sweepId: string | null;
};

/** All runs that a reference means. Throws UserError where it means nothing, or a beginning fits several. */
export function meaningOf(ref: string, known: Known): Meaning {
  const runs = known.runs();
  const sweeps = known.sweeps();
  const exact = ref === "latest" ? runs[0] : runs.find(({ id }) => id === ref);
  if (exact !== undefined) return oneRun(exact);
  const file = known.file(ref);
  if (file?.kind === "sweep") return ofSweep(file.sweepId, known);
  if (file?.kind === "definition") {
    // An experiment file with a report section means the runs made from it.
    const others = { ...known, file: (each: string) => (each === ref ? null : known.file(each)) };
    return { as: "runs of that report", runIds: runsMeant(file.refs, others), sweepId: null };
  }
  const named = runs.find(({ name }) => sameText(name, ref));
  if (named !== undefined) return oneRun(named);
  const tagged = runs.filter(({ tags }) => tags.some((tag) => sameText(tag, ref))).map(({ id }) => id);
  if (tagged.length > 0) return { as: "runs with that tag", runIds: tagged.reverse(), sweepId: null };
  const fromFile = made(ref, runs);
  if (fromFile.length > 0) return { as: "runs made from that file", runIds: fromFile, sweepId: null };
  const sweep = sweeps.filter(({ id, name }) => id === ref || sameText(name, ref));
  if (sweep.length > 0) return ofSweep(findSweep(ref, sweeps).id, known);
  const prefix = ref.toLowerCase();
  const begun = ref === "" ? [] : runs.filter(({ id }) => id.startsWith(prefix));
  if (begun.length === 1) return oneRun(begun[0]!);
  if (begun.length > 1)
    throw new UserError(
      `run ${JSON.stringify(ref)}: expected one run, got ${begun.length}: ${listed(begun)}`,
    );
  if (ref !== "" && sweeps.some(({ id }) => id.startsWith(prefix)))
    return ofSweep(findSweep(prefix, sweeps).id, known);
  throw new UserError(unknown(ref, runs, sweeps, known.where));
}

/** All runs that references mean, each once, in their order. Throws UserError as `meaningOf` does, and for a sweep without runs. */
export function runsMeant(refs: readonly string[], known: Known): string[] {
  const found = refs.flatMap((ref) => {
    const { runIds } = meaningOf(ref, known);
    if (runIds.length === 0) throw new UserError(noRun(ref, known));
    return runIds;
  });
  return [...new Set(found)];
}

/** The one run that a reference means. Throws UserError, which lists the candidates, where it means several. */
export function runMeant(ref: string, known: Known): string {
  const { runIds, as } = meaningOf(ref, known);
  const [only, ...others] = runIds;
  if (only === undefined) throw new UserError(noRun(ref, known));
  if (others.length === 0) return only;
  const candidates = known.runs().filter(({ id }) => runIds.includes(id));
  throw new UserError(
    `run ${JSON.stringify(ref)}: expected one run, got ${runIds.length} ${as}: ${listed(candidates)}`,
  );
}

/** The sweep that is meant by `latest`, an id, its beginning or a name that only one has. Throws UserError. */
export function findSweep<Sweep extends KnownSweep>(ref: string, sweeps: readonly Sweep[]): Sweep {
  const newest = sweeps[0];
  if (newest === undefined)
    throw new UserError("no sweeps here yet; start one with `hueristic sweep <file>`");
  if (ref === "latest") return newest;
  const exact = sweeps.find(({ id }) => id === ref);
  if (exact !== undefined) return exact;
  const named = sweeps.filter(({ name }) => sameText(name, ref));
  const begun = ref === "" ? [] : sweeps.filter(({ id }) => id.startsWith(ref));
  const meant = named.length > 0 ? named : begun;
  if (meant.length === 1) return meant[0]!;
  const all = (meant.length > 0 ? meant : sweeps).map(({ id, name }) => `${id} (${name})`).join(", ");
  const problem = meant.length > 0 ? "several sweeps are meant" : "no such sweep";
  throw new UserError(`sweep ${JSON.stringify(ref)}: ${problem}; expected one of: ${all}`);
}

function noRun(ref: string, { where }: Known): string {
  return `sweep ${JSON.stringify(ref)}: expected a sweep with runs, has none ${where === "outside" ? "yet" : where}`;
}

function oneRun({ id }: KnownRun): Meaning {
  return { as: "runs", runIds: [id], sweepId: null };
}

function ofSweep(sweepId: string, known: Known): Meaning {
  return { as: "runs of that sweep", runIds: known.runsOfSweep(sweepId), sweepId };
}

/** Oldest first. A file may be written with or without "./". */
function made(ref: string, runs: readonly KnownRun[]): string[] {
  const plain = (file: string) => nfc(file).replace(/^(\.\/)+/, "");
  const wanted = plain(ref);
  return runs
    .filter(({ source }) => source !== null && plain(source) === wanted)
    .map(({ id }) => id)
    .reverse();
}

/** More names than these are not looked at for near misses. */
const mostLookedAt = 1000;

function unknown(
  ref: string,
  runs: readonly KnownRun[],
  sweeps: readonly KnownSweep[],
  where: Known["where"],
): string {
  if (runs.length === 0 && where === "in the trash") return "the trash is empty";
  if (runs.length === 0) return "no runs here yet; start one with `hueristic run <experiment>`";
  const newest = runs.slice(0, mostLookedAt);
  const names = [
    ...newest.flatMap((run) => [run.id, run.name].map((text) => ({ text, means: listed([run]) }))),
    ...[...new Set(newest.flatMap(({ tags }) => tags))].map((text) => ({
      text,
      means: `the tag ${JSON.stringify(text)}`,
    })),
    ...sweeps.map(({ id, name }) => ({ text: name, means: `the sweep ${id} ${JSON.stringify(name)}` })),
  ];
  const shortened = ref.slice(0, 60);
  const near = names
    .map(({ text, means }) => ({ means, distance: slips(shortened, text.slice(0, 60)) }))
    .filter(({ distance }) => distance <= mostSlips(shortened))
    .sort((a, b) => a.distance - b.distance)
    .map(({ means }) => means);
  const suggestions = [...new Set(near)].slice(0, 3);
  const hint = suggestions.length === 0 ? "" : `; did you mean ${suggestions.join(", ")}?`;
  const list = `\`hueristic list${where === "outside" ? "" : " --deleted"}\` shows: ${listed(runs)}`;
  return `run ${JSON.stringify(ref)}: no such id, beginning of an id, name, tag, file or sweep${hint} (${list})`;
}

/** At most five of them, such as `k3v9x2mp "coco-beta"`. */
function listed(runs: readonly Pick<KnownRun, "id" | "name">[]): string {
  const shown = runs.slice(0, 5).map(({ id, name }) => `${id} ${JSON.stringify(name.slice(0, 60))}`);
  return runs.length > 5 ? `${shown.join(", ")} and ${runs.length - 5} more` : shown.join(", ");
}
