// Data sets in and out. The fingerprint names the content, so a data set that is stored already is left as it is.

import type { Database } from "better-sqlite3";
import type { DatasetRow, ImageSet, SkippedFile } from "./rows.ts";

export type DatasetImage = { readonly id: string; readonly set: ImageSet };

export type DatasetReader = {
  dataset(fingerprint: string): DatasetRow | undefined;
  /** In the order of the data set. */
  datasetImages(fingerprint: string): DatasetImage[];
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
  const selectSkipped = database.prepare<[string], SkippedFile>(
    "SELECT path, reason FROM skipped_files WHERE fingerprint = ? ORDER BY path, reason",
  );
  return {
    dataset: (fingerprint) => selectDataset.get(fingerprint),
    datasetImages: (fingerprint) => selectImages.all(fingerprint),
    skippedFiles: (fingerprint) => selectSkipped.all(fingerprint),
  };
}

export type SaveDataset = (
  row: DatasetRow,
  images: readonly DatasetImage[],
  skipped: readonly SkippedFile[],
) => void;

export function createDatasetWriter(database: Database): SaveDataset {
  const insertDataset = database.prepare(
    "INSERT INTO datasets VALUES (:fingerprint, :description, :size, :seenCount, :unseenCount) ON CONFLICT DO NOTHING",
  );
  const insertImage = database.prepare("INSERT INTO dataset_images VALUES (?, ?, ?, ?)");
  const insertSkipped = database.prepare("INSERT INTO skipped_files VALUES (?, ?, ?) ON CONFLICT DO NOTHING");

  const save: SaveDataset = (row, images, skipped) => {
    if (insertDataset.run(row).changes === 0) return;
    images.forEach(({ id, set }, index) => {
      insertImage.run(row.fingerprint, index, id, set);
    });
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
