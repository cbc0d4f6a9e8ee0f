// References of the command line: as those of src/runs/references.ts, and files are looked at. A sweep's file means the
// sweep that was started from it, a report definition its runs.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../errors.ts";
import { existingPath } from "../../existing-path.ts";
import { type FileMeaning, findSweep, type Known, runMeant, runsMeant } from "../../runs/references.ts";
import type { Store } from "../../store/open-store.ts";

export const runReference = "Id, its beginning, name, latest, tag, experiment file or sweep";

/** What `refs` may mean, once their files are read. */
export async function knownWithFiles(
  store: Pick<Store, "known" | "listSweeps">,
  refs: readonly string[],
): Promise<Known> {
  const files = new Map<string, FileMeaning>();
  const read = async (ref: string) => {
    if (!/\.ya?ml$/i.test(ref) || files.has(ref)) return;
    const meaning = await meaningOfFile(store, ref);
    if (meaning === null) return;
    files.set(ref, meaning);
    if (meaning.kind === "definition") for (const each of meaning.refs) await read(each);
  };
  for (const ref of refs) await read(ref);
  return { ...store.known, file: (ref) => files.get(ref) ?? null };
}

/** Ids of all runs that are meant, each once. Throws UserError. */
export async function findRuns(store: Store, refs: readonly string[]): Promise<string[]> {
  return runsMeant(refs, await knownWithFiles(store, refs));
}

/** Id of the one run that is meant. Throws UserError where there are several. */
export async function findRun(store: Store, ref: string): Promise<string> {
  return runMeant(ref, await knownWithFiles(store, [ref]));
}

/** Id of a sweep by `latest`, id, its beginning, name or file. Throws UserError. */
export async function sweepMeant(store: Pick<Store, "listSweeps">, ref: string): Promise<string> {
  const text = /\.ya?ml$/i.test(ref) ? await textOf(ref) : null;
  const ofFile = text === null ? null : await sweepOfFile(store, ref, text);
  return ofFile ?? findSweep(ref, store.listSweeps()).id;
}

async function meaningOfFile(store: Pick<Store, "listSweeps">, file: string): Promise<FileMeaning | null> {
  const text = await textOf(file);
  if (text === null) return null;
  const sweepId = await sweepOfFile(store, file, text);
  if (sweepId !== null) return { kind: "sweep", sweepId };
  const { isDefinition, readDefinition } = await import("../../report/definition.ts");
  if (!isDefinition(text)) return null;
  const { runs } = readDefinition(text, file);
  return runs.length === 0 ? null : { kind: "definition", refs: runs };
}

/** null where there is no such file. */
async function textOf(file: string): Promise<string | null> {
  return readFile(existingPath(file), "utf8").catch(() => null);
}

/** null where the file is no sweep. The sweep as it is written goes before those of its variants. */
async function sweepOfFile(
  store: Pick<Store, "listSweeps">,
  file: string,
  text: string,
): Promise<string | null> {
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
  if (sweep !== undefined) return sweep.id;
  const alike = [...known.values()].filter(({ name }) => loaded.some((each) => each.name === name));
  const hint =
    alike.length === 0
      ? `; start it with \`hueristic sweep ${file}\``
      : `; named so are here: ${alike.map(({ id, name }) => `${id} (${name})`).join(", ")}`;
  throw new UserError(`${file}: no sweep was started from this file as it is now${hint}`);
}
