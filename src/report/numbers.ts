// The numbers of all curves as base64 of little-endian float32: NaN and infinities are kept, 5.3 characters a value,
// and arrays that are alike (the epochs of a thousand runs) stand in the page once.

export type NumberPool = {
  /** Key of these numbers in the page. */
  add(values: ArrayLike<number>): string;
  /** Key -> base64. */
  entries(): Readonly<Record<string, string>>;
};

export function numberPool(): NumberPool {
  const keys = new Map<string, string>();
  return {
    add(values) {
      const packed = Buffer.from(Float32Array.from(values).buffer).toString("base64");
      const key = keys.get(packed) ?? `n${keys.size}`;
      keys.set(packed, key);
      return key;
    },
    entries: () => Object.fromEntries([...keys].map(([packed, key]) => [key, packed])),
  };
}
