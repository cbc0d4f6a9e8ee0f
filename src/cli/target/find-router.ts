// A router that was built, by its name or by the file that it was built from.

import { readRouterFile } from "../../router/router-file.ts";
import { readRouter, readRouterOfFile, type StoredRouter } from "../../router/stored-router.ts";

/** Throws UserError. */
export function findRouter(runsFolder: string, ref: string): StoredRouter {
  return /\.ya?ml$/i.test(ref)
    ? readRouterOfFile(runsFolder, readRouterFile(ref))
    : readRouter(runsFolder, ref);
}
