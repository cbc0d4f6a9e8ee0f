// The long table as the bytes of a file, piece by piece, so that no table has to fit into memory.

import type { Store } from "../../store/open-store.ts";
import { longRows } from "./long-table.ts";
import { parquetPieces } from "./write-parquet.ts";
import { csvPieces, jsonPieces } from "./write-text.ts";

export type TableFormat = "csv" | "json" | "parquet";

export type LongTablePieces = {
  readonly pieces: Iterable<Uint8Array>;
  /** How much has been written so far. */
  written(): { readonly rows: number; readonly bytes: number };
};

export function longTablePieces(
  store: Pick<Store, "getRun" | "allSeries">,
  runIds: readonly string[],
  format: TableFormat,
): LongTablePieces {
  const written = { rows: 0, bytes: 0 };
  function* counted<T>(items: Iterable<T>, count: (item: T) => void): Generator<T> {
    for (const item of items) {
      count(item);
      yield item;
    }
  }
  const rows = counted(longRows(store, runIds), () => {
    written.rows++;
  });
  const writers = { csv: csvPieces, json: jsonPieces, parquet: parquetPieces };
  const pieces = counted(writers[format](rows), ({ length }) => {
    written.bytes += length;
  });
  return { pieces, written: () => written };
}
