// A SQLite file page by page, without SQLite, which gives up a whole query at the first damaged page.
// Source: https://www.sqlite.org/fileformat2.html.

import { closeSync, fstatSync, openSync, readSync } from "node:fs";

export type DatabaseFile = {
  readonly applicationId: number;
  /** What migrations count. */
  readonly userVersion: number;
  /** Bytes of a page that hold something. */
  readonly usable: number;
  /** The page of a number from 1 on; null where the file has none such. */
  page(number: number): Buffer | null;
  close(): void;
};

const magic = "SQLite format 3\0";

/** null where the header is none, so that nothing in the file can be told. */
export function openDatabaseFile(path: string): DatabaseFile | null {
  const file = openSync(path, "r");
  const read = (offset: number, bytes: number): Buffer | null => {
    const buffer = Buffer.alloc(bytes);
    return readSync(file, buffer, 0, bytes, offset) === bytes ? buffer : null;
  };
  const header = read(0, 100);
  const pageSize = header === null ? 0 : pageSizeOf(header.readUInt16BE(16));
  if (header === null || header.toString("latin1", 0, 16) !== magic || pageSize === 0 || !isUtf8(header)) {
    closeSync(file);
    return null;
  }
  const pages = Math.floor(fstatSync(file).size / pageSize);
  return {
    applicationId: header.readInt32BE(68),
    userVersion: header.readInt32BE(60),
    usable: pageSize - header[20]!,
    page: (number) => (number >= 1 && number <= pages ? read((number - 1) * pageSize, pageSize) : null),
    close: () => closeSync(file),
  };
}

/** 0 for what is none. */
function pageSizeOf(written: number): number {
  const size = written === 1 ? 65_536 : written;
  return size >= 512 && (size & (size - 1)) === 0 ? size : 0;
}

function isUtf8(header: Buffer): boolean {
  return header.readUInt32BE(56) === 1;
}
