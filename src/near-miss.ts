// What a user may have meant: the known name with the fewest slips of the finger, if few enough.

/** The name in `known` nearest to `name`, null where none is near. */
export function nearMiss(name: string, known: readonly string[]): string | null {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[\s_-]+/g, "_");
  const wanted = plain(name);
  let best: string | null = null;
  let bestDistance = mostSlips(wanted) + 1;
  for (const candidate of known) {
    // Of a damaged list, such as one with thousands of blanks, which count as one.
    if (candidate.length > 2 * name.length + mostSlips(name)) continue;
    const distance = slips(wanted, plain(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** How many slips a name may have and still be meant. */
export function mostSlips(name: string): number {
  return Math.max(1, Math.floor(name.length / 3));
}

/** Characters to insert, delete, replace or swap with their neighbour (Damerau's distance, restricted). */
export function slips(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(replaced, row[j]! + 1, next[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, before[j - 2]! + 1);
      }
      next.push(least);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}
