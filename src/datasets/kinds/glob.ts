// Patterns of paths: `*` and `?` within a name, `**` for any number of folders, `{a,b}` for alternatives; all else is
// itself, brackets included, and hidden names are names. By picomatch, whose negation, classes and extended patterns
// are left out. (Node's own path.matchesGlob warns that it is experimental.)

import picomatch from "picomatch";
import { nfc } from "../../same-text.ts";

/** `u`: one `?` is one character, also an emoji. Its fast paths know no flags. */
const options = { dot: true, nonegate: true, noextglob: true, fastpaths: false, flags: "su" };

/** Why `pattern` is none, as the end of "expected …, got …"; null where it is one. */
export function globProblem(pattern: string): string | null {
  if (pattern.includes("\\")) return "a pattern with forward slashes";
  if (/^(\/|\.\.?(\/|$))|\/\//.test(pattern) || pattern === "") return "a pattern relative to root";
  return hasClosedBraces(pattern) ? null : "a pattern whose braces are closed";
}

/** Whether a path with forward slashes matches `pattern`, in which `globProblem` found nothing. */
export function globMatcher(pattern: string): (path: string) => boolean {
  const matches = picomatch(nfc(pattern).replace(/[[\]()+|^$]/g, "\\$&"), options);
  return (path) => matches(nfc(path)); // of what else it is given, it would give more than yes or no
}

function hasClosedBraces(pattern: string): boolean {
  let depth = 0;
  for (const character of pattern) {
    if (character === "{") depth++;
    if (character === "}" && --depth < 0) return false;
  }
  return depth === 0;
}
