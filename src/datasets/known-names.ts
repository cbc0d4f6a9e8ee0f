// Names that a user wrote against the names that a file knows: a near miss is suggested, all are listed.

import { UserError } from "../errors.ts";

/** Throws UserError unless `known` holds `name`; `what` says what kind of name, such as "category". */
export function requireKnownName(key: string, what: string, name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  const near = nearest(name, known);
  const suggestion = near === null ? "" : `; did you mean ${JSON.stringify(near)}?`;
  const list = known.join(", ");
  throw new UserError(
    `${key}: expected a known ${what}, got ${JSON.stringify(name)}${suggestion} (known: ${list})`,
  );
}

function nearest(name: string, known: readonly string[]): string | null {
  const plain = (text: string) => text.toLowerCase().replace(/[\s_-]+/g, " ");
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(plain(name), plain(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
