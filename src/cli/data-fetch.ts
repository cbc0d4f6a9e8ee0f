// hueristic data fetch: downloads data sets and lays them out as the configuration expects them.

import { UserError } from "../errors.ts";
import type { Command, GlobalOptions } from "./context.ts";

type FetchOptions = GlobalOptions & {
  readonly what: readonly string[] | undefined;
  readonly root: string | undefined;
  readonly from: string | undefined;
  readonly list: boolean;
  readonly "keep-archive": boolean;
};

export const dataFetchCommand: Command<FetchOptions> = {
  command: "fetch [what..]",
  summary: "Download data sets from their official addresses",
  options: (yargs) =>
    yargs
      .positional("what", { type: "string", array: true, describe: "Names that --list shows" })
      .option("root", { type: "string", requiresArg: true, describe: "Folder where the data shall lie" })
      .option("from", {
        type: "string",
        requiresArg: true,
        describe: "Folder or address that has the same files, instead of the official one",
      })
      .option("list", { type: "boolean", default: false, describe: "Names, sizes and licences" })
      .option("keep-archive", {
        type: "boolean",
        default: false,
        describe: "Keep the .zip after it is extracted",
      })
      .example("$0 data fetch --list", "What can be fetched")
      .example("$0 data fetch coco-val2017 coco-annotations2017 --root data/coco", "1 GB in all")
      .example("$0 data fetch celeba --root data/celeba --from ~/Downloads", "Downloaded by hand"),

  async run() {
    throw new UserError("data fetch: not there yet");
  },
};
