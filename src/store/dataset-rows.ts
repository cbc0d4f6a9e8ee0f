// Data sets in and out. The fingerprint names the content, so that a data set is stored once; its names of files, which are
// no part of the content, are those of whoever saved it last, as the ones from before may not be on the disk any more.

import type { Database } from "better-sqlite3";
import type { DatasetRow, ImageSet, SkippedFile } from "./rows.ts";

export type DatasetImage = { readonly id: string; readonly set: ImageSet };

export type HashedImage = DatasetImage & {
  /** SHA-256 of its file. */
  readonly hash?: string;
};

export type DatasetReader = {
  dataset(fingerprint: string): DatasetRow | undefined;
  /** In the order of the data set. */
  datasetImages(fingerprint: string): DatasetImage[];
  /**
   * SHA-256 of the files of a side; null where the data set was stored before hashes were, and for images whose rows were
   * lost (rescue/).
   */
  imageHashes(fingerprint: string, set: ImageSet): (string | null)[];
  skippedFiles(fingerprint: string): SkippedFile[];
};

export function createDatasetReader(database: Database): DatasetReader {
  const selectDataset = database.prepare<[string], DatasetRow>(
    `SELECT fingerprint, description, size, seen_count AS seenCount, unseen_count AS unseenCount
     FROM datasets WHERE fingerprint = ?`,
  );
  const selectImages = database.prepare<[string], DatasetImage>(
    'SELECT image_id AS id, "set" FROM dataset_images WHERE fingerprint = ? ORDER BY idx',
  );
  const selectHashes = database
    .prepare<[string, ImageSet], string | null>(
      'SELECT hash FROM dataset_images WHERE fingerprint = ? AND "set" = ? ORDER BY idx',
    )
    .pluck();
  const selectSkipped = database.prepare<[string], SkippedFile>(
    "SELECT path, reason FROM skipped_files WHERE fingerprint = ? ORDER BY path, reason",
  );
  return {
    dataset: (fingerprint) => selectDataset.get(fingerprint),
    datasetImages: (fingerprint) => selectImages.all(fingerprint),
    imageHashes(fingerprint, set) {
      const hashes = selectHashes.all(fingerprint, set);
      const { seenCount = 0, unseenCount = 0 } = selectDataset.get(fingerprint) ?? {};
      const missing = (set === "seen" ? seenCount : unseenCount) - hashes.length;
      return missing > 0 ? [...hashes, ...Array<null>(missing).fill(null)] : hashes;
    },
    skippedFiles: (fingerprint) => selectSkipped.all(fingerprint),
  };
}

export type NewDataset = DatasetRow & {
  /** As in `PreparedDataset`; left out where nobody knows it. */
  readonly unseenFingerprint?: string;
};

export type SaveDataset = (
  row: NewDataset,
  images: readonly HashedImage[],
  skipped: readonly SkippedFile[],
) => void;

export function createDatasetWriter(database: Database): SaveDataset {
  const insertDataset = database.prepare(
    `INSERT INTO datasets VALUES (:fingerprint, :description, :size, :seenCount, :unseenCount, :unseenFingerprint)
     ON CONFLICT DO UPDATE SET description = excluded.description,
       size = excluded.size, seen_count = excluded.seen_count, unseen_count = excluded.unseen_count,
       unseen_fingerprint = coalesce(excluded.unseen_fingerprint, unseen_fingerprint)`,
  );
  const selectImages = database.prepare<[string], HashedImage>(
    'SELECT image_id AS id, "set", hash FROM dataset_images WHERE fingerprint = ? ORDER BY idx',
  );
  const insertImage = database.prepare(
    "INSERT INTO dataset_images VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET image_id = excluded.image_id, hash = excluded.hash",
  );
  const deleteSkipped = database.prepare("DELETE FROM skipped_files WHERE fingerprint = ?");
  const insertSkipped = database.prepare("INSERT INTO skipped_files VALUES (?, ?, ?) ON CONFLICT DO NOTHING");

  const save: SaveDataset = (row, images, skipped) => {
    insertDataset.run({ unseenFingerprint: null, ...row });
    const stored = selectImages.all(row.fingerprint);
    images.forEach(({ id, set, hash }, index) => {
      const before = stored[index];
      if (before?.id === id && (hash === undefined || before.hash === hash)) return;
      insertImage.run(row.fingerprint, index, id, set, hash ?? before?.hash ?? null);
    });
    deleteSkipped.run(row.fingerprint);
    for (const { path, reason } of skipped) insertSkipped.run(row.fingerprint, path, reason);
  };
  const saveAtOnce = database.transaction(save);

  return (row, images, skipped) => {
    requireConsistent(row, images);
    saveAtOnce.immediate(row, images, skipped);
  };
}

/** An image that is both seen and unseen would make every unseen number a lie. */
function requireConsistent(row: DatasetRow, images: readonly DatasetImage[]): void {
  const ids = new Set<string>();
  let seen = 0;
  for (const { id, set } of images) {
    if (ids.has(id)) throw new Error(`data set ${row.description}: image ${JSON.stringify(id)} occurs twice`);
    ids.add(id);
    if (set === "seen") seen++;
  }
  if (seen !== row.seenCount || images.length - seen !== row.unseenCount)
    throw new Error(
      `data set ${row.description}: expected ${row.seenCount} seen and ${row.unseenCount} unseen images, got ${seen} and ${images.length - seen}`,
    );
}
