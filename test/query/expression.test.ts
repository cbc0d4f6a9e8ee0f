import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UserError } from "../../src/errors.ts";
import { fieldsOf, parseExpression } from "../../src/query/expression.ts";
import { kindsAmong } from "../../src/query/field-kinds.ts";
import { compareFields, type FieldValue, testOf } from "../../src/query/matches.ts";

const run: Readonly<Record<string, FieldValue>> = {
  name: "Beta on faces",
  psnr: 22.5,
  bad: Number.NaN,
  none: null,
  flip: true,
  tags: ["baseline", "paper", "2024"],
  created: new Date("2026-11-20T03:05:09.500Z"),
};
/** Another row: what values its fields have belongs to the kinds of the fields. */
const other: Readonly<Record<string, FieldValue>> = { keep: "all", note: "42" };
const third: Readonly<Record<string, FieldValue>> = { keep: 3 };

const kindsOf = (field: string) =>
  kindsAmong(field, () => [run, other, third].map((row) => row[field] ?? null));

const holds = (text: string, row = run) =>
  testOf(parseExpression(text), kindsOf)((field) => row[field] ?? null);

/** The message without the lines that show the place. */
const refused = (text: string): string => {
  try {
    holds(text);
  } catch (thrown) {
    assert.ok(thrown instanceof UserError, text);
    return thrown.message.split("\n")[0]!;
  }
  assert.fail(`${text} was taken`);
};

/** The message without the two lines that show the place, and the column it points at. */
function problem(text: string): readonly [string, number] {
  try {
    parseExpression(text);
  } catch (thrown) {
    assert.ok(thrown instanceof UserError);
    const [message, source, pointer] = thrown.message.split("\n");
    assert.equal(source, `  ${text.replaceAll("\n", " ")}`);
    return [message!, pointer!.length - 3];
  }
  assert.fail(`no problem in ${text}`);
}

