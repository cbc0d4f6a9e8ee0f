// hueristic data fetch: downloads data sets and lays them out as the configuration expects them.

import type { Source } from "../../datasets/fetch/sources.ts";
import { UserError } from "../../errors.ts";
import { formatBytes } from "../../format-bytes.ts";
import { shellWord } from "../../runs/format/words.ts";
import type { Command, Context, GlobalOptions } from "../context.ts";
import { formatTable } from "../print/table.ts";

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
        describe: "Folder or address of the same files, not the official one",
      })
      .option("list", { type: "boolean", default: false, describe: "Names, sizes and licences" })
      .option("keep-archive", {
        type: "boolean",
        default: false,
        describe: "Keep the .zip after it is extracted",
      })
      .example("$0 data fetch --list", "What can be fetched")
      .example("$0 data fetch coco-val2017 --root data/coco", "The same again goes on after Ctrl-C")
      .example("$0 data fetch celeba --root data/celeba --from ~/Downloads", "Downloaded by hand"),

  async run({ what = [], root, from, list, "keep-archive": keepArchive }, context) {
    const { sources } = await import("../../datasets/fetch/sources.ts");
    if (list) {
      printList(sources, context);
      return 0;
    }
    const names = await knownNames(what, Object.keys(sources));
    if (root === undefined || root === "")
      throw new UserError("data fetch: expected --root and the folder where the data shall lie");
    if (from === "") throw new UserError('--from: expected a folder or an address, got ""');

    const { fetchSource } = await import("../../datasets/fetch/fetch-source.ts");
    const { exitCodes, watchInterrupts } = await import("../../runner/interrupt.ts");
    const { output } = context;
    const interrupt = watchInterrupts((signal) =>
      output.info(`${signal}: stopping; once more stops at once`),
    );
    try {
      for (const name of names) {
        const source: Source = sources[name as keyof typeof sources];
        output.info(`${name}: licence: ${source.licence} (${source.page})`);
        await fetchSource(name, source, {
          root,
          from: from ?? null,
          keepArchive,
          output,
          signal: interrupt.abort,
        });
      }
      return 0;
    } catch (error) {
      const signal = interrupt.signal();
      if (signal === null) throw error;
      const flags = [
        `--root ${shellWord(root)}`,
        ...(from === undefined ? [] : [`--from ${shellWord(from)}`]),
        ...(keepArchive ? ["--keep-archive"] : []),
      ].join(" ");
      output.info(`what was downloaded is kept; to go on: hueristic data fetch ${names.join(" ")} ${flags}`);
      return exitCodes[signal];
    } finally {
      interrupt.close();
    }
  },
};

/** Each once, all of them checked before the first is fetched. */
async function knownNames(what: readonly string[], known: readonly string[]): Promise<readonly string[]> {
  if (what.length === 0)
    throw new UserError(`data fetch: expected the name of a data set (known: ${known.join(", ")})`);
  const { knownName } = await import("../../datasets/kinds/known-names.ts");
  for (const name of what) knownName("data fetch", "data set", name, known);
  return [...new Set(what)];
}

function printList(sources: Readonly<Record<string, Source>>, { print, colors, width }: Context): void {
  const rows = Object.entries(sources);
  const sum = (source: Source, bytes: (file: Source["files"][number]) => number) =>
    formatBytes(source.files.reduce((total, file) => total + bytes(file), 0));
  const [titles, ...lines] = formatTable<(typeof rows)[number]>(
    [
      { title: "name", align: "left", expendable: 0, cell: ([name]) => name },
      {
        title: "download",
        align: "right",
        expendable: 0,
        cell: ([, source]) => sum(source, ({ bytes }) => bytes),
      },
      {
        title: "on disk, at most",
        align: "right",
        expendable: 1,
        cell: ([, source]) =>
          sum(source, ({ bytes, place }) => (place.kind === "list" ? bytes : place.extractedBytes)),
      },
      {
        title: "licence",
        align: "left",
        expendable: 0,
        shortest: 10,
        cell: ([, { licence }]) => licence,
      },
    ],
    rows,
    width,
  );
  print(`${colors.bold(titles!)}\n${lines.join("\n")}\n`);
}
