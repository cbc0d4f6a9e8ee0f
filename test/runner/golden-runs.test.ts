// Whole small runs, from drawing pictures to the last evaluation, whose losses are those of test/golden/runs.json: what moves
// them makes old runs and new ones hard to compare. UPDATE_GOLDEN=1 npm test -- golden-runs writes that file anew for the
// engines that are here.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { whyNotNative } from "../../src/engine/native/addon.ts";
import { probeNative } from "../../src/engine/tensorflow-native.ts";
import { probeTorch } from "../../src/engine/torch/find-torch.ts";
import { openStore } from "../../src/store/open-store.ts";
import { assertAllClose } from "../allclose.ts";
import { callCli } from "../cli/call-cli.ts";
import { runCli } from "../cli/run-cli.ts";
import { temporaryFolder } from "../temporary-folder.ts";

type Losses = Readonly<Record<string, readonly number[]>>;
type Golden = Readonly<Record<string, Readonly<Record<string, Losses>>>>;

const goldenFile = fileURLToPath(new URL("../golden/runs.json", import.meta.url));
const golden = JSON.parse(readFileSync(goldenFile, "utf8")) as Golden;

const common = `
seed: 3
device: cpu
dataset: { kind: synthetic, count: 20, seed: 5 }
samples: { every: 3, seen: 1, unseen: 1 }
metrics: [psnr]
`;

const experiments = {
  beta: `${common}
model: beta
image: { size: 16 }
train: { epochs: 3, batch_size: 8, augment: { flip: true }, schedule: { kind: cosine } }
`,
  pix2pix: `${common}
model: { kind: pix2pix, width: 8, discriminator: { n_layers: 1 } }
image: { size: 32 }
train: { epochs: 3, batch_size: 8 }
`,
};

/**
 * Rounding alone, as of other instructions of another processor: our kernels and ONNX Runtime's differ by 2e-7 after these six
 * steps. Networks that play against each other drive it apart faster.
 */
const relative = { beta: 1e-5, pix2pix: 1e-4 } as const;

/** Why an engine is not here; null where it is. */
const engines: Readonly<Record<string, () => Promise<string | null>>> = {
  onnx: async () => null,
  "onnx with our kernels": whyNotNative,
  tensorflow: async () => reasonOf(await probeNative()),
  torch: async () => reasonOf(await probeTorch()),
};

function reasonOf(probe: { readonly found: boolean; readonly reason?: string }): string | null {
  return probe.found ? null : (probe.reason ?? "not found");
}

for (const [engine, whyNot] of Object.entries(engines))
  for (const model of ["beta", "pix2pix"] as const)
    test(`${model} on ${engine} has the losses that it had`, async (t) => {
      const why = await whyNot();
      if (why !== null) return t.skip(why);
      const losses = await lossesOf(t, engine, model);
      if (process.env.UPDATE_GOLDEN === "1") return keep(engine, model, losses);
      const expected = golden[engine]?.[model];
      if (expected === undefined) return t.skip("no losses of it were kept: UPDATE_GOLDEN=1 keeps them");
      assert.deepEqual(Object.keys(losses), Object.keys(expected));
      for (const [series, values] of Object.entries(expected))
        assertAllClose(
          losses[series]!,
          values,
          { relative: relative[model] },
          `numbers of runs moved (if that is meant, say so in the CHANGELOG as a results change, and write them anew with UPDATE_GOLDEN=1): ${engine}, ${model}, ${series}`,
        );
    });

/** Of every step and every epoch, by series. */
async function lossesOf(t: TestContext, engine: string, model: keyof typeof experiments): Promise<Losses> {
  const cwd = temporaryFolder(t);
  const [name = ""] = engine.split(" ");
  writeFileSync(path.join(cwd, "golden.yaml"), `${experiments[model]}engine: ${name}\n`);
  const words = ["run", "golden.yaml"];
  // Our kernels are taken or left by a whole process.
  const isPlain = engine === "onnx";
  const { code, stderr } = isPlain
    ? await runCli(words, { cwd, env: { HUERISTIC_NATIVE: "0" } })
    : await callCli(words, { cwd });
  assert.equal(code, 0, stderr);
  const store = openStore(path.join(cwd, "runs"), { readonly: true });
  try {
    const [run] = store.listRuns();
    const all = store.allSeries(run!.id).filter(({ name }) => /loss|psnr|score/.test(name));
    return Object.fromEntries(all.map(({ name, value }) => [name, Array.from(value, rounded)]));
  } finally {
    store.close();
  }
}

/** To what float32 holds. */
function rounded(value: number): number {
  return Number(value.toPrecision(8));
}

function keep(engine: string, model: string, losses: Losses): void {
  const kept = JSON.parse(readFileSync(goldenFile, "utf8")) as Golden;
  const changed = { ...kept, [engine]: { ...kept[engine], [model]: losses } };
  writeFileSync(goldenFile, `${JSON.stringify(changed, null, 1)}\n`);
}
