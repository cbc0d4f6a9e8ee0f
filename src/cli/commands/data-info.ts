// hueristic data info: what an experiment would train on, in numbers and as a sheet of pictures. Prepares the images
// where they are not prepared yet, as a run would.

import type { SkippedFile } from "../../datasets/dataset.ts";
import type { DatasetConfig } from "../../datasets/datasets.ts";
import type { ColorStatistics } from "../../datasets/inspect/color-statistics.ts";
import type { PreparedDataset } from "../../datasets/prepare/prepare.ts";
import { messageOf, UserError } from "../../errors.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import { formatBytes } from "../../format-bytes.ts";
import { type Command, type Context, type GlobalOptions, toJson } from "../context.ts";
import { plainText } from "../print/format.ts";
import { requireWhole } from "../target/whole-option.ts";

type InfoOptions = GlobalOptions & {
  readonly what: string | undefined;
  readonly overrides: readonly string[] | undefined;
  readonly out: string | undefined;
  readonly images: number;
  readonly json: boolean;
};

/** The first ones of a side, in seeded order, are a fair sample. */
const mostMeasured = 2000;

const sheetForms = /\.(png|jpe?g|webp|avif)$/i;

export const dataInfoCommand: Command<InfoOptions> = {
  command: "info [what] [overrides..]",
  summary: "Counts, colors and a contact sheet of a data set",
  options: (yargs) =>
    yargs
      .positional("what", {
        type: "string",
        describe: "Experiment file, folder of images, run, or fingerprint of a data set",
      })
      .positional("overrides", { type: "string", array: true, describe: "key=value, as for run" })
      .option("out", {
        type: "string",
        requiresArg: true,
        describe: "Write a contact sheet: .webp, .png, .jpg or .avif",
      })
      .option("images", { type: "number", default: 32, describe: "Images of each side on the sheet" })
      .option("json", { type: "boolean", default: false, describe: "Machine-readable" })
      .example("$0 data info experiments/coco-beta.yaml --out coco.webp", "What it would train on")
      .example("$0 data info ~/Pictures image.size=128", "Any folder of images")
      .example("$0 data info data/coco dataset.kind=coco", "A folder that is laid out as COCO")
      .example("$0 data info latest", "What the newest run was trained on"),

  async run({ what, overrides = [], out, images, json, runs }, context) {
    if (what === undefined) {
      throw new UserError(
        "data info: expected an experiment file, a folder, a run or a fingerprint (hueristic data info --help)",
      );
    }
    requireOptions(out, images);
    const { readDataTarget } = await import("../target/data-target.ts");
    const { experiment, fingerprint } = await readDataTarget(what, overrides, {
      command: "data info",
      runsFolder: runs,
      output: context.output,
    });
    const { untilInterrupted } = await import("../../runner/interrupt.ts");
    const { openDataset } = await import("../../runner/open-dataset.ts");
    return untilInterrupted(async (signal) => {
      const dataset = await openDataset(experiment, { runsFolder: runs, output: context.output, signal });
      try {
        const info = await readInfo(experiment, dataset, fingerprint, runs);
        context.print(json ? toJson(info) : textOf(info, context));
        if (out !== undefined) await writeSheet(dataset, images, out, context);
      } finally {
        dataset.close();
      }
    });
  },
};

function requireOptions(out: string | undefined, images: number): void {
  requireWhole("data info: --images", images, 1, 256);
  if (out !== undefined && !sheetForms.test(out)) {
    throw new UserError(`data info: --out: expected a .webp, .png, .jpg or .avif file, got ${out}`);
  }
}

type LabelShares = {
  /** Seen images whose labels somebody wrote down. */
  readonly images: number;
  readonly shares: readonly { readonly name: string; readonly share: number }[];
};

/** What --json prints. */
type Info = {
  readonly description: string;
  readonly fingerprint: string;
  /** What the run says, where it is another. */
  readonly fingerprintOfRun: string | null;
  readonly seen: number;
  readonly unseen: number;
  readonly size: number;
  readonly skipped: readonly SkippedFile[];
  readonly notes: readonly string[];
  readonly colors: { readonly seen: ColorStatistics; readonly unseen: ColorStatistics };
  /** null where the images have none. */
  readonly labels: LabelShares | null;
  readonly cacheBytes: number;
};

