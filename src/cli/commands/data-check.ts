// hueristic data check: reads every file of a data set as a run would, and lists what is not used or not as it
// should be. The prepared images stay in the cache, so that a run that follows finds them.

import type { Finding } from "../../datasets/inspect/findings.ts";
import type { PreparedDataset } from "../../datasets/prepare/prepare.ts";
import { formatCount } from "../../runs/format/numbers.ts";
import { type Command, type Context, type GlobalOptions, toJson } from "../context.ts";
import { plainText } from "../print/format.ts";

type CheckOptions = GlobalOptions & {
  readonly what: string;
  readonly overrides: readonly string[] | undefined;
  readonly all: boolean;
  readonly json: boolean;
};

/** What --json prints. */
type Checked = {
  readonly description: string;
  readonly seen: number;
  readonly unseen: number;
  readonly size: number;
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
};

const fewFiles = 3;

export const dataCheckCommand: Command<CheckOptions> = {
  command: "check <what> [overrides..]",
  summary: "Which files of a data set cannot be used, and why",
  options: (yargs) =>
    yargs
      .positional("what", {
        type: "string",
        demandOption: true,
        describe: "Folder of images, or experiment file",
      })
      .positional("overrides", { type: "string", array: true, describe: "key=value, as for run" })
      .option("all", { type: "boolean", default: false, describe: "Every file, not only a few of each kind" })
      .option("json", { type: "boolean", default: false, describe: "Machine-readable" })
      .example("$0 data check ~/Pictures", "Any folder of images")
      .example("$0 data check data/coco dataset.kind=coco", "A folder that is laid out as COCO")
      .example("$0 data check experiments/celeba-beta.yaml --all", "What it would train on"),

  async run({ what, overrides = [], all, json, runs }, context) {
    const { readDataTarget } = await import("../target/data-target.ts");
    const { experiment } = await readDataTarget(what, overrides, {
      command: "data check",
      runsFolder: runs,
      output: context.output,
    });
    const { untilInterrupted } = await import("../../runner/interrupt.ts");
    const { openDataset } = await import("../../runner/open-dataset.ts");
    return untilInterrupted(async (signal) => {
      const opening = openDataset(experiment, {
        runsFolder: runs,
        output: context.output,
        signal,
        words: { done: "images checked", waiting: "which reads the same images" },
      });
      const dataset = await opening.catch((error) => explain(error, all, context));
      dataset.close();
      const checked = await check(dataset);
      context.print(json ? toJson(checked) : await textOf(checked, all, context));
    });
  },
};

/** Where too few images are left, which files are not among them. */
async function explain(error: unknown, all: boolean, context: Context): Promise<never> {
  const { TooFewImages } = await import("../../datasets/prepare/sides.ts");
  if (error instanceof TooFewImages) {
    const { leftOut } = await import("../../datasets/inspect/findings.ts");
    const lines = await linesOf(leftOut(error.skipped), all, context);
    if (lines.length > 0) context.print(`${lines.slice(1).join("\n")}\n\n`);
  }
  throw error;
}

async function check(dataset: PreparedDataset): Promise<Checked> {
  const { findingsOf } = await import("../../datasets/inspect/findings.ts");
  const { description, seen, unseen, size, notes } = dataset;
  return {
    description,
    seen: seen.length,
    unseen: unseen.length,
    size,
    findings: findingsOf(dataset),
    notes,
  };
}

async function textOf(
  { description, seen, unseen, findings, notes }: Checked,
  all: boolean,
  context: Context,
) {
  const { colors } = context;
  const left = findings.filter(({ skipped }) => skipped).reduce((sum, { files }) => sum + files.length, 0);
  const lines = [
    plainText(description),
    `${colors.bold(formatCount(seen + unseen))} usable, ${colors.bold(formatCount(left))} left out`,
    ...(await linesOf(findings, all, context)),
  ];
  if (notes.length > 0) lines.push("", colors.bold("Notes"), ...notes.map((note) => `  ${plainText(note)}`));
  return `${lines.join("\n")}\n`;
}

/** An empty line before every finding. */
async function linesOf(findings: readonly Finding[], all: boolean, { colors }: Context): Promise<string[]> {
  const { quoted } = await import("../../datasets/quoted.ts");
  const lines: string[] = [];
  for (const { finding, skipped, files } of findings) {
    const fate = skipped ? ", left out" : "";
    lines.push("", `${colors.bold(formatCount(files.length))} ${plainText(finding)}${fate}`);
    const shown = all ? files : files.slice(0, fewFiles);
    for (const { path, detail } of shown) {
      lines.push(`  ${quoted(path)}${detail === null ? "" : `: ${plainText(detail)}`}`);
    }
    if (files.length > shown.length) {
      lines.push(`  and ${formatCount(files.length - shown.length)} more: --all shows them`);
    }
  }
  return lines;
}
