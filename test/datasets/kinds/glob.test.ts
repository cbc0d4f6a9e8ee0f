import assert from "node:assert/strict";
import { test } from "node:test";
import { globMatcher, globProblem } from "../../../src/datasets/kinds/glob.ts";

const cases: readonly [pattern: string, matches: readonly string[], others: readonly string[]][] = [
  ["*.jpg", ["a.jpg", ".jpg"], ["a/b.jpg", "a.JPG", "ajpg", "a.jpg.png"]],
  ["**/*.jpg", ["a.jpg", "a/b.jpg", "a/b/c.jpg"], ["a.png"]],
  ["a/**", ["a/b.jpg", "a/b/c.jpg"], ["b/a/c.jpg", "ab/c.jpg"]],
  ["a/**/c.jpg", ["a/c.jpg", "a/b/c.jpg", "a/b/b/c.jpg"], ["ac.jpg", "a/bc.jpg"]],
  ["**", ["a", "a/b"], []],
  ["a**b", ["ab", "axxb"], ["a/b"]],
  ["?.jpg", ["a.jpg", "🌻.jpg"], ["ab.jpg", "/.jpg"]],
  ["{a,b/c}/*.{jpg,png}", ["a/x.jpg", "b/c/x.png"], ["b/x.jpg", "a/x.gif"]],
  ["x{a,{b,c}}{,1}", ["xa", "xb", "xc1"], ["x", "xd"]],
  ["**/{val,test}/**", ["val/a.jpg", "x/test/y/a.jpg"], ["train/a.jpg", "val.jpg"]],
  ["a (1)+[x].$^|.jpg", ["a (1)+[x].$^|.jpg"], ["a 1x.jpg"]],
  ["a{1..3}.jpg", ["a1.jpg", "a3.jpg"], ["a4.jpg", "a{1..3}.jpg.png"]],
  ["line\n*.png", ["line\nend.png"], ["line end.png"]],
];

for (const [pattern, matches, others] of cases) {
  test(`glob ${JSON.stringify(pattern)}`, () => {
    assert.equal(globProblem(pattern), null);
    const doesMatch = globMatcher(pattern);
    assert.deepEqual(matches.filter(doesMatch), matches);
    assert.deepEqual(others.filter(doesMatch), []);
  });
}

test("what is no pattern, and why", () => {
  for (const [pattern, problem] of [
    ["a\\*.jpg", "a pattern with forward slashes"],
    ["/a/*.jpg", "a pattern relative to root"],
    ["./a", "a pattern relative to root"],
    ["../a", "a pattern relative to root"],
    ["a//b", "a pattern relative to root"],
    ["{a,b", "a pattern whose braces are closed"],
    ["a}b{c}", "a pattern whose braces are closed"],
  ] as const) {
    assert.equal(globProblem(pattern), problem, pattern);
  }
});
