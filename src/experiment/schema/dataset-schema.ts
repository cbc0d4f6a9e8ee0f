// What a user may write in `dataset`, and as a data set to measure on.

import { datasetSchema } from "../../datasets/datasets.ts";
import { sharedOptions } from "../../datasets/shared-options.ts";
import { share } from "../../settings/leaves.ts";

export const dataset = datasetSchema(sharedOptions).describe(
  "The images. `dataset: synthetic` is short for `dataset: {kind: synthetic}`.",
);

/** A data set to measure on. */
export const evaluationSet = datasetSchema({
  ...sharedOptions,
  holdout: share()
    .nullable()
    .default(null)
    .describe(
      "Measure on this share only, the one that a data set of the same keys holds out as unseen. Where it is left out: on all images, or on those of unseen_split or of a folder's split.",
    ),
}).describe("Images to measure on: a data set, of which all images count unless it says which are unseen.");
