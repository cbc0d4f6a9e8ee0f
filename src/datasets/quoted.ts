import { escaped } from "../escaped.ts";

/** A file's name in messages, in double quotes and on one line. */
export function quoted(name: string): string {
  return escaped(JSON.stringify(name));
}
