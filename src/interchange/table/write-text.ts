// The long table as text. What is no finite number is written as "NaN", "Infinity" and "-Infinity", in JSON as texts, since JSON has
// no such numbers: none becomes another one or nothing.

import { plainCsvLine } from "../../query/csv-line.ts";
import { type LongRow, longColumns } from "./long-table.ts";

/** Pieces of a CSV file of so many rows each. */
const rowsPerPiece = 1000;

export function* csvPieces(rows: Iterable<LongRow>): Generator<Uint8Array> {
  yield Buffer.from(plainCsvLine(longColumns));
  for (const piece of inPieces(rows, (row) => plainCsvLine(longColumns.map((column) => row[column]))))
    yield piece;
}

/** A list of objects, one a line. */
export function* jsonPieces(rows: Iterable<LongRow>): Generator<Uint8Array> {
  let between = "[\n";
  yield* inPieces(rows, (row) => {
    const line = between + JSON.stringify(row, finiteOrText);
    between = ",\n";
    return line;
  });
  yield Buffer.from(between === "[\n" ? "[]\n" : "\n]\n");
}

function finiteOrText(_: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function* inPieces(rows: Iterable<LongRow>, lineOf: (row: LongRow) => string): Generator<Uint8Array> {
  let lines: string[] = [];
  for (const row of rows) {
    lines.push(lineOf(row));
    if (lines.length < rowsPerPiece) continue;
    yield Buffer.from(lines.join(""));
    lines = [];
  }
  yield Buffer.from(lines.join(""));
}
