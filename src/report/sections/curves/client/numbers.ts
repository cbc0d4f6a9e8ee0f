// Numbers of the page by key, unpacked when they are first asked for.

import { data, onData } from "../../../client/dom.ts";

const unpacked = new Map<string, Float32Array>();
onData(() => unpacked.clear());

export function numbers(key: string): Float32Array {
  const known = unpacked.get(key);
  if (known) return known;
  const bytes = Uint8Array.from(atob(data.numbers[key] ?? ""), (character) => character.charCodeAt(0));
  const values = new Float32Array(bytes.buffer);
  unpacked.set(key, values);
  return values;
}
