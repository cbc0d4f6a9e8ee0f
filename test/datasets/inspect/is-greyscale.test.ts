import assert from "node:assert/strict";
import { test } from "node:test";
import { colorfulnessOf, isGreyscale } from "../../../src/datasets/inspect/is-greyscale.ts";
import { chooseUsable } from "../../../src/datasets/prepare/choose-usable.ts";
import { drawScene } from "../../../src/datasets/scenes/scenes.ts";
import { randomStream } from "../../../src/random.ts";

/** Scenes without color, stretched to full contrast: a grey level has the color of `tone`, and as much noise. */
function toned(index: number, tone: (grey: number) => readonly number[], noise = 0): Uint8Array {
  const stream = randomStream("tone", index);
  const rgb = drawScene(2, index, 32);
  const lumas = Float64Array.from(
    { length: rgb.length / 3 },
    (_, pixel) => 0.3 * rgb[3 * pixel]! + 0.59 * rgb[3 * pixel + 1]! + 0.11 * rgb[3 * pixel + 2]!,
  );
  const [least, most] = [Math.min(...lumas), Math.max(...lumas)];
  for (const [pixel, luma] of lumas.entries()) {
    const colored = tone((255 * (luma - least)) / (most - least));
    rgb.set(
      Uint8ClampedArray.from(colored, (value) => value + noise * stream.normal()),
      3 * pixel,
    );
  }
  return rgb;
}

test("grey, sepia and other tones are no color, with noise too", () => {
  const tones: [string, (grey: number) => readonly number[], number][] = [
    ["grey", (grey) => [grey, grey, grey], 0],
    ["noise", (grey) => [grey, grey, grey], 1],
    ["sepia", (grey) => [40 + 0.8 * grey, 25 + 0.75 * grey, 10 + 0.6 * grey], 0],
    ["strong sepia", (grey) => [1.05 * grey + 20, 0.9 * grey + 10, 0.75 * grey], 1],
    ["selenium", (grey) => [grey + 4, grey, grey + 6], 0],
    ["cyanotype", (grey) => [10 + 0.9 * grey, 30 + 0.86 * grey, 70 + 0.7 * grey], 0.4],
    ["deep cyanotype", (grey) => [0.92 * grey, 49 + 0.78 * grey, 83 + 0.65 * grey], 0.4],
    ["duotone", (grey) => [0.9 * grey, grey, 0.95 * grey + 12], 0],
  ];
  for (const [name, tone, noise] of tones) {
    for (let index = 0; index < 20; index++) {
      const measured = colorfulnessOf(toned(index, tone, noise)).value;
      assert.ok(isGreyscale(measured), `${name} ${index}: ${measured}`);
    }
  }
});

test("what has color is not grey: scenes, a plain color, a small colored thing", () => {
  for (let index = 0; index < 300; index++)
    assert.ok(!isGreyscale(colorfulnessOf(drawScene(1, index, 32)).value));
  const plain = new Uint8Array(3072).map((_, at) => [40, 90, 200][at % 3]!);
  assert.ok(!isGreyscale(colorfulnessOf(plain).value));
  assert.ok(isGreyscale(colorfulnessOf(new Uint8Array(3072).fill(90)).value));
  const spot = toned(3, (grey) => [grey, grey, grey]);
  for (let pixel = 300; pixel < 400; pixel++) spot.set([200, 30, 40], 3 * pixel);
  assert.ok(!isGreyscale(colorfulnessOf(spot).value));
});

test("others stand in for what is dropped, up to the limit of each side", () => {
  const image = (id: string, side: "seen" | "unseen", colorfulness: number) => ({ id, side, colorfulness });
  const images = [
    image("a", "seen", 5),
    image("b", "seen", 0),
    image("c", "seen", 3),
    image("d", "unseen", 0.9),
    image("e", "unseen", 1.1),
  ];
  const limits = new Map([["seen", 2] as const, ["unseen", 1] as const]);
  const dropped = chooseUsable(images, limits, "drop");
  assert.deepEqual([...dropped.indices], [0, 2, 4]);
  assert.deepEqual(dropped.skipped, [
    { path: "b", reason: "greyscale" },
    { path: "d", reason: "greyscale" },
  ]);
  assert.deepEqual(dropped.notes, ['2 greyscale photographs left out, such as "b"']);
  const kept = chooseUsable(images, limits, "keep");
  assert.deepEqual([[...kept.indices], kept.skipped, kept.notes], [[0, 1, 3], [], []]);
});
