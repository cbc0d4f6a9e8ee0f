import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UserError } from "../../src/errors.ts";
import { fieldsOf, parseExpression } from "../../src/query/expression.ts";
import { compareFields, type FieldValue, matches } from "../../src/query/matches.ts";

const run: Readonly<Record<string, FieldValue>> = {
  name: "Beta on faces",
  psnr: 22.5,
  bad: Number.NaN,
  none: null,
  flip: true,
  tags: ["baseline", "paper"],
};

const holds = (text: string) => matches(parseExpression(text), (field) => run[field] ?? null);

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
      "tags = paper and tags in (paper) and tags ~ base and tags != other",
    ])
      assert.equal(holds(text), true, text);
    for (const text of [
      "psnr > '2'",
      "none < 1",
      "none > 1",
      "bad > 0",
      "bad < 0",
      "missing = 1",
      "tags = pap",
    ])
      assert.equal(holds(text), false, text);
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
      return expression.kind === "compare" ? expression.value : null;
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

  it("of any length is read without recursion over its text", () => {
    const long = Array.from({ length: 5000 }, () => "psnr > 1").join(" and ");
    assert.equal(holds(long), true);
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
