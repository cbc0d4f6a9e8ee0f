// What a network was trained on that came from elsewhere (`hueristic import`): nothing is known of it but the file of its
// weights, or the folder of what it logged. It stands in the experiments of imported runs alone: the schema of experiment files leaves it out.

import { UserError } from "../../errors.ts";
import { text } from "../../settings/leaves.ts";
import type { DatasetKind } from "../dataset.ts";
import { quoted } from "../quoted.ts";

const options = {
  file: text().describe("Name of the file or folder that was imported."),
  sha256: text().describe("SHA-256 of what was imported."),
};

export const elsewhere: DatasetKind<"elsewhere", typeof options> = {
  kind: "elsewhere",
  description: "Images that are not known, of a network that `hueristic import` took over.",
  images: "images elsewhere",
  options,
  labelled: null,
  labels: () => null,
  describe: ({ file }) => `images elsewhere, of ${quoted(file)}`,
  lookedFor: () => "nothing",
  hasOfficialSides: () => false,
  problems: () => [],
  paths: () => [],
  async list({ file }, { key = "dataset" } = {}) {
    throw new UserError(
      `${key}: expected images, got none: the network was trained elsewhere and imported from ${file}; it can be measured on others (evaluate --on), not trained on`,
    );
  },
};