async function readInfo(
  { dataset: config }: Experiment,
  dataset: PreparedDataset,
  fingerprintOfRun: string | null,
  runs: string,
): Promise<Info> {
  const path = await import("node:path");
  const { colorStatistics } = await import("../../datasets/inspect/color-statistics.ts");
  const { listCacheEntries } = await import("../../datasets/cache/cache-entries.ts");
  const { description, fingerprint, seen, unseen, size, skipped, notes } = dataset;
  const entries = await listCacheEntries(path.join(runs, "cache"));
  const own = entries.filter(({ uses }) => uses.some((use) => use.fingerprint === fingerprint));
  return {
    description,
    fingerprint,
    fingerprintOfRun: fingerprintOfRun === fingerprint ? null : fingerprintOfRun,
    seen: seen.length,
    unseen: unseen.length,
    size,
    skipped,
    notes,
    colors: {
      seen: colorStatistics(dataset, seen.subarray(0, mostMeasured)),
      unseen: colorStatistics(dataset, unseen.subarray(0, mostMeasured)),
    },
    labels: await labelShares(config, dataset),
    cacheBytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** From the lists alone: asking for labels would prepare other images, those with labels. */
async function labelShares(config: DatasetConfig, dataset: PreparedDataset): Promise<LabelShares | null> {
  const { datasetOf } = await import("../../datasets/datasets.ts");
  const kind = datasetOf(config);
  if (kind.labels(config) === null) return null;
  const { items, labels } = await kind.list(config, { labels: true }).catch((error) => {
    if (error instanceof UserError) return { items: [], labels: null }; // the images are there without lists
    throw error;
  });
  if (labels === null) return null;
  const { names, flags } = labels;
  const places = new Map(items.map(({ id }, place) => [id, place]));
  const own = Array.from(dataset.seen, (index) => places.get(dataset.ids[index]!)).filter(
    (place) => place !== undefined,
  );
  const shares = names.map((name, column) => {
    const having = own.filter((place) => flags[place * names.length + column] === 1).length;
    return { name, share: own.length === 0 ? 0 : having / own.length };
  });
  return { images: own.length, shares: shares.toSorted((a, b) => b.share - a.share) };
}

async function writeSheet(dataset: PreparedDataset, images: number, out: string, { output }: Context) {
  const { writeContactSheet } = await import("../print/contact-sheet.ts");
  await writeContactSheet(dataset, images, out).catch((error) => {
    throw new UserError(`--out: cannot write ${out}: ${messageOf(error)}`);
  });
  output.info(`contact sheet: ${out}`);
}

const mostLabels = 12;

function textOf(info: Info, { colors }: Context): string {
  const lines = [colors.bold(plainText(info.description))];
  const field = (name: string, text: string) => lines.push(`  ${name.padEnd(13)}${text}`);
  field("images", `${info.seen} seen, ${info.unseen} unseen, ${info.size}x${info.size} pixels`);
  field("fingerprint", info.fingerprint);
  if (info.fingerprintOfRun !== null) {
    field("", colors.yellow(`the run had ${info.fingerprintOfRun}: its images changed since`));
  }
  for (const side of ["seen", "unseen"] as const) {
    const { images, l, a, b, chroma, saturation } = info.colors[side];
    const of = images < info[side] ? ` (of ${images})` : "";
    const lab = `L ${l.toFixed(1)}, a ${a.toFixed(1)}, b ${b.toFixed(1)}`;
    field(side, `${lab}, chroma ${chroma.toFixed(1)}, saturation ${saturation.toFixed(2)}${of}`);
  }
  if (info.labels !== null) {
    const { images, shares } = info.labels;
    const shown = shares
      .slice(0, mostLabels)
      .map(({ name, share }) => `${name} ${(100 * share).toFixed(1)}%`);
    const more = shares.length > mostLabels ? ` and ${shares.length - mostLabels} more: --json` : "";
    field("labels", `of ${images} seen images: ${plainText(shown.join(", "))}${more}`);
  }
  if (info.skipped.length > 0) field("skipped", `${info.skipped.length}: --json has them`);
  field("cache", formatBytes(info.cacheBytes));
  for (const note of info.notes) field("note", plainText(note));
  return `${lines.join("\n")}\n`;
}
