// All that the public readers say of a store, to compare two of them.

import type { Store } from "../../src/store/open-store.ts";

/** `heartbeatAt` and the state that is judged by it are left out, as they depend on when one looks. */
export function everythingOf(store: Store) {
  return {
    runs: store.summaries().map((run) => {
      const { heartbeatAt: _, id, ...rest } = run;
      const pictures = store.images(id).map((image) => ({ ...image, blob: store.blob(image.blobHash) }));
      const named = [
        run.datasetFingerprint,
        ...store.evaluationSets(id).flatMap((set) => [set.fingerprint, set.partOf]),
      ];
      const studies = store.studiesOf(id);
      return {
        id,
        ...rest,
        specs: store.specs(id),
        series: store.allSeries(id),
        imageValues: store.imageValues(id, ["psnr"]),
        pictures,
        sampleMetrics: store.sampleMetrics(id),
        events: store.events(id),
        evaluationSets: store.evaluationSets(id),
        earlier: store.earlierExperiments(id),
        studies: studies.map((study) => [store.study(study), store.judges(study)]),
        datasets: named
          .filter((fingerprint) => fingerprint !== null && fingerprint !== undefined)
          .map((fingerprint) => ({
            row: store.dataset(fingerprint),
            images: store.datasetImages(fingerprint),
            hashes: store.imageHashes(fingerprint, "unseen"),
            skipped: store.skippedFiles(fingerprint),
          })),
      };
    }),
    sweeps: store.listSweeps().map((sweep) => ({ ...sweep, trials: store.trials(sweep.id) })),
  };
}
