import assert from "node:assert/strict";
import { test } from "node:test";
import { createGanWatch, windowSteps } from "../../../src/runner/health/gan-watch.ts";

const values = (G_score: number, D_score: number) => ({
  "train/G_score": G_score,
  "train/D_score": D_score,
  "train/G_L1": 0.1,
});

/** Steps at which something is said, and its kind, where each pair of scores lasts so many steps. */
function said(...parts: readonly (readonly [steps: number, G_score: number, D_score: number])[]) {
  const watch = createGanWatch();
  const warnings: string[] = [];
  let step = 0;
  for (const [steps, G_score, D_score] of parts)
    for (let i = 0; i < steps; i++) {
      step++;
      for (const { kind } of watch(step, values(G_score, D_score))) warnings.push(`${step} ${kind}`);
    }
  return warnings;
}

test("an even game says nothing, however long", () => {
  assert.deepEqual(said([2000, 0.5, 0.5], [1000, 0.2, 0.8], [1000, 0.7, 0.5]), []);
});

test("a discriminator that is right for a whole window has won, and that is said once", () => {
  assert.deepEqual(said([3 * windowSteps, 0.02, 0.98]), [`${windowSteps} discriminator-won`]);
  assert.deepEqual(said([windowSteps - 1, 0.02, 0.98]), []);
  assert.deepEqual(said([3 * windowSteps, 0.06, 0.949]), []);
});

test("short victories are none", () => {
  const sway = Array.from({ length: 20 }, (_, i) => [50, 0.1, i % 2 === 0 ? 1 : 0.85] as const);
  assert.deepEqual(said([windowSteps, 0.5, 0.5], ...sway), []);
});

test("it is said again only after the game was open in between", () => {
  const won = [300, 0.02, 0.98] as const;
  assert.deepEqual(said(won, [300, 0.1, 0.92], won), ["200 discriminator-won"]);
  // 300 of 0.98, then 0.5: the mean falls below 0.9 and, from step 601 on, rises until it is 0.95 at step 788.
  const again = said(won, [300, 0.5, 0.5], won);
  assert.deepEqual(again, ["200 discriminator-won", "788 discriminator-won"]);
});

test("a generator whose pictures pass for real has won", () => {
  assert.deepEqual(said([windowSteps, 0.95, 0.5]), [`${windowSteps} generator-won`]);
  assert.deepEqual(said([2 * windowSteps, 0.89, 0.5]), []);
});

test("the message says what, when and what helps", () => {
  const watch = createGanWatch();
  let message = "";
  for (let step = 301; step <= 500; step++) message = watch(step, values(0.03, 0.96875))[0]?.message ?? "";
  assert.equal(
    message,
    "the discriminator has won: the mean of train/D_score is 0.97 over steps 301 to 500, where 0.5 is even; a smaller train.discriminator_optimizer.learning_rate often helps",
  );
});

test("networks without a discriminator are passed over", () => {
  const watch = createGanWatch();
  for (let step = 1; step < 500; step++) assert.deepEqual(watch(step, { "train/loss": 0.01 }), []);
});
