// The pictures of a page by number: each hash once, whichever runs and sections show it.

export type PictureNumbers = {
  /** Number of this picture in the page; null for none. */
  number(hash: string | null): number | null;
  /** Hashes in the order of their numbers. */
  readonly hashes: readonly string[];
};

export function pictureNumbers(shown: Iterable<string | null>): PictureNumbers {
  const numbers = new Map<string, number>();
  for (const hash of shown) if (hash !== null && !numbers.has(hash)) numbers.set(hash, numbers.size);
  return {
    number(hash) {
      if (hash === null) return null;
      const number = numbers.get(hash);
      if (number === undefined) throw new Error(`picture ${hash}: shown by a section that does not name it`);
      return number;
    },
    hashes: [...numbers.keys()],
  };
}
