import assert from "node:assert/strict";
import { test } from "node:test";
import { ciede2000 } from "../../src/color/ciede2000.ts";
import { randomStream } from "../../src/random.ts";
import { sharma } from "../golden/metrics.ts";

type Six = [number, number, number, number, number, number];

test("the 34 pairs that Sharma, Wu and Dalal published, to 1e-4, in either order", () => {
  assert.equal(sharma.length, 34);
  for (const [l1, a1, b1, l2, a2, b2, published] of sharma) {
    const found = ciede2000(...([l1, a1, b1, l2, a2, b2] as Six));
    const turned = ciede2000(...([l2, a2, b2, l1, a1, b1] as Six));
    assert.ok(Math.abs(found - published!) < 1e-4, `${found} for ${published}`);
    assert.ok(Math.abs(turned - published!) < 1e-4, `${turned} for ${published}, turned`);
  }
});

test("a color differs from itself by nothing, and greys by lightness alone", () => {
  const stream = randomStream(1, "ciede2000");
  for (let i = 0; i < 1000; i++) {
    const color = [
      100 * stream.uniform(),
      200 * stream.uniform() - 100,
      200 * stream.uniform() - 100,
    ] as const;
    assert.equal(ciede2000(...color, ...color), 0);
  }
  assert.equal(ciede2000(50, 0, 0, 51, 0, 0), 1 / (1 + (0.015 * 0.25) / Math.sqrt(20.25)));
});
