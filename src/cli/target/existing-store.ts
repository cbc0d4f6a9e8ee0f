// A store that a command changes must be there: none is created.

import type { Store } from "../../store/open-store.ts";

/** Throws UserError where the folder has no store. */
export async function openExisting(folder: string, options: { readonly readonly: boolean }): Promise<Store> {
  const { openStore } = await import("../../store/open-store.ts");
  if (options.readonly) return openStore(folder, { readonly: true });
  const { hasDatabase } = await import("../../store/open-database.ts");
  // Opened for reading, a missing store says so.
  if (!hasDatabase(folder)) openStore(folder, { readonly: true }).close();
  return openStore(folder);
}
