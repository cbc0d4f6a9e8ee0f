import assert from "node:assert/strict";
import { test } from "node:test";
import { formatBytes } from "../../src/format-bytes.ts";
import {
  formatCount,
  formatDigits,
  formatNumber,
  formatRough,
  formatShare,
} from "../../src/runs/format/numbers.ts";
import { formatAge, formatDuration, formatTime } from "../../src/runs/format/times.ts";
import { plural, shellWord, shorten } from "../../src/runs/format/words.ts";

test("numbers", () => {
  const cases: [number, string][] = [
    [0.0123456, "0.01235"],
    [12, "12"],
    [12_345, "12345"],
    [0, "0"],
    [-0, "0"],
    [0.0003, "0.0003"],
    [0.00001234, "1.23e-5"],
    [1234567.8, "1.23e+6"],
    [25.20001, "25.2"],
    [-0.5, "-0.5"],
    [Number.NaN, "not a number"],
    [Number.POSITIVE_INFINITY, "infinite"],
    [Number.NEGATIVE_INFINITY, "minus infinite"],
  ];
  for (const [value, expected] of cases) assert.equal(formatNumber(value), expected);
  assert.equal(formatDigits(0.0323456, 5), "0.032346");
  assert.deepEqual([0, 999, 1000, 3_892_194].map(formatCount), ["0", "999", "1,000", "3,892,194"]);
  assert.deepEqual([999, 1000, 54_414_979].map(formatRough), ["999", "1.0K", "54.4M"]);
  assert.deepEqual([formatShare(0.1254), formatShare(0.5, 0)], ["12.5 %", "50 %"]);
});

test("durations carry over, and never show 60 of a unit", () => {
  const cases: [number, string][] = [
    [-5, "0.0 s"],
    [1234, "1.2 s"],
    [9_960, "10 s"],
    [59_600, "1 min 0 s"],
    [3_599_600, "1 h 0 min"],
    [2 * 3_600_000 + 5 * 60_000, "2 h 5 min"],
    [86_399_000, "1 d 0 h"],
    [50 * 3_600_000, "2 d 2 h"],
  ];
  for (const [ms, expected] of cases) assert.equal(formatDuration(ms), expected);
  assert.deepEqual([50 * 3_600_000, -1].map(formatAge), ["2 d", "1 s"]);
});

test("dates are UTC", () => {
  const at = Date.UTC(2026, 10, 23, 2, 1, 33, 700);
  assert.deepEqual(
    [formatTime(at), formatTime(at, "second")],
    ["2026-11-23 02:01 UTC", "2026-11-23 02:01:33 UTC"],
  );
});

test("sizes", () => {
  const bytes = [0, 511.6, 1023, 1024, 10_189, 1_048_500, 815_585_330, 5 * 2 ** 30];
  const texts = ["0 B", "512 B", "1023 B", "1.0 KiB", "10 KiB", "1.0 MiB", "778 MiB", "5.0 GiB"];
  assert.deepEqual(bytes.map(formatBytes), texts);
});

test("words", () => {
  assert.deepEqual([plural(1, "run"), plural(2000, "run")], ["1 run", "2,000 runs"]);
  const shortened = ["🌈🌈🌈🌈", "🌈🌈🌈", "abcd", "abc", ""].map((text) => shorten(text, 3));
  assert.deepEqual(shortened, ["🌈🌈…", "🌈🌈🌈", "ab…", "abc", ""]);
  assert.equal(shellWord("runs/a-b.1"), "runs/a-b.1");
  assert.equal(shellWord("it's here"), "'it'\\''s here'");
});
