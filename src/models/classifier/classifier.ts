// classifier: learns which of the data set's labels a grey picture has, each by itself (COCO's categories, CelebA's
// attributes, sub-folders, parts of a union), so that gamma has something to be told by with nothing downloaded.

import { channels } from "../../settings/leaves.ts";
import type { SettingsOf } from "../../settings/variants.ts";
import { model } from "../model.ts";
import { trainingLoss } from "../training-loss.ts";

const lossKind = "label cross-entropy";

const options = { width: channels("Channels of its first layer.", 32) };

export type ClassifierSettings = SettingsOf<typeof options>;

export const classifier = model({
  kind: "classifier",
  description:
    "Learns labels of grey pictures: categories, attributes, sub-folders or parts of a union, for gamma and routers.",
  source: "our own; Ioffe, Szegedy 2015 for batch norm",
  options,
  sizeStep: 8,
  needs: "labels",
  output: () => "labels",
  lossKind: () => lossKind,
  series: () => [trainingLoss(lossKind)],
  problems(_config, { imageSize, batchSize, accumulate }) {
    if (imageSize !== 8 || batchSize === undefined || batchSize !== accumulate) return [];
    const text = "expected at least 2 at a time: batch norm of one picture with maps of 1x1 leaves nothing";
    return [{ path: ["train", "batch_size"], text }];
  },
  load: async () => (await import("./classifier-network.ts")).classifierNetwork,
  loadTeller: async () => (await import("./told-by-classifier.ts")).toldByClassifier,
});
