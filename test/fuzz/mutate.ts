// Seeded damage to files: what disks, editors, downloads and hostile people do to them. Bytes are taken as Latin-1 text, so
// that one way of cutting, doubling and replacing does for text and for binary files.

import type { RandomStream } from "../../src/random.ts";

/** What programs have stumbled over, in place of a word or a number. */
const tokens: readonly string[] = [
  ...[
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "hasOwnProperty",
    "length",
    "then",
    "__metadata__",
  ],
  ...[
    "0",
    "-0",
    "-1",
    "1e999",
    "-1e999",
    "NaN",
    ".nan",
    ".inf",
    "-.inf",
    "Infinity",
    "0x10",
    "1_000",
    "0.1e-320",
  ],
  ...["2147483648", "4294967295", "9007199254740993", "18446744073709551616", "1".repeat(400), "1e-9"],
  ...[
    "null",
    "~",
    "true",
    "false",
    "{}",
    "[]",
    '""',
    "[[]]",
    "{a: 1}",
    '{"a": {"a": [null]}}',
    "[1, [2, [3]]]",
  ],
  ...[
    "!!omap",
    "!!binary AAAA",
    "!!set {a, b}",
    "!!js/function x",
    "!<tag:x> y",
    "&a",
    "*a",
    "&a *a",
    "<<: *a",
  ],
  ...["&b [*b, *b]", "? [a]", "- - - -", "|", ">-", "%YAML 1.1", "---", "...", "'", '"', "`", "@", "#", "\t"],
  ...[
    "\0",
    "\x01",
    "\x1b[31m",
    "\x1b]0;title\x07",
    "\x7f",
    "\r",
    "\n",
    "\r\n",
    "\x0b",
    "\x85",
    "\\u0000",
    "\\x1b",
  ],
  ...[
    "\xe2\x80\xae",
    "\xe2\x80\xa8",
    "\xc2\x9b31m",
    "\xef\xbb\xbf",
    "\xed\xa0\x80",
    "\xf0\x9f\xa6\x8a",
    "\xff\xfe",
    "\xc3",
  ],
  ...["../../../../etc/passwd", "/dev/zero", "/proc/self/mem", "C:\\nul", "~root", "file:///etc/passwd", "."],
  ...["$(id)", "`id`", "$x", "%s%n", "<script>alert(1)</script>", "' OR 1=1 --", "a".repeat(5000)],
  ...["[".repeat(3000), "{a: ".repeat(2000), "- ".repeat(2000), "(".repeat(3000), "a.".repeat(3000)],
];

/** What is written over numbers in binary files. */
const extremes = [
  [0x00],
  [0xff],
  [0x7f],
  [0x80],
  [0, 0, 0, 0],
  [0xff, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0x7f],
  [0, 0, 0, 0x80],
  [0x01, 0, 0, 0],
  [0, 0, 0, 0x01],
  [0, 0, 0, 0, 0, 0, 0, 0],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0],
  [0, 0, 0, 0, 1, 0, 0, 0],
].map((bytes) => String.fromCharCode(...bytes));

type Change = (text: string, random: RandomStream) => string;

const pick = <T>(list: readonly T[], random: RandomStream): T => list[random.below(list.length)]!;

const replaced = (text: string, from: number, to: number, by: string) =>
  text.slice(0, from) + by + text.slice(to);

/** Two places in order, mostly near each other. */
function span(text: string, random: RandomStream): [from: number, to: number] {
  const from = random.below(text.length + 1);
  const longest = random.below(4) === 0 ? text.length : 40;
  return [from, Math.min(text.length, from + random.below(longest + 1))];
}

/** Where `pattern` is found behind a random place, or from the beginning on; null where it is not. */
function found(pattern: RegExp, text: string, random: RandomStream): [from: number, to: number] | null {
  for (const start of [random.below(text.length + 1), 0]) {
    const match = pattern.exec(text.slice(start, start + farthest));
    if (match !== null) return [start + match.index, start + match.index + match[0].length];
  }
  return null;
}

/** Far enough for a word, and no search through megabytes. */
const farthest = 2000;
const word = /[A-Za-z_][\w./-]*/;
const number = /-?\d+(\.\d+)?/;
const line = /[^\n]*\n/;

const changes: readonly Change[] = [
  function flipBit(text, random) {
    if (text === "") return text;
    const at = random.below(text.length);
    return replaced(text, at, at + 1, String.fromCharCode(text.charCodeAt(at) ^ (1 << random.below(8))));
  },
  function setByte(text, random) {
    const at = random.below(text.length + 1);
    return replaced(text, at, at + 1, String.fromCharCode(random.below(256)));
  },
  function cutEnd(text, random) {
    return text.slice(0, random.below(text.length + 1));
  },
  function cutSpan(text, random) {
    return replaced(text, ...span(text, random), "");
  },
  function doubleSpan(text, random) {
    const [from, to] = span(text, random);
    return replaced(text, to, to, text.slice(from, to));
  },
  function moveSpan(text, random) {
    const [from, to] = span(text, random);
    const at = random.below(text.length + 1);
    return replaced(text, at, at, text.slice(from, to));
  },
  function zeroSpan(text, random) {
    const [from, to] = span(text, random);
    return replaced(text, from, to, "\0".repeat(to - from));
  },
  function tokenAnywhere(text, random) {
    const at = random.below(text.length + 1);
    return replaced(text, at, at, pick(tokens, random));
  },
  function tokenForWord(text, random) {
    const place = found(word, text, random);
    return place === null ? text : replaced(text, ...place, pick(tokens, random));
  },
  function tokenForNumber(text, random) {
    const place = found(number, text, random);
    return place === null ? text : replaced(text, ...place, pick(tokens, random));
  },
  function wordForWord(text, random) {
    const [one, other] = [found(word, text, random), found(word, text, random)];
    return one === null || other === null ? text : replaced(text, ...one, text.slice(...other));
  },
  function doubleLine(text, random) {
    const place = found(line, text, random);
    return place === null ? text : replaced(text, place[1], place[1], text.slice(...place));
  },
  function moveLine(text, random) {
    const [one, other] = [found(line, text, random), found(line, text, random)];
    return one === null || other === null ? text : replaced(text, other[0], other[0], text.slice(...one));
  },
  function cutLine(text, random) {
    const place = found(line, text, random);
    return place === null ? text : replaced(text, ...place, "");
  },
  function indentLine(text, random) {
    const place = found(line, text, random);
    return place === null ? text : replaced(text, place[0], place[0], " ".repeat(1 + random.below(4)));
  },
  function extremeBytes(text, random) {
    const by = pick(extremes, random);
    const at = random.below(text.length + 1);
    return replaced(text, at, at + by.length, by);
  },
];

/** `content` with one to four changes; `random` decides all. */
export function mutated(content: Buffer, random: RandomStream): Buffer {
  let text = content.toString("latin1");
  const count = 1 + Math.floor(4 * random.uniform() ** 3);
  for (let change = 0; change < count; change++) text = pick(changes, random)(text, random);
  return Buffer.from(text, "latin1");
}
