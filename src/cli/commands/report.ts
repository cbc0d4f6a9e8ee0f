// hueristic report: one self-contained page about runs.

import { UserError } from "../../errors.ts";
import { type PageKind, pageKinds } from "../../experiment/report-section.ts";
import { formatBytes } from "../../format-bytes.ts";
import type { Definition } from "../../report/definition.ts";
import type { Command, Context, GlobalOptions } from "../context.ts";

type ReportOptions = GlobalOptions & {
  readonly run: readonly string[] | undefined;
  readonly out: string;
  readonly page: PageKind | undefined;
  readonly "max-size": string | undefined;
  readonly png: string | undefined;
};

export const reportCommand: Command<ReportOptions> = {
  command: "report [run..]",
  summary: "One self-contained HTML page about runs or a sweep; several runs are compared",
  options: (yargs) =>
    yargs
      .positional("run", {
        type: "string",
        array: true,
        describe: "Run or sweep (id, its beginning, name, latest, file), a tag, or a report definition",
        defaultDescription: "latest, which with --page sweep is the newest sweep",
      })
      .option("out", { type: "string", default: "report.html", requiresArg: true, describe: "File to write" })
      .option("page", {
        choices: pageKinds,
        requiresArg: true,
        describe: "What the page is about; chosen by what is given",
      })
      .option("max-size", {
        type: "string",
        requiresArg: true,
        defaultDescription: "15MB",
        describe: "Makes pictures smaller, then fewer, until the page fits; it says how",
      })
      .option("png", {
        type: "string",
        requiresArg: true,
        describe: "Folder for every chart and grid as a PNG file",
      })
      .example("$0 report", "The newest run, into report.html")
      .example("$0 report k3v9 latest --out compared.html", "Two runs side by side")
      .example("$0 report baseline --page models", "All runs with a tag, as models")
      .example("$0 report sweep.yaml", "The sweep of that file; a sweep's id or name does as well")
      .example("$0 report demo --png figures", "The newest run named demo; charts and samples as files too"),

  async run({ runs, run, out, page, png, ...options }, context) {
    const wanted = { out, png: png ?? null, page: page ?? null, maxSize: options["max-size"] ?? null };
    await writeReportOf(runs, run?.length ? run : ["latest"], wanted, context);
    return 0;
  },
};

/** Writes the report, then says where. */
export async function writeReportOf(
  runsFolder: string,
  refs: readonly string[],
  wanted: {
    readonly out: string;
    readonly png: string | null;
    readonly page?: PageKind | null;
    readonly maxSize?: string | null;
  },
  { output, print }: Pick<Context, "output" | "print">,
): Promise<void> {
  const { openExisting } = await import("../target/existing-store.ts");
  const { writeReport } = await import("../../report/write-report.ts");
  const { reportTarget } = await import("../target/report-target.ts");
  const { pathToFileURL } = await import("node:url");
  const size = await sizeOf(wanted.maxSize ?? null);
  const { definition, named } = await withDefinition(refs);
  const store = await openExisting(runsFolder, { readonly: true }, output);
  try {
    const { out, png, page = null } = wanted;
    const { runIds, sweep } = await reportTarget(store, named, page);
    const { file, bytes, images, note } = await writeReport(store, runIds, {
      out,
      png,
      page,
      definition,
      sweep,
      ...(size === null ? {} : { maxSize: size }),
    });
    print(`${[file, ...images].join("\n")}\n`);
    if (note !== null) output.info(note);
    const pictures = images.length === 0 ? "" : ` and ${images.length} pictures`;
    output.info(`wrote ${formatBytes(bytes)}${pictures}: ${pathToFileURL(file).href}`);
  } finally {
    store.close();
  }
}

async function sizeOf(text: string | null): Promise<number | null> {
  if (text === null) return null;
  const { parseSize } = await import("../../parse-size.ts");
  const bytes = parseSize(text);
  if (bytes === null)
    throw new UserError(`--max-size: expected a size such as 15MB, got ${JSON.stringify(text)}`);
  return bytes;
}

/** A YAML file among the references is a definition where it is one; the other references are its runs then. */
async function withDefinition(
  refs: readonly string[],
): Promise<{ readonly definition: Definition | null; readonly named: readonly string[] }> {
  const { readFile } = await import("node:fs/promises");
  const { existingPath } = await import("../../existing-path.ts");
  const { isDefinition, readDefinition } = await import("../../report/definition.ts");
  let definition: Definition | null = null;
  const named: string[] = [];
  for (const ref of refs) {
    const text = /\.ya?ml$/i.test(ref) ? await readFile(existingPath(ref), "utf8").catch(() => null) : null;
    if (text === null || !isDefinition(text)) named.push(ref);
    else if (definition !== null)
      throw new UserError(`${ref}: expected one report definition, got a second one`);
    else definition = readDefinition(text, ref);
  }
  if (definition !== null && named.length === 0) {
    if (definition.runs.length === 0)
      throw new UserError("runs: expected the runs of the report, in its definition or on the command line");
    return { definition, named: definition.runs };
  }
  return { definition, named };
}
