// Closes several things, one after the other: one that cannot be closed keeps none of the others open.

export type Closable = { close(): void | Promise<void> };

/** null and undefined are left out. Throws the first error, once all were tried. */
export async function closeAll(parts: readonly (Closable | null | undefined)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const part of parts) {
    try {
      await part?.close();
    } catch (thrown) {
      errors.push(thrown);
    }
  }
  if (errors.length > 0) throw errors[0];
}
