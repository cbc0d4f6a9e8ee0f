// Whether the classifier that tells a network what pictures show was trained on pictures that the network is to be tested
// on: then it remembers them, and numbers on them are too good.

import type { Experiment } from "../../experiment/experiment.ts";
import { isEmbedded } from "../../models/models.ts";
import type { Store } from "../../store/open-store.ts";

/** Images to be tested on, by the hashes of their files. */
export type TestedImages = { readonly name: string; readonly hashes: readonly string[] };

/** One line for each set of `tested` that holds such images, or says that it is not known. */
export function toldOfTested({ model }: Experiment, store: Store, tested: readonly TestedImages[]): string[] {
  if (!isEmbedded(model) || model.classifier.kind !== "trained") return [];
  const { id, datasetFingerprint } = store.getRun(model.classifier.run);
  const trained = store.imageHashes(datasetFingerprint, "seen");
  if (trained.includes(null)) {
    return [
      `classifier: whether run ${id} was trained on images to test on is not known: it is from before hashes were stored`,
    ];
  }
  const known = new Set(trained);
  return tested.flatMap(({ name, hashes }) => {
    const both = hashes.filter((hash) => known.has(hash)).length;
    if (both === 0) return [];
    return [
      `classifier: run ${id} was trained on ${both} of ${hashes.length} ${name} images: it remembers what they show`,
    ];
  });
}
