// Which data sets were made of which cache: an empty file `used-by-<fingerprint>` beside the prepared images, newer
// with every use. `hueristic data clean` keeps what a run's data set was made of, and what was used just now.

import { readdir, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

const prefix = "used-by-";

export type CacheUse = { readonly fingerprint: string; readonly atMs: number };

/** Only helps to clean up: a folder that cannot be written is no reason not to train. */
export async function noteUse(cacheFolder: string, key: string, fingerprint: string): Promise<void> {
  const path = join(cacheFolder, key, `${prefix}${fingerprint}`);
  const now = new Date();
  await writeFile(path, "", { flag: "a" })
    .then(() => utimes(path, now, now))
    .catch(() => {});
}

/** In no order; none where the cache is gone, or was made before uses were noted. */
export async function readUses(cacheFolder: string, key: string): Promise<CacheUse[]> {
  const folder = join(cacheFolder, key);
  const names = await readdir(folder).catch(() => []);
  const uses = names.map(async (name): Promise<CacheUse[]> => {
    if (!name.startsWith(prefix)) return [];
    const found = await stat(join(folder, name)).catch(() => null);
    return found ? [{ fingerprint: name.slice(prefix.length), atMs: found.mtimeMs }] : [];
  });
  return (await Promise.all(uses)).flat();
}
