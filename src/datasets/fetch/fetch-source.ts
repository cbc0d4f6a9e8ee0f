// Fetches one data set: what is missing is downloaded, checked and put in its place, in this order, so that nothing
// unchecked is ever extracted. Processes that want the same one in the same folder wait for each other.

import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, UserError } from "../../errors.ts";
import { formatBytes } from "../../format-bytes.ts";
import { freeBytes } from "../../free-bytes.ts";
import type { Output } from "../../output.ts";
import { withLock } from "../cache/lock.ts";
import { isList, md5OfFile } from "./checksum.ts";
import { diskError, requireRoom } from "./disk.ts";
import { download, type Patience, usualPatience } from "./download.ts";
import { type Location, locate } from "./locate.ts";
import { partSize, removePart } from "./part-file.ts";
import { isPlaced, placeFile, sweepTemporaries } from "./place-file.ts";
import type { Source, SourceFile } from "./sources.ts";

export type FetchOptions = {
  readonly root: string;
  /** A folder or an address that has the files, null for the official addresses. */
  readonly from: string | null;
  readonly keepArchive: boolean;
  readonly output: Output;
  readonly signal: AbortSignal;
  readonly patience?: Patience;
  readonly freeBytes?: (folder: string) => Promise<number>;
};

/** One file that is missing, and where it comes from. */
type Job = { readonly file: SourceFile; readonly location: Location; readonly part: string };

/**
 * Gives whether anything was missing. Throws UserError for what the user can mend, and the signal's reason when it
 * is aborted; what was downloaded is kept.
 */
export async function fetchSource(name: string, source: Source, options: FetchOptions): Promise<boolean> {
  const { root, output, signal } = options;
  await mkdir(root, { recursive: true }).catch((error) => {
    throw diskError(error, root);
  });
  const onWait = (pid: number | null) =>
    output.info(
      `${name}: process ${pid ?? "on another machine"} is fetching it into ${root}; waiting for it`,
    );
  const locked = withLock(join(root, `.${name}.lock`), { signal, onWait }, async () => {
    const jobs: Job[] = [];
    for (const file of source.files) {
      await sweepTemporaries(root, file);
      const part = join(root, `${file.name}.part`);
      if (await isPlaced(root, file)) await removePart(part);
      else jobs.push({ file, part, location: await locate(file, root, options.from) });
    }
    if (jobs.length === 0) {
      output.info(`${name}: already complete in ${root}`);
      return false;
    }
    await requireRoomFor(jobs, options);
    for (const job of jobs) await fetchFile(job, source, options);
    output.info(`${name}: complete in ${root}`);
    return true;
  });
  return locked.catch((error) => {
    throw signal.aborted ? error : diskError(error, root);
  });
}

async function requireRoomFor(jobs: readonly Job[], { root, ...options }: FetchOptions): Promise<void> {
  let [toDownload, toExtract] = [0, 0];
  for (const { file, location, part } of jobs) {
    if (location.kind === "address") toDownload += Math.max(0, file.bytes - (await partSize(part)));
    toExtract += file.place.kind === "list" ? 0 : file.place.extractedBytes;
  }
  const free = await (options.freeBytes ?? freeBytes)(root);
  requireRoom(root, toDownload, toExtract, free);
}

async function fetchFile({ file, location, part }: Job, source: Source, options: FetchOptions) {
  const { root, output, signal, patience = usualPatience } = options;
  if (location.kind === "path") {
    const problem = await checksumProblem(file, location.path, options);
    if (problem !== null) throw new UserError(`${location.path}: ${problem}; move it away and fetch again`);
    await placeFile(file, location.path, options);
    return;
  }
  const have = await partSize(part);
  const { hostname } = new URL(location.url);
  const goingOn = have > 0 ? `, of which ${formatBytes(have)} are here` : "";
  output.info(`${file.name}: ${formatBytes(file.bytes)} from ${hostname}${goingOn}`);
  const remote = {
    name: file.name,
    url: location.url,
    bytes: file.place.kind === "list" ? null : file.bytes,
    byHand: source.page,
  };
  await download(remote, part, { output, signal, patience });
  const problem = await checksumProblem(file, part, options);
  if (problem !== null) {
    // Going on from it would never mend it.
    await removePart(part);
    throw new UserError(
      `${file.name}: ${problem}; it was removed: fetch it again, and if it stays wrong, from another address or folder with --from`,
    );
  }
  await placeFile(file, part, options);
  if (options.keepArchive && file.place.kind !== "list") await rename(part, join(root, file.name));
  await removePart(part);
}

/** What is wrong with the bytes, null where they are the right ones. */
async function checksumProblem(
  { name, md5, bytes, place }: SourceFile,
  path: string,
  { output, signal }: FetchOptions,
): Promise<string | null> {
  const bar = output.progress(bytes);
  try {
    if (place.kind === "list" && (await isList(path, md5))) return null;
    const got = await md5OfFile(path, signal, (done) => bar.update(done, `${name}  checking`));
    if (got === md5) return null;
    return `expected MD5 ${md5}, got ${got}: damaged on the way, or another file`;
  } catch (error) {
    signal.throwIfAborted();
    throw new UserError(`${path}: cannot be read: ${messageOf(error)}`, { cause: error });
  } finally {
    bar.stop();
  }
}
