// Pictures of runs into the store, within the caller's transaction: their bytes are kept once, however many runs show them.

import { createHash } from "node:crypto";
import type { Database } from "better-sqlite3";
import { createBlobSweeper } from "./delete-run.ts";
import type { ImageRow } from "./rows.ts";

/** A picture to store. */
export type NewImage = Omit<ImageRow, "blobHash"> & { readonly mime: string; readonly bytes: Uint8Array };

export type PictureWriter = {
  /** Of a place that has none. */
  insert(runId: string, picture: NewImage): void;
  /** Of a place that may have one, whose bytes go where nobody else shows them. */
  replace(runId: string, picture: NewImage): void;
};

export function createPictureWriter(database: Database): PictureWriter {
  const insertBlob = database.prepare("INSERT INTO blobs VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  const insertImage = database.prepare("INSERT INTO images VALUES (?, ?, ?, ?, ?, ?, ?)");
  const remove = database
    .prepare<[string, number, string, number, string], string>(
      'DELETE FROM images WHERE run_id = ? AND epoch = ? AND "set" = ? AND idx = ? AND kind = ? RETURNING blob_hash',
    )
    .pluck();
  const blobs = createBlobSweeper(database);
  const writer: PictureWriter = {
    insert(runId, { epoch, set, index, kind, imageId, mime, bytes }) {
      const hash = createHash("sha256").update(bytes).digest("hex");
      insertBlob.run(hash, mime, bytes);
      insertImage.run(runId, epoch, set, index, kind, imageId, hash);
    },
    replace(runId, picture) {
      const { epoch, set, index, kind } = picture;
      const replaced = remove.all(runId, epoch, set, index, kind);
      writer.insert(runId, picture);
      blobs.sweep(replaced);
    },
  };
  return writer;
}
