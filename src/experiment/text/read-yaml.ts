// YAML text -> values that know their lines. What YAML allows and an experiment never needs is refused here:
// repeated keys, several documents, tags, aliases that grow without end.

import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from "yaml";
import { describe, type Located, type Path, type Place, type Problem, quoted } from "./located.ts";

/** An experiment is a page of text; whatever is larger was named by mistake. */
export const mostBytes = 256 * 1024;
const mostValues = 20_000;
const tooDeep = "expected an experiment, got YAML that is nested too deeply";

export type ReadYaml = { readonly value: Located | null; readonly problems: readonly Problem[] };

/** `at` is where the text begins; with a line of null every problem is reported without a line. */
export function readYaml(text: string, at: Place, path: Path = []): ReadYaml {
  const problems: Problem[] = [];
  const lines = new LineCounter();
  const placeOf = (offset: number): Place =>
    at.line === null ? at : { ...at, line: Math.max(1, lines.linePos(offset).line) };
  const report = (place: Place, where: Path, what: string) => {
    problems.push({ place, path: where, text: what });
  };

  let document: ReturnType<typeof parseDocument>;
  try {
    document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    report(at, path, tooDeep);
    return { value: null, problems };
  }
  if (document.errors.some(({ message }) => /maximum call stack/i.test(message))) {
    report(at, path, tooDeep);
    return { value: null, problems };
  }
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    const what =
      code === "MULTIPLE_DOCS"
        ? "expected one YAML document, got a second one"
        : `expected valid YAML, got an error: ${lowerCase(message)}`;
    report(placeOf(pos[0]), path, what);
  }
  if (problems.length > 0) return { value: null, problems };

  const open = new Set<unknown>();
  let targets: ReadonlyMap<Node, Node> = new Map();
  let values = 0;
  const convert = (node: Node | null, where: Path, place: Place): Located => {
    if (++values > mostValues) throw new TooManyValues();
    if (node === null) return { type: "scalar", value: null, source: "", place };
    if (isAlias(node)) {
      const target = targets.get(node);
      if (target === undefined || open.has(target)) {
        const why = target === undefined ? "which has no anchor" : "which contains itself";
        report(place, where, `expected a value, got the alias *${node.source}, ${why}`);
        return { type: "scalar", value: null, source: `*${node.source}`, place };
      }
      return convert(target, where, place);
    }
    if (node.tag !== undefined && !plainTags.has(node.tag))
      report(place, where, `expected a plain value, got the YAML tag ${quoted(node.tag)}`);
    open.add(node);
    try {
      if (isScalar(node)) {
        requirePrintable(node.value, where, place);
        return scalar(node, place);
      }
      if (isSeq(node)) {
        const items = node.items.map((item, index) =>
          convert(item as Node | null, [...where, index], placeOf(offsetOf(item, node))),
        );
        return { type: "list", items, place };
      }
      // Of other tags some are maps of their own kind.
      return mapping(isMap(node) ? node.items : [], where, place);
    } finally {
      open.delete(node);
    }
  };
  /** Whether it is: what is not would reach terminals as commands to them, and no path may hold a zero. */
  const requirePrintable = (text: unknown, where: Path, place: Place): boolean => {
    const found = typeof text === "string" ? unprintable.exec(text) : null;
    if (found === null) return true;
    report(place, where, `expected text, got the control character ${codePoint(found[0])} in it`);
    return false;
  };
  const mapping = (pairs: readonly unknown[], where: Path, place: Place): Located => {
    const entries = new Map<string, Located>();
    for (const pair of pairs) {
      if (!isPair(pair)) continue;
      const keyPlace = placeOf(offsetOf(pair.key, null));
      if (!isScalar(pair.key)) {
        report(keyPlace, where, "expected a word as key, got a list, a mapping or an alias");
        continue;
      }
      const key = typeof pair.key.value === "string" ? pair.key.value : (pair.key.source ?? "");
      if (!requirePrintable(key, where, keyPlace)) continue;
      const keyPath = [...where, key];
      const earlier = entries.get(key);
      if (earlier !== undefined) {
        const first = earlier.place.line === null ? "" : ` (first in line ${earlier.place.line})`;
        report(keyPlace, keyPath, `expected this key once, got it again${first}`);
        continue;
      }
      entries.set(key, convert(pair.value as Node | null, keyPath, keyPlace));
    }
    return { type: "mapping", entries, place };
  };

  try {
    targets = aliasTargets(document);
    const root = document.contents as Node | null;
    const value = convert(root, path, root?.range ? placeOf(root.range[0]) : at);
    return { value: problems.length === 0 ? value : null, problems };
  } catch (error) {
    if (!(error instanceof TooManyValues) && !(error instanceof RangeError)) throw error;
    report(at, path, `expected at most ${mostValues} values, got more once its aliases are followed`);
    return { value: null, problems };
  }
}

class TooManyValues extends Error {}

const plainTags = new Set(
  ["str", "int", "float", "bool", "null", "map", "seq"].map((name) => `tag:yaml.org,2002:${name}`),
);

/** Control characters but for tab and line breaks, and those that turn the direction of text around them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these it is about.
const unprintable = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

/** "U+001B" */
function codePoint(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** What every alias means: the last node before it that has its anchor. Found in one pass, as there may be thousands. */
function aliasTargets(document: ReturnType<typeof parseDocument>): ReadonlyMap<Node, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Node, Node>();
  visit(document, {
    Node: (_, node) => {
      const target = isAlias(node) ? anchors.get(node.source) : undefined;
      if (target !== undefined) targets.set(node, target);
      if (!isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

function scalar(node: { value: unknown; source?: string | undefined }, place: Place): Located {
  const { value, source } = node;
  const known =
    value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  return known
    ? { type: "scalar", value, source: source ?? String(value), place }
    : { type: "scalar", value: source ?? String(value), source: source ?? String(value), place };
}

function offsetOf(node: unknown, fallback: { range?: readonly number[] | null | undefined } | null): number {
  const range = (node as { range?: readonly number[] | null } | null)?.range ?? fallback?.range;
  return range?.[0] ?? 0;
}

function lowerCase(message: string): string {
  const plain = message.split("\n")[0]!.replace(/[.:]$/, "");
  return plain.charAt(0).toLowerCase() + plain.slice(1);
}

/** The problem of a text that is not a mapping at its top, null where it is one. */
export function topLevelProblem(value: Located, place: Place): Problem | null {
  if (value.type === "mapping") {
    if (!value.entries.has("method")) return null;
    const text = `expected an experiment, got a sweep; train it with: hueristic sweep ${place.file}`;
    return { place, path: [], text };
  }
  if (value.type === "scalar" && value.value === null) {
    return { place, path: [], text: "expected an experiment, got an empty file" };
  }
  const got = value.type === "scalar" ? quoted(value.source) : describe(value);
  return { place: value.place, path: [], text: `expected a mapping such as "model: beta", got ${got}` };
}
