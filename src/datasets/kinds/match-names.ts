// Names in a list against the files on disk. Lists come from other machines, so a name may differ from the path that it
// means by its spelling (slashes, `./`, Unicode form), by the folders before it, by case, or by the extension of files
// that were converted. What is unmistakable is matched and said with one pair; what is not, such as a name whose folders
// are others than those on disk, is said too.

import { count, isImageName } from "./image-files.ts";

export type MatchedNames = {
  /** Path on disk -> the names that mean it. */
  readonly namesOf: ReadonlyMap<string, readonly string[]>;
  /** Names without a file. */
  readonly absent: readonly string[];
  readonly notes: readonly string[];
};

type Way = {
  readonly differs: string;
  readonly fold: (path: string) => string;
  /** Whether one of the two may have folders before it that the other lacks. */
  readonly byEnd: boolean;
};

function waysBelow(folder: string): readonly Way[] {
  const last = lastPart(folder);
  const below = (path: string) => cutStart(spelling(path), [`${spelling(folder)}/`, `${last}/`]);
  return [
    { differs: "spelling", fold: spelling, byEnd: false },
    { differs: "folder", fold: below, byEnd: false },
    { differs: "folder", fold: spelling, byEnd: true },
    { differs: "case", fold: lowerCase, byEnd: true },
    { differs: "extension", fold: withoutExtension, byEnd: true },
  ];
}

/** `paths` are relative to `folder`; `list` is what the notes call the list. */
export function matchNames(
  names: readonly string[],
  paths: readonly string[],
  folder: string,
  list: string,
): MatchedNames {
  const onDisk = new Set(paths);
  const namesOf = new Map<string, string[]>();
  for (const name of names) if (onDisk.has(name)) namesOf.set(name, [name]);
  let absent = names.filter((name) => !onDisk.has(name));
  const notes: string[] = [];
  for (const way of waysBelow(folder)) {
    // One file may be listed under several spellings of its path; beyond that a file has one name.
    const free = way.byEnd ? paths.filter((path) => !namesOf.has(path)) : paths;
    if (absent.length === 0 || free.length === 0) break;
    const found = meant(absent, free, folder, way);
    for (const [name, path] of found) namesOf.set(path, [...(namesOf.get(path) ?? []), name]);
    absent = absent.filter((name) => !found.has(name));
    const [pair] = found;
    if (pair === undefined) continue;
    const matched = `${count(found.size, "name")} of ${list} matched despite another ${way.differs}`;
    notes.push(`${matched}: ${JSON.stringify(pair[0])} is ${JSON.stringify(pair[1])} on disk`);
  }
  const doubtful = alike(
    absent,
    paths.filter((path) => !namesOf.has(path)),
  );
  if (doubtful !== null) {
    const [name, path] = doubtful.pair.map((each) => JSON.stringify(each));
    const many = `${count(doubtful.number, "name")} of ${list} may mean a file in another folder, or one of several`;
    notes.push(`${many}, and so none: ${name} is not ${path} on disk`);
  }
  return { namesOf, absent, notes };
}

/** Whether two names are two spellings of one path. */
export function spelledAlike(a: string, b: string): boolean {
  return spelling(a) === spelling(b);
}

/** Name -> the one path that it means. */
function meant(
  names: readonly string[],
  paths: readonly string[],
  folder: string,
  way: Way,
): ReadonlyMap<string, string> {
  const { fold } = way;
  const whole = groupBy(paths, fold);
  const ends = way.byEnd ? groupBy(paths, (path) => lastPart(fold(path))) : null;
  const above = fold(lastPart(folder));
  const found = new Map<string, string>();
  for (const name of names) {
    const folded = fold(name);
    const below = `/${folded}`.split(`/${above}/`).at(-1)!;
    const byEnd = (end: string) =>
      ends?.get(lastPart(end))?.filter((path) => `/${fold(path)}`.endsWith(`/${end}`));
    const spellings = ends === null ? [folded] : [folded, below.replace(/^\//, "")];
    const candidates = spellings
      .map((each) => whole.get(each) ?? byEnd(each))
      .find((each) => each !== undefined && each.length > 0);
    if (candidates?.length === 1) found.set(name, candidates[0]!);
  }
  if (!way.byEnd) return found;
  const claims = groupBy([...found.keys()], (name) => found.get(name)!);
  return new Map([...found].filter(([, path]) => claims.get(path)!.length === 1));
}

/** How many names have a file that is called like them but for folders, case and extension, and one such pair. */
function alike(names: readonly string[], paths: readonly string[]) {
  const base = (path: string) => lastPart(withoutExtension(path));
  const ends = groupBy(paths, base);
  const like = names.filter((name) => ends.has(base(name)));
  const [first] = like;
  return first === undefined ? null : { number: like.length, pair: [first, ends.get(base(first))![0]!] };
}

function spelling(path: string): string {
  if (!/\\|\/\/|\/\.|^[./]|[^\0-\x7f]/.test(path)) return path;
  const parts = path.normalize("NFC").replaceAll("\\", "/").split("/");
  return parts.filter((part) => part !== "" && part !== ".").join("/");
}

function cutStart(path: string, starts: readonly string[]): string {
  const start = starts.find((each) => path.startsWith(each)) ?? "";
  return path.slice(start.length);
}

function lowerCase(path: string): string {
  return spelling(path).toLowerCase();
}

function withoutExtension(path: string): string {
  const lower = lowerCase(path);
  return isImageName(lastPart(lower)) ? lower.slice(0, lower.lastIndexOf(".")) : lower;
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function groupBy(items: readonly string[], key: (item: string) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
