// Files that PyTorch and numpy wrote, of test/golden.

import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import type { Original } from "../target.ts";

export function goldenFiles(json: string): Original[] {
  const { files } = JSON.parse(readFileSync(new URL(`../../golden/${json}`, import.meta.url), "utf8")) as {
    readonly files: Readonly<Record<string, string>>;
  };
  return Object.entries(files).map(([name, packed]) => ({
    name,
    content: inflateSync(Buffer.from(packed, "base64")),
  }));
}
