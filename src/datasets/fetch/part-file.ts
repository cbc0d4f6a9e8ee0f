// A download on its way: `<name>.part` and beside it `<name>.part.json`, which says what the server called this
// version of the file. Without that a download begins anew: bytes of two versions must never be joined.

import { readFile, rm, stat, writeFile } from "node:fs/promises";

export async function partSize(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0;
}

/** What goes into If-Range: a strong ETag, else Last-Modified; null where the server gave neither. */
export async function partVersion(path: string): Promise<string | null> {
  try {
    const { validator } = JSON.parse(await readFile(`${path}.json`, "utf8")) as { validator?: unknown };
    return typeof validator === "string" ? validator : null;
  } catch {
    return null;
  }
}

/** Empties it for the version that a server sends. */
export async function restartPart(path: string, headers: Headers): Promise<void> {
  const etag = headers.get("etag");
  const validator = etag?.startsWith('"') ? etag : headers.get("last-modified");
  await writeFile(path, "");
  await writeFile(`${path}.json`, JSON.stringify({ validator }));
}

export async function removePart(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(`${path}.json`, { force: true });
}
