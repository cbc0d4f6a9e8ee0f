// Fingerprints of ordinary pictures are those of the versions before pictures were read as numbers (commit 48a429c);
// where the same file gives other pixels than then, the fingerprint is another one too.

import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { patches, pngOf } from "../formats/files.ts";
import { colorOf, folderConfig, prepare, temporaryFolder, write } from "../pictures.ts";

async function fingerprintOf(t: TestContext, bits: 8 | 16): Promise<string> {
  const root = temporaryFolder(t);
  for (let index = 0; index < 5; index++) {
    const { r, g, b } = colorOf(index * 37);
    write(join(root, `${index}.png`), pngOf(patches([[r, g, b]], index === 3 ? bits : 8)));
  }
  return (await prepare(t, folderConfig(root), temporaryFolder(t))).fingerprint;
}

test("8-bit pictures keep their fingerprint", async (t) => {
  assert.equal(await fingerprintOf(t, 8), "d04abcd2fc60f1bbd879e15bb9284d31b9381f997dc17643c8db91c27c8b4730");
});

test("a picture of 16 bits changes it", async (t) => {
  assert.notEqual(
    await fingerprintOf(t, 16),
    "f22f1221934be735d2abf0020a026ea95fddd0c17e0c96765f0d7ec8fa4aa3f7",
  );
});
