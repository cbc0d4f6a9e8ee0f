// hueristic report: one self-contained page about runs.

import type { Command, Context, GlobalOptions } from "./context.ts";
import { formatBytes } from "./format.ts";

type ReportOptions = GlobalOptions & {
  readonly run: readonly string[] | undefined;
  readonly out: string;
  readonly png: string | undefined;
};

export const reportCommand: Command<ReportOptions> = {
  command: "report [run..]",
  summary: "One self-contained HTML page about runs; several are compared",
  options: (yargs) =>
    yargs
      .positional("run", {
        type: "string",
        array: true,
        describe: "Id, its beginning, a name or latest",
        defaultDescription: "latest",
      })
      .option("out", { type: "string", default: "report.html", requiresArg: true, describe: "File to write" })
      .option("png", {
        type: "string",
        requiresArg: true,
        describe: "Folder for every picture as a PNG file",
      })
      .example("$0 report", "The newest run, into report.html")
      .example("$0 report k3v9 latest --out compared.html", "Two runs side by side")
      .example("$0 report demo --png figures", "The newest run named demo; charts and samples as files too"),

  async run({ runs, run, out, png }, context) {
    await writeReportOf(runs, run?.length ? run : ["latest"], { out, png: png ?? null }, context);
    return 0;
  },
};

/** Writes the report, then says where. */
export async function writeReportOf(
  runsFolder: string,
  refs: readonly string[],
  { out, png }: { readonly out: string; readonly png: string | null },
  { output, print }: Pick<Context, "output" | "print">,
): Promise<void> {
  const { openStore } = await import("../store/open-store.ts");
  const { writeReport } = await import("../report/write-report.ts");
  const { pathToFileURL } = await import("node:url");
  const store = openStore(runsFolder, { readonly: true });
  try {
    const ids = [...new Set(refs.map((ref) => store.getRun(ref).id))];
    const { file, bytes, images } = await writeReport(store, ids, { out, png });
    print(`${[file, ...images].join("\n")}\n`);
    const pictures = images.length === 0 ? "" : ` and ${images.length} pictures`;
    output.info(`wrote ${formatBytes(bytes)}${pictures}: ${pathToFileURL(file).href}`);
  } finally {
    store.close();
  }
}
