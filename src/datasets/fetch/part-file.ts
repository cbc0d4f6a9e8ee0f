// A download on its way: `<name>.part` and beside it `<name>.part.json`, which says what the server called this
// version of the file. Without that a download begins anew: bytes of two versions must never be joined.
// Bytes are written at their place, so that two processes that write the same file by mistake do no harm.

import { type FileHandle, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { diskError } from "./disk.ts";

export type PartFile = {
  readonly path: string;
  size(): Promise<number>;
  /** What goes into If-Range: a strong ETag, else Last-Modified; null where the server gave neither. */
  validator(): Promise<string | null>;
  /** Empties the file for a version of this name. */
  restart(validator: string | null): Promise<void>;
  /** Opens it for writing. */
  open(): Promise<FileHandle>;
  /** Removes both files. */
  remove(): Promise<void>;
};

export function partFile(path: string): PartFile {
  const notePath = `${path}.json`;
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw diskError(error, path);
    }
  };
  return {
    path,
    size: async () => (await stat(path).catch(() => null))?.size ?? 0,
    async validator() {
      try {
        const { validator } = JSON.parse(await readFile(notePath, "utf8")) as { validator?: unknown };
        return typeof validator === "string" ? validator : null;
      } catch {
        return null;
      }
    },
    restart: (validator) =>
      guarded(async () => {
        await writeFile(path, "");
        await writeFile(notePath, JSON.stringify({ validator }));
      }),
    open: () => guarded(() => open(path, "r+")),
    remove: () =>
      guarded(async () => {
        await rm(path, { force: true });
        await rm(notePath, { force: true });
      }),
  };
}

export function validatorOf(headers: Headers): string | null {
  const etag = headers.get("etag");
  if (etag?.startsWith('"')) return etag;
  return headers.get("last-modified");
}
