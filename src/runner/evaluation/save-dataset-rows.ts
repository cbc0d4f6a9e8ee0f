import type { PreparedDataset } from "../../datasets/prepare/prepare.ts";
import type { Store } from "../../store/open-store.ts";

/** A prepared data set in the store: the seen images in their order, then the unseen ones. */
export function saveDatasetRows(store: Store, dataset: PreparedDataset): void {
  const { fingerprint, unseenFingerprint, description, size, seen, unseen, skipped, ids, images } = dataset;
  const sideOf = (indices: Uint32Array, set: "seen" | "unseen") =>
    Array.from(indices, (index) => ({ id: ids[index]!, set, hash: images[index]!.hash }));
  store.saveDataset(
    { fingerprint, unseenFingerprint, description, size, seenCount: seen.length, unseenCount: unseen.length },
    [...sideOf(seen, "seen"), ...sideOf(unseen, "unseen")],
    skipped,
  );
}
