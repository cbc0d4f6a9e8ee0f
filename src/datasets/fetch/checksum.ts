// MD5 sums as the publishers give them. Of a list the line ends do not count: copies on the web have either.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";

export async function md5OfFile(
  path: string,
  signal: AbortSignal,
  onProgress: (done: number) => void = () => {},
): Promise<string> {
  const hash = createHash("md5");
  let done = 0;
  for await (const chunk of createReadStream(path, { signal, highWaterMark: 2 ** 20 })) {
    hash.update(chunk as Buffer);
    done += (chunk as Buffer).length;
    onProgress(done);
  }
  return hash.digest("hex");
}

/** Whether the text file has this sum, with the line ends of Windows or without them. */
export async function isList(path: string, md5: string): Promise<boolean> {
  const text = await readFile(path, "latin1");
  const unix = text.replaceAll("\r\n", "\n");
  return [text, unix, unix.replaceAll("\n", "\r\n")].some((each) => md5Of(each) === md5);
}

function md5Of(text: string): string {
  return createHash("md5").update(text, "latin1").digest("hex");
}
