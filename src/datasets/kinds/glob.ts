// Patterns of paths: `*` and `?` within a name, `**` for any number of folders, `{a,b}` for alternatives; all else is
// itself, brackets included, and hidden names are names. As minimatch, which is in Node (path.matchesGlob), but warns
// there. Left out: negation, classes, ranges.

const mostAlternatives = 256;

/** Why `pattern` is none, as the end of "expected …, got …"; null where it is one. */
export function globProblem(pattern: string): string | null {
  if (pattern.includes("\\")) return "a pattern with forward slashes";
  if (/^(\/|\.\.?(\/|$))|\/\//.test(pattern) || pattern === "") return "a pattern relative to root";
  const alternatives = expandBraces(pattern);
  if (alternatives === null) return "a pattern whose braces are closed";
  if (alternatives.length > mostAlternatives) return `a pattern of at most ${mostAlternatives} alternatives`;
  return null;
}

/** Whether a path with forward slashes matches `pattern`, in which `globProblem` found nothing. */
export function globMatcher(pattern: string): (path: string) => boolean {
  const sources = (expandBraces(pattern) ?? []).map(regexSource);
  const regex = new RegExp(`^(?:${sources.join("|")})$`, "su");
  return (path) => regex.test(path);
}

/** Every pattern without braces that `pattern` stands for; null where they are not closed. */
function expandBraces(pattern: string): string[] | null {
  const open = pattern.indexOf("{");
  if (open < 0) return pattern.includes("}") ? null : [pattern];
  if (pattern.slice(0, open).includes("}")) return null;
  const choices: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let at = open; at < pattern.length; at++) {
    const character = pattern[at]!;
    if (character === "{") depth++;
    if (character === "}") depth--;
    if (!(depth === 0 || (depth === 1 && character === ","))) continue;
    choices.push(pattern.slice(start, at));
    start = at + 1;
    if (depth === 0) break;
  }
  if (depth !== 0) return null;
  const expanded: string[] = [];
  for (const choice of choices) {
    const further = expandBraces(pattern.slice(0, open) + choice + pattern.slice(start));
    if (further === null) return null;
    expanded.push(...further);
    if (expanded.length > mostAlternatives) break;
  }
  return expanded;
}

function regexSource(pattern: string): string {
  const segments = pattern.split("/");
  let source = "";
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === "**") source += isLast ? ".*" : "(?:[^/]+/)*";
    else source += nameSource(segment) + (isLast ? "" : "/");
  }
  return source;
}

function nameSource(segment: string): string {
  return segment.replace(/\*+|\?|[\\^$.+()[\]{}|]/g, (found) => {
    if (found.startsWith("*")) return "[^/]*";
    return found === "?" ? "[^/]" : `\\${found}`;
  });
}
