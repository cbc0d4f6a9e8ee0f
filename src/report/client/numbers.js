// Numbers of the page by key, unpacked when they are first asked for.

import { data, onData } from "./dom.js";

const unpacked = new Map();
onData(() => unpacked.clear());

export function numbers(key) {
  const known = unpacked.get(key);
  if (known) return known;
  const text = atob(data.numbers[key]);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  const values = new Float32Array(bytes.buffer);
  unpacked.set(key, values);
  return values;
}
