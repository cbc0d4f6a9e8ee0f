// The one door through which commands look at runs: what was logged off this machine is merged first. A store must be there:
// none is created, except for runs that were trained elsewhere.

import type { Output } from "../../output.ts";
import type { Store } from "../../store/open-store.ts";

/** Throws UserError where the folder has no store. */
export async function openExisting(
  folder: string,
  { readonly }: { readonly readonly: boolean },
  output: Pick<Output, "warn">,
): Promise<Store> {
  const { openStore } = await import("../../store/open-store.ts");
  // Opened for reading, a missing store says so.
  if (!(await isThere(folder, output))) openStore(folder, { readonly: true }).close();
  return openStore(folder, { readonly });
}

/** For reading; null where the folder has no store. */
export async function openIfThere(folder: string, output: Pick<Output, "warn">): Promise<Store | null> {
  if (!(await isThere(folder, output))) return null;
  const { openStore } = await import("../../store/open-store.ts");
  return openStore(folder, { readonly: true });
}

async function isThere(folder: string, { warn }: Pick<Output, "warn">): Promise<boolean> {
  const { mergeShared } = await import("../../store/shared-sweeps/merge-shared.ts");
  const { hasDatabase } = await import("../../store/open-database.ts");
  // Before anything else: where one may not look there is nothing to merge.
  hasDatabase(folder);
  mergeShared(folder, { warn });
  return hasDatabase(folder);
}
