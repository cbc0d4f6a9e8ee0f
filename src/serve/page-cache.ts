// Pages that were made, for as long as nobody writes to the store: their statistics take a second where many runs are compared,
// in which the server answers nobody.

export type PageCache = {
  /** What `make` gave for this address since the store has changed last; null, for no page, is not kept. */
  page(address: string, make: () => string | null): string | null;
};

/** Characters of all that are kept; the oldest ones go. */
const mostKept = 64e6;

/** `version` is another text whenever the store may have changed. */
export function createPageCache(version: () => string): PageCache {
  const pages = new Map<string, string>();
  let known = "";
  let kept = 0;
  const forget = (address: string) => {
    kept -= pages.get(address)!.length;
    pages.delete(address);
  };
  return {
    page(address, make) {
      // Before the page is made: what is written meanwhile makes another version.
      const found = version();
      if (found !== known) for (const each of [...pages.keys()]) forget(each);
      known = found;
      const page = pages.get(address) ?? make();
      if (page === null || pages.has(address)) return page;
      pages.set(address, page);
      kept += page.length;
      for (const oldest of pages.keys()) {
        if (kept <= mostKept) break;
        forget(oldest);
      }
      return page;
    },
  };
}