describe("an expression", () => {
  it("compares numbers, texts, truths and what is not there", () => {
    for (const text of [
      "psnr > 22",
      "psnr>=22.5 and psnr <= 2.25e1",
      "psnr != 3 and psnr <> 3",
      "name = 'Beta on faces'",
      'name == "Beta on faces"',
      "name ~ FACES and name !~ scenes",
      "flip = true and not flip = false",
      "none = null and psnr != null and bad = null",
      "psnr in (1, 22.5)",
      "not name in (alpha, beta)",
      "tags = paper and tags in (paper) and tags ~ base and tags != other and tags != null",
    ])
      assert.equal(holds(text), true, text);
    assert.ok(holds("tags = null and tags != paper", { ...run, tags: [] }), "no tag is there");
    for (const text of [
      "none < 1",
      "none > 1",
      "bad > 0",
      "bad < 0",
      "missing = 1",
      "tags = pap",
      "name = 42",
    ])
      assert.equal(holds(text), false, text);
  });

  it("compares text with what was written, and numbers with numbers, quoted or not", () => {
    for (const text of ["psnr > '2'", "psnr = '22.50'", "tags = 2024", "flip = 'true'"])
      assert.equal(holds(text), true, text);
    assert.equal(holds("note = 42", other), true);
    assert.equal(holds("note = 042", other), false);
    assert.equal(holds("note = 42.0", other), false);
  });

  it("takes a field of words and numbers as what it is compared with", () => {
    const kept = (text: string) => [other, third].map((row) => holds(text, row));
    assert.deepEqual(kept("keep = all"), [true, false]);
    assert.deepEqual(kept("keep > 2"), [false, true]);
    assert.deepEqual(kept("keep in (all, 3)"), [true, true]);
    assert.deepEqual(kept("keep != 3"), [true, false]);
  });

  it("refuses values that the field cannot have, and points at them", () => {
    const date = "a date such as 2026-11-23 or '2026-11-23 14:20'";
    assert.equal(refused("psnr = abc"), '--where: expected a number for psnr, got "abc"');
    assert.equal(refused("psnr in (1, abc)"), '--where: expected a number for psnr, got "abc"');
    assert.equal(refused("psnr > ''"), `--where: expected a number for psnr, got "''"`);
    assert.equal(refused("psnr = true"), '--where: expected a number for psnr, got "true"');
    assert.equal(refused("psnr > null"), '--where: expected a number for psnr >, got "null"');
    assert.equal(refused("flip = 1"), '--where: expected true or false for flip, got "1"');
    assert.match(refused("flip > true"), /^--where: expected = or !=, as it is true or false, for flip/);
    assert.equal(refused("created > soon"), `--where: expected ${date} for created, got "soon"`);
    assert.equal(
      refused("created = '2026-02-30'"),
      `--where: expected ${date} for created, got "'2026-02-30'"`,
    );
    assert.equal(refused("name = x and not created < '20.11.2026'").slice(0, 24), "--where: expected a date");
    assert.throws(() => holds("psnr = 1 or psnr < abc"), {
      message: /\n {2}psnr = 1 or psnr < abc\n {21}\^$/,
    });
  });

  it("compares dates as times, without an offset in UTC", () => {
    for (const text of [
      "created > '2026-11-20'",
      "created > 2026-11-20 and created > 2026-11 and created > 2026",
      "created < '2026-11-20 23:00'",
      "created > '2026-11-19 23:00'",
      "created > '2026-11-20T04:05+01:00' and created > '2026-11-20T04:05+0100'",
      "created < '2026-11-19 23:05 -05' and created > 2026-11-19T22:05:00-05:00",
      "created <= '2026-11-20T03:05:09.500Z' and created >= '2026-11-20T03:05:09.5'",
      "created = '2026-11-20 03:05:09.500'",
      "created = 2026-11-20 and created = '2026-11' and created = 2026",
      "created = '2026-11-20 03:05' and created = '2026-11-20 03:05:09 UTC' and created = 2026-11-20T03:05Z",
      "created != 2026-11-21 and created != '2026-11-20 03:06' and created != '2026-11-20 04:05'",
      "created in (2025-01-01, 2026-11-20)",
      "created ~ '2026-11-20T03'",
    ])
      assert.equal(holds(text), true, text);
    for (const text of [
      "created > '2026-11-20 23:00'",
      "created > '2026-11-20T03:05-02:00'",
      "created < '2026-11-20'",
      "created = '2026-11-20T03:05:09.501Z'",
      "created != 2026-11-20",
      "created = null",
    ])
      assert.equal(holds(text), false, text);
  });

  it("knows one name in both forms of Unicode", () => {
    const row = { name: "cafe\u0301" };
    for (const text of [
      "name = 'caf\u00e9'",
      "name ~ 'CAF\u00c9'",
      "name in ('caf\u00e9')",
      "not name != 'cafe\u0301'",
    ])
      assert.equal(
        testOf(parseExpression(text), () => new Set(["text"]))((field) => row[field as "name"]),
        true,
        text,
      );
  });

  it("binds and more than or, not more than both, parentheses most", () => {
    const [yes, no] = ["psnr = 22.5", "psnr = 0"];
    assert.equal(holds(`${yes} or ${no} and ${no}`), true);
    assert.equal(holds(`(${yes} or ${no}) and ${no}`), false);
    assert.equal(holds(`not ${no} and ${yes}`), true);
    assert.equal(holds(`not (${no} or ${yes})`), false);
    assert.equal(holds(`NOT ${no} AND (${yes} OR ${no})`), true);
  });

  it("reads quotes, escapes and words as they are", () => {
    const value = (text: string) => {
      const expression = parseExpression(`name = ${text}`);
      return expression.kind === "compare" ? expression.value.value : null;
    };
    assert.equal(value(String.raw`'it\'s "so"'`), `it's "so"`);
    assert.equal(value(String.raw`"a\\b"`), String.raw`a\b`);
    assert.equal(value("'); drop table runs --'"), "); drop table runs --");
    assert.equal(value("k3v9x2mp"), "k3v9x2mp");
    assert.equal(value("-1.5e-3"), -0.0015);
    assert.deepEqual(fieldsOf(parseExpression("a.b/c = 1 or not (d in (e))")), ["a.b/c", "d"]);
  });

  it("points at what is wrong", () => {
    assert.deepEqual(problem("psnr >"), ["--where: expected a value, got the end", 6]);
    assert.deepEqual(problem("psnr"), [
      "--where: expected one of = == != <> < <= > >= ~ !~ or in, got the end",
      4,
    ]);
    assert.deepEqual(problem("= 3"), ['--where: expected a field such as metrics.unseen.psnr, got "="', 0]);
    assert.deepEqual(problem("a = 1 b = 2"), ['--where: expected and, or, or the end, got "b"', 6]);
    assert.deepEqual(problem("(a = 1"), ['--where: expected ")", got the end', 6]);
    assert.deepEqual(problem("a = 'x"), [`--where: expected a closing quote, got "'x"`, 4]);
    assert.deepEqual(problem("a = 1; drop table runs"), [
      '--where: expected a field, an operator or a value, got "; drop table runs"',
      5,
    ]);
    assert.deepEqual(problem("a in 1"), ['--where: expected "(", got "1"', 5]);
    assert.deepEqual(problem(""), ["--where: expected a field such as metrics.unseen.psnr, got the end", 0]);
  });

  it("of any length is read and tried without recursion; of some depth it is refused", () => {
    for (const word of [" and ", " or "])
      assert.equal(holds(Array.from({ length: 20_000 }, () => "psnr > 1").join(word)), true);
    const nested = (depth: number) => `${"(".repeat(depth)}psnr > 1${")".repeat(depth)}`;
    assert.equal(holds(nested(100)), true);
    for (const tooDeep of [nested(101), nested(100_000), `${"not ".repeat(100_000)}psnr > 1`])
      assert.throws(
        () => holds(tooDeep),
        /expected at most 100 levels of not and parentheses, got "(\(|not)"/,
      );
  });
});

describe("the order of fields", () => {
  it("is that of numbers or of words, with what is missing last both ways", () => {
    const sorted = (values: FieldValue[], descending: boolean) =>
      values.toSorted((a, b) => compareFields(a, b, descending));
    assert.deepEqual(sorted([10, null, 9, Number.NaN], false).slice(0, 2), [9, 10]);
    assert.deepEqual(sorted([10, null, 9], true), [10, 9, null]);
    assert.deepEqual(sorted(["run 10", "run 9"], false), ["run 9", "run 10"]);
  });
});
