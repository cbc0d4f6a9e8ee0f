// The pictures of a page by number: each hash once, whichever runs show it.

export type Pictures = {
  /** Number of this picture in the page; null for none. */
  number(hash: string | null): number | null;
  /** Hashes in the order of their numbers. */
  hashes(): readonly string[];
};

export function pictureNumbers(): Pictures {
  const numbers = new Map<string, number>();
  return {
    number(hash) {
      if (hash === null) return null;
      const number = numbers.get(hash) ?? numbers.size;
      numbers.set(hash, number);
      return number;
    },
    hashes: () => [...numbers.keys()],
  };
}
