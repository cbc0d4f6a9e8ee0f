import { statfs } from "node:fs/promises";

/** What whoever runs this may still write on the disk of a folder that is there. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
