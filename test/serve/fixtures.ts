// A server over a store of its own, and a writer of a run that is under way.

import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import sharp from "sharp";
import { type RunningServer, startServer } from "../../src/serve/start-server.ts";
import { openStore, type Store } from "../../src/store/open-store.ts";
import type { RunWriter } from "../../src/store/run-writer.ts";
import { log, newRun, saveDataset, temporaryFolder } from "../store/fixtures.ts";

const stepsPerEpoch = 10;

export type Fixture = {
  readonly server: RunningServer;
  /** What the server said in its terminal. */
  readonly errors: unknown[];
  readonly store: Store;
  readonly folder: string;
};

export async function servedStore(
  t: TestContext,
  fill: (store: Store) => Promise<void> | void,
): Promise<Fixture> {
  const folder = temporaryFolder(t);
  const store = openStore(folder);
  saveDataset(store);
  await fill(store);
  const errors: unknown[] = [];
  const onError = (thrown: unknown) => errors.push(thrown);
  const server = await startServer(folder, { host: "127.0.0.1", port: 0, warn: assert.fail, onError });
  t.after(async () => {
    await server.close();
    store.close();
  });
  return { server, errors, store, folder };
}

export function startRun(
  store: Store,
  name: string,
  tags: readonly string[] = [],
  learningRate = 0.001,
): RunWriter {
  const { experiment } = newRun();
  const train = {
    ...experiment.train,
    optimizer: { ...experiment.train.optimizer, learning_rate: learningRate },
  };
  return store.createRun(newRun({ name, stepsPerEpoch, experiment: { ...experiment, name, tags, train } }));
}

/** The losses of an epoch, and its samples: two seen and two unseen images, a color for every epoch. */
export async function addEpoch(writer: RunWriter, epoch: number): Promise<void> {
  for (let step = Math.max(0, (epoch - 1) * stepsPerEpoch + 1); step <= epoch * stepsPerEpoch; step++)
    log(writer, step, { "train/loss": 1 / (step + 1) });
  log(writer, epoch * stepsPerEpoch, { "unseen/loss": 1 / (epoch + 1) });
  for (const set of ["seen", "unseen"] as const)
    for (const index of [0, 1])
      for (const kind of epoch === 0 ? (["real", "grey", "colorized"] as const) : (["colorized"] as const)) {
        const color =
          kind === "grey" ? "#808080" : kind === "real" ? "#a05020" : `rgb(${20 * epoch},80,${40 * index})`;
        const bytes = await picture(color);
        writer.logImages([
          { epoch, set, index, kind, imageId: `${set} ${index}.png`, mime: "image/webp", bytes },
        ]);
      }
  writer.flush();
}

function picture(background: string): Promise<Buffer> {
  return sharp({ create: { width: 16, height: 16, channels: 3, background } })
    .webp({ lossless: true })
    .toBuffer();
}
