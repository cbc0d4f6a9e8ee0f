import assert from "node:assert/strict";
import { test } from "node:test";
import { drawScene } from "../../src/datasets/scenes/scenes.ts";
import { meanChroma, oppositeColors } from "../../src/judge/opposite-colors.ts";
import { type PlannedPair, type PlanOptions, planPairs } from "../../src/judge/plan-pairs.ts";
import { rightPicture } from "../../src/judge/right-picture.ts";

/** Photographs whose chroma rises with their number. */
const chroma = Array.from({ length: 100 }, (_, at) => at);
const plan = (options: Partial<PlanOptions>) =>
  planPairs({ question: "real", networks: 2, chroma, pairs: 40, seed: 1, ...options });

const isControl = ({ network }: PlannedPair) => network === null;

test("real: networks and sides balanced, a tenth controls of much color, no photograph twice", () => {
  const { practice, pairs } = plan({ networks: 3 });
  assert.equal(pairs.length, 40);
  const controls = pairs.filter(isControl);
  assert.equal(controls.length, 4);
  assert.ok([...controls, ...practice.filter(isControl)].every(({ image }) => image >= 75));
  for (const network of [0, 1, 2]) {
    const own = pairs.filter((pair) => pair.network === network);
    assert.equal(own.length, 12);
    assert.equal(own.filter(({ place }) => place === 0).length, 6);
  }
  assert.equal(controls.filter(({ place }) => place === 0).length, 2);
  assert.ok(pairs.every(({ against }) => against === null));
  const images = [...practice, ...pairs].map(({ image }) => image);
  assert.equal(new Set(images).size, images.length);
  assert.deepEqual(
    practice.map(({ network }) => network !== null),
    [false, true, true, false, true, true],
  );
});

test("better: every two networks as often, each on either side as often", () => {
  const { practice, pairs } = plan({ question: "better", networks: 3 });
  const places = new Map<string, number[]>();
  for (const { network, against, place } of pairs.filter((pair) => !isControl(pair))) {
    const key = `${network} ${against}`;
    places.set(key, [...(places.get(key) ?? []), place]);
  }
  assert.deepEqual([...places.keys()].sort(), ["0 1", "0 2", "1 2"]);
  for (const each of places.values()) assert.equal(each.filter((place) => place === 0).length, 6);
  assert.ok(practice.every(isControl));
});

test("the seed decides, and the order says nothing of roles", () => {
  assert.deepEqual(plan({}), plan({}));
  assert.notDeepEqual(plan({}).pairs, plan({ seed: 2 }).pairs);
  const controls = (seed: number) =>
    plan({ seed }).pairs.flatMap((pair, at) => (isControl(pair) ? [at] : []));
  assert.notDeepEqual(controls(1), controls(2));
});

test("controls are spread over the pairs, and practice has its answers on both sides", () => {
  for (let seed = 1; seed <= 20; seed++)
    for (const question of ["real", "better"] as const) {
      const { practice, pairs } = plan({ question, seed });
      const places = pairs.flatMap((pair, at) => (isControl(pair) ? [at] : []));
      assert.deepEqual(
        places.map((at) => Math.floor(at / 10)),
        [0, 1, 2, 3],
      );
      const left = practice.filter(({ place }) => place === 0).length;
      assert.equal(left, Math.ceil(practice.length / 2));
    }
});

test("too few photographs or pairs", () => {
  assert.throws(
    () => plan({ chroma: chroma.slice(0, 45) }),
    /^UserError: judge: expected at least 46 photographs for 40 pairs and 6 to practice with, got 45; /,
  );
  assert.throws(
    () => plan({ question: "better", networks: 5, pairs: 10 }),
    /^UserError: judge: --pairs: expected at least one for each of 10 comparisons of 5 networks beside 1 for control, got 10$/,
  );
});

test("controls show the same lightness in opposite colors; the answer is what was asked for", () => {
  const scene = drawScene(1, 0, 32);
  const turned = oppositeColors(scene);
  assert.ok(meanChroma(scene) > 5);
  // Colors that no screen can show lose some.
  assert.ok(meanChroma(turned) > 3 && meanChroma(turned) < 1.2 * meanChroma(scene));
  const grey = Uint8Array.of(50, 50, 50, 200, 200, 200);
  assert.deepEqual(oppositeColors(grey), grey);
  assert.equal(meanChroma(grey) < 0.1, true);
  assert.deepEqual(
    (["real", "better"] as const).map((question) => rightPicture(question, { place: 0 })),
    [0, 1],
  );
});
