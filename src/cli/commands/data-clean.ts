// hueristic data clean: removes what lies in the cache and no run needs. Everything there can be made again; what is
// being made, or was used just now, stays.

import { formatBytes } from "../../format-bytes.ts";
import type { Output } from "../../output.ts";
import { type Command, type GlobalOptions, toJson } from "../context.ts";
import { formatTable } from "../print/table.ts";

type CleanOptions = GlobalOptions & { readonly "dry-run": boolean; readonly json: boolean };

type Verdict = {
  readonly name: string;
  readonly bytes: number;
  readonly removed: boolean;
  readonly reason: string;
};

/** A run compiles its network before the store knows of it. */
const justNowMs = 10 * 60_000;
/** A temporary that nobody has written to for so long was left behind. */
const staleMs = 60_000;

export const dataCleanCommand: Command<CleanOptions> = {
  command: "clean",
  summary: "Remove prepared images that no run needs",
  options: (yargs) =>
    yargs
      .option("dry-run", { type: "boolean", default: false, describe: "Say what would be removed" })
      .option("json", { type: "boolean", default: false, describe: "Machine-readable" })
      .example("$0 data clean --dry-run", "See what would go, and how large it is")
      .example("$0 data clean", "Make room; what a run needs again is prepared again"),

  async run({ runs, "dry-run": dryRun, json }, { print, colors, width, now, output }) {
    const path = await import("node:path");
    const { listCacheEntries, removeEntry } = await import("../../datasets/cache/cache-entries.ts");
    const cacheFolder = path.join(runs, "cache");
    const needs = await readNeeds(runs, output);
    const verdicts: Verdict[] = [];
    for (const entry of await listCacheEntries(cacheFolder)) {
      const kept = await reasonToKeep(cacheFolder, entry, needs, now());
      if (kept === null && !dryRun) await removeEntry(cacheFolder, entry);
      const { name, kind, bytes } = entry;
      verdicts.push({ name, bytes, removed: kept === null, reason: kept ?? reasonsToGo[kind] });
    }
    if (json) {
      print(toJson({ dryRun, entries: verdicts }));
      return 0;
    }
    if (verdicts.length === 0) {
      print(`nothing in ${cacheFolder}\n`);
      return 0;
    }
    const [titles, ...lines] = formatTable<Verdict>(
      [
        { title: "", align: "left", expendable: 0, cell: ({ removed }) => (removed ? "-" : "kept") },
        { title: "name", align: "left", expendable: 0, shortest: 12, cell: ({ name }) => name },
        { title: "size", align: "right", expendable: 0, cell: ({ bytes }) => formatBytes(bytes) },
        { title: "why", align: "left", expendable: 1, cell: ({ reason }) => reason },
      ],
      verdicts,
      width,
    );
    const total = (removed: boolean) =>
      formatBytes(
        verdicts.filter((each) => each.removed === removed).reduce((sum, { bytes }) => sum + bytes, 0),
      );
    print(`${colors.bold(titles!)}\n${lines.join("\n")}\n`);
    print(`${dryRun ? "would remove" : "removed"} ${total(true)}, kept ${total(false)}\n`);
    return 0;
  },
};

type Entry = Awaited<
  ReturnType<typeof import("../../datasets/cache/cache-entries.ts").listCacheEntries>
>[number];

const reasonsToGo: Readonly<Record<Entry["kind"], string>> = {
  images: "no run needs it",
  answers: "no run needs it",
  leftover: "left by a process that died",
  lock: "held by nobody",
};

type Needs = {
  readonly fingerprints: ReadonlySet<string>;
  /** Names of the files with classifiers' answers. */
  readonly answers: ReadonlySet<string>;
  /** Images and their size, of every data set: for caches from before uses were noted. */
  readonly datasets: readonly { readonly size: number; readonly ids: readonly string[] }[];
};

async function readNeeds(runs: string, output: Pick<Output, "warn">): Promise<Needs> {
  const { openIfThere } = await import("../target/existing-store.ts");
  const { answersFileName } = await import("../../datasets/cache/cache-entries.ts");
  const store = await openIfThere(runs, output);
  if (store === null) return { fingerprints: new Set(), answers: new Set(), datasets: [] };
  try {
    const all = [...store.listRuns(), ...store.listRuns({ deleted: true })];
    const ofRun = (run: (typeof all)[number]) => [
      run.datasetFingerprint,
      ...store.evaluationSets(run.id).map(({ fingerprint }) => fingerprint),
    ];
    const answers = all.flatMap((run) => {
      const { teller } = run;
      return teller ? ofRun(run).map((images) => answersFileName(images, teller.fingerprint)) : [];
    });
    const fingerprints = new Set(all.flatMap(ofRun));
    const datasets = [...fingerprints].map((fingerprint) => ({
      size: store.dataset(fingerprint)?.size ?? 0,
      ids: store.datasetImages(fingerprint).map(({ id }) => id),
    }));
    return { fingerprints, answers: new Set(answers), datasets };
  } finally {
    store.close();
  }
}

async function reasonToKeep(
  cacheFolder: string,
  entry: Entry,
  needs: Needs,
  now: number,
): Promise<string | null> {
  const { isBusy, readCacheIndex } = await import("../../datasets/cache/cache-entries.ts");
  if (await isBusy(cacheFolder, entry)) return "being prepared";
  const { kind, name, uses, modifiedMs } = entry;
  if (kind === "answers") {
    if (needs.answers.has(name)) return "a run needs it";
    return now - modifiedMs < justNowMs ? "made just now" : null;
  }
  if (kind !== "images") return now - modifiedMs < staleMs && kind === "leftover" ? "written just now" : null;
  if (uses.some(({ fingerprint }) => needs.fingerprints.has(fingerprint))) return "a run needs it";
  if (uses.some(({ atMs }) => now - atMs < justNowMs)) return "used just now";
  if (uses.length > 0) return null;
  const index = await readCacheIndex(cacheFolder, name);
  if (index === null) return null;
  const here = new Set(index.images.map(({ id }) => id));
  const serves = needs.datasets.some(
    ({ size, ids }) => size === index.size && ids.every((id) => here.has(id)),
  );
  return serves ? "a run has the same images" : null;
}
