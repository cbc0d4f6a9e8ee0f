// Tensors of several origins in one record: each origin has a prefix of its own.

export function prefixed<T>(prefix: string, named: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [prefix + name, value]));
}

/** Those with the prefix, without it. */
export function unprefixed<T>(prefix: string, named: Readonly<Record<string, T>>): Record<string, T> {
  const own = Object.entries(named).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}
