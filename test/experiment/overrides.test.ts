// Overrides of the command line, in Hydra's grammar.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readOverride } from "../../src/experiment/text/overrides/read-override.ts";
import { problemsOf, resolve } from "./fixtures.ts";
import { type HydraReading, verdictOn } from "./hydra-verdict.ts";

const least = "dataset: synthetic\n";
const golden = new URL("../golden/hydra-overrides.json", import.meta.url);

test("overrides are read as Hydra's parser reads them, but for what docs/sweeps.md lists", () => {
  const readings: HydraReading[] = JSON.parse(readFileSync(golden, "utf8"));
  const counts = { agree: 0, "on purpose": 0, wrong: [] as string[] };
  for (const reading of readings) {
    const verdict = verdictOn(reading);
    if (verdict === "wrong") counts.wrong.push(reading.line);
    else counts[verdict]++;
  }
  assert.deepEqual(counts, { agree: 211, "on purpose": 51, wrong: [] });
});

/** What `key=text` sets. */
function value(text: string): unknown {
  const override = readOverride(`key=${text}`);
  assert.equal(override.kind, "set", JSON.stringify(override));
  return "value" in override && override.value;
}

function problem(text: string): string {
  const override = readOverride(text);
  return override.kind === "problem" ? override.text : assert.fail(JSON.stringify(override));
}

test("a path is what was written, whatever YAML makes of it", () => {
  const root = (text: string) => {
    const { dataset } = resolve("dataset: {kind: folder, root: a}\n", [`dataset.root=${text}`]);
    return "root" in dataset && dataset.root;
  };
  assert.equal(root("pics/set #2"), "/project/pics/set #2");
  assert.equal(root("pics: old"), "/project/pics: old");
  assert.equal(root("@home/*/%20&more"), "/project/@home/*/%20&more");
  assert.equal(root("'pics (1), [2]'"), "/project/pics (1), [2]");
  assert.equal(root("pics\\ \\(1\\)"), "/project/pics (1)");
  assert.equal(root("-"), "/project/-");
  assert.equal(root("|"), "/project/|");
  assert.equal(root("/Größe/日本"), "/Größe/日本");
  assert.equal(value("C:\\pics\\new"), "C:\\pics\\new");
  assert.equal(value("'\\\\server\\share\\\\'"), "\\\\server\\share\\");
  assert.equal(value("~/pics"), "~/pics");
  assert.equal(value("'it\\'s'"), "it's");
});

test("words are texts, numbers, truth values or null as Hydra types them", () => {
  assert.deepEqual(["7", "1_000", "1e-3", ".5", "-2."].map(value), [7, 1000, 0.001, 0.5, -2]);
  assert.deepEqual(["true", "FALSE", "null", "''", ""].map(value), [true, false, null, "", ""]);
  const texts = ["007", "0x10", "yes", "~", "'1'", "1.2.3", "a b"];
  assert.deepEqual(texts.map(value), ["007", "0x10", "yes", "~", "1", "1.2.3", "a b"]);
  assert.deepEqual(value("[1, 'a, b', [x], {a:10, b: [null]}]"), [1, "a, b", ["x"], { a: 10, b: [null] }]);
});

test("what is wrong is said at the place, and what is left out by name", () => {
  assert.equal(
    problem("a=b]"),
    'expected the end or a comma, got "]"; quote a text, or write \\ before such characters',
  );
  assert.equal(problem("a=[1"), "expected a comma or ], got the end");
  assert.equal(problem("a={b}"), 'expected a colon after b, got "}"');
  assert.equal(problem("a='b"), 'expected every quote closed, got "\'b"');
  assert.equal(problem("a=b,,c"), 'expected a value, got ",c"');
  assert.equal(
    problem("a=pics(1)"),
    "expected choice(…) or range(…), got pics(…), which is not supported; quote a text",
  );
  assert.equal(
    problem("a=choice(int(1),2)"),
    "expected choice(…) or range(…), got int(…), which is not supported; quote a text",
  );
  assert.equal(problem(`a=\${b}`), `interpolation, \${…}, is not supported; quote a text`);
  assert.equal(
    problem("db/mysql=x"),
    'groups are not supported: expected key.path with dots, got "db/mysql"',
  );
  assert.equal(problem("a@b=x"), 'key@package is not supported, got "a@b"');
  assert.equal(problem("~a=1"), 'expected ~a without a value, got "~a=1"');
  assert.equal(
    problem("a=12345678901234567890"),
    "expected a whole number up to 9007199254740991, got 12345678901234567890; quote a text",
  );
  assert.equal(
    problem(`${"a.".repeat(3000)}a=1`),
    "expected key.path=value of at most 64 keys, got 3001 of them",
  );
  assert.match(problem(`a=${"[".repeat(5000)}`), /^expected a value, got one that is nested too deeply$/);
});

test("one experiment has one value for a key", () => {
  const problems = (...overrides: string[]) => problemsOf(() => resolve(least, overrides));
  assert.deepEqual(problems("tags=a,b"), [
    "command line: tags: expected one value, got 2: write [a,b] for a list, 'a,b' for a text; hueristic sweep trains with each",
  ]);
  assert.deepEqual(problems("~tags"), [
    "command line: tags: expected a value, got ~, which only hueristic sweep takes",
  ]);
  assert.deepEqual(resolve(least, ["+tags=[a]", "++train.epochs=3"]).tags, ["a"]);
});
