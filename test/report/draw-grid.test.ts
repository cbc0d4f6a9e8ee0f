import assert from "node:assert/strict";
import { test } from "node:test";
import { labelLines } from "../../src/report/png/draw-grid.ts";

test("a label is broken at blanks, so that what tells runs apart stays", () => {
  for (const [text, lines] of [
    ["Real colors", ["Real colors"]],
    ["pix2pix color=lab, seed 3", ["pix2pix color=lab,", "seed 3"]],
    ["scales-and-attention-together", ["scales-and-attent…"]],
    [
      "a quite long name of a run with a seed at its end",
      ["a quite long name", "of a run with a", "seed at its end"],
    ],
    [
      "one long-long-long two long-long-long three long-long-long four",
      ["one long-long-long", "two long-long-long", "three", "long-long-long fo…"],
    ],
  ] as const)
    assert.deepEqual(labelLines(text), lines);
});
