import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { synthetic } from "../../../src/datasets/kinds/synthetic.ts";
import { drawScene, scenesVersion } from "../../../src/datasets/scenes/scenes.ts";

test("the same seed and index draw the same scene, others another one", () => {
  assert.deepEqual(drawScene(3, 5, 32), drawScene(3, 5, 32));
  const scenes = Array.from({ length: 60 }, (_, index) =>
    Buffer.from(drawScene(3, index, 24)).toString("base64"),
  );
  assert.equal(new Set(scenes).size, 60);
  assert.notDeepEqual(drawScene(4, 5, 32), drawScene(3, 5, 32));
});

test("a scene is the same picture at every size", () => {
  for (let index = 0; index < 40; index++) {
    const [small, large] = [drawScene(9, index, 32), drawScene(9, index, 64)];
    const means = [small, large].map(
      (pixels) => pixels.reduce((sum, value) => sum + value, 0) / pixels.length,
    );
    assert.ok(Math.abs(means[0]! - means[1]!) < 6, `scene ${index}: ${means}`);
  }
});

test("no scene is blank or grey", () => {
  for (let index = 0; index < 200; index++) {
    const pixels = drawScene(1, index, 24);
    let chroma = 0;
    for (let at = 0; at < pixels.length; at += 3) {
      const rgb = [...pixels.subarray(at, at + 3)];
      chroma += Math.max(...rgb) - Math.min(...rgb);
    }
    assert.ok(
      chroma / (pixels.length / 3) > 8,
      `scene ${index}: mean chroma ${chroma / (pixels.length / 3)}`,
    );
  }
});

test("a change of the drawings raises scenesVersion", () => {
  const hash = createHash("sha256");
  for (let index = 0; index < 40; index++) hash.update(drawScene(1, index, 32));
  const drawn = hash.digest("hex").slice(0, 16);
  const known: Record<number, string> = { 2: "464d1f42a515daca" };
  assert.equal(drawn, known[scenesVersion], "raise scenesVersion, or old caches keep the old scenes");
});

test("the listing names the scenes and keys them by seed", async () => {
  const config = {
    kind: "synthetic",
    count: 3,
    limit: null,
    holdout: 0.2,
    seed: 4,
    greyscale: "keep",
  } as const;
  const { items } = await synthetic.list(config);
  assert.deepEqual(
    items.map(({ id }) => id),
    ["scene 00000", "scene 00001", "scene 00002"],
  );
  const other = await synthetic.list({ ...config, seed: 5 });
  assert.notDeepEqual(items[0]!.source, other.items[0]!.source);
});
