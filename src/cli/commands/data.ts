// hueristic data: the commands about data sets on disk. A new one is an import and a line.

import { type AddCommand, commandGroup } from "../command-group.ts";
import { dataCheckCommand } from "./data-check.ts";
import { dataCleanCommand } from "./data-clean.ts";
import { dataFetchCommand } from "./data-fetch.ts";
import { dataInfoCommand } from "./data-info.ts";

export const dataCommand = (add: AddCommand) =>
  commandGroup(add, {
    name: "data",
    summary: "Fetch data sets, see what is in them, and clean up",
    examples: [
      ["$0 data fetch --list", "What can be fetched"],
      ["$0 data info latest", "What the newest run was trained on"],
    ],
    addAll(add) {
      add(dataFetchCommand);
      add(dataCheckCommand);
      add(dataInfoCommand);
      add(dataCleanCommand);
    },
  });
