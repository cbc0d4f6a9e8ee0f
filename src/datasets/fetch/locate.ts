// Where the bytes of a file come from: the official address, a mirror, or a folder with files downloaded by hand.

import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { UserError } from "../../errors.ts";
import type { SourceFile } from "./sources.ts";

export type Location =
  | { readonly kind: "address"; readonly url: string }
  | { readonly kind: "path"; readonly path: string };

/** CelebA's own folders, as its host offers them. */
const folders = ["", "Img", "Eval", "Anno"];

/**
 * `from` is a folder, an address below which the files lie, or one of the files itself: then the others come from
 * where they usually do. A file of that name in `root` goes before the network.
 */
export async function locate(file: SourceFile, root: string, from: string | null): Promise<Location> {
  const { name, url } = file;
  if (from === null) return (await fileIn(root, [""], name)) ?? { kind: "address", url };
  const isAddress = /^[a-z][a-z\d+.-]+:\/\//i.test(from);
  if (isAddress) {
    if (!/^https?:/i.test(from) || !URL.canParse(from))
      throw new UserError(`--from: expected a folder or an address with http or https, got ${from}`);
    const address = new URL(from);
    if (address.username !== "" || address.password !== "")
      throw new UserError("--from: expected an address without a name and a password in it");
    const last = basename(decodeURIComponent(address.pathname));
    if (last === name) return { kind: "address", url: address.href };
    if (/\.(zip|tar\.gz|txt)$/i.test(last)) return locate(file, root, null);
    address.pathname = `${address.pathname.replace(/\/$/, "")}/${encodeURIComponent(name)}`;
    return { kind: "address", url: address.href };
  }
  const path = from.startsWith("~/") ? join(homedir(), from.slice(2)) : from;
  const found = await stat(path).catch(() => null);
  if (found === null) throw new UserError(`--from: expected a folder, got ${from}, which does not exist`);
  if (found.isFile()) return basename(path) === name ? { kind: "path", path } : locate(file, root, null);
  const inFolder = await fileIn(path, folders, name);
  if (inFolder === null) throw new UserError(`--from: expected ${name} in ${from}, which has no such file`);
  return inFolder;
}

async function fileIn(root: string, below: readonly string[], name: string): Promise<Location | null> {
  for (const folder of below) {
    const path = join(root, folder, name);
    if ((await stat(path).catch(() => null))?.isFile()) return { kind: "path", path };
  }
  return null;
}
