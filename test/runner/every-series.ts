import { openStore } from "../../src/store/open-store.ts";

/** Steps and values of all series of a run but those that measure time. */
export function everySeries(runsFolder: string, runId: string) {
  const store = openStore(runsFolder, { readonly: true });
  try {
    const timed = (name: string) => name.endsWith("_second") || name.endsWith("_seconds");
    const names = store
      .allSeries(runId)
      .map(({ name }) => name)
      .filter((name) => !timed(name));
    return Object.fromEntries(
      names.map((name) => {
        const { step, value } = store.series(runId, name)!;
        return [name, { step: Array.from(step), value: Array.from(value) }];
      }),
    );
  } finally {
    store.close();
  }
}
