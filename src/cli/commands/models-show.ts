// hueristic models show: the layers of one network, as Keras's summary has them.

import { UserError } from "../../errors.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import { formatBytes } from "../../format-bytes.ts";
import type { LayerRow } from "../../models/layer-row.ts";
import { nearMiss } from "../../near-miss.ts";
import { formatCount, formatRough } from "../../runs/format/numbers.ts";
import { type Command, type Context, type GlobalOptions, toJson } from "../context.ts";
import type { NetworkSummary } from "../print/network-summary.ts";
import { type Column, formatTable } from "../print/table.ts";

type ShowOptions = GlobalOptions & {
  readonly model: readonly string[] | undefined;
  readonly json: boolean;
};

export const modelsShowCommand: Command<ShowOptions> = {
  command: "show [model..]",
  summary: "The layers of one network",
  options: (yargs) =>
    yargs
      .positional("model", {
        type: "string",
        array: true,
        describe: "A model or an experiment file, and key=value for what should differ",
      })
      .option("json", { type: "boolean", default: false, describe: "Machine-readable" })
      .example("$0 models show beta", "Its layers for images of 64x64")
      .example("$0 models show pix2pix color=rgb image.size=256", "With other settings")
      .example("$0 models show experiments/celeba-pix2pix.yaml", "As an experiment has it"),

  async run({ model: words = [], json }, context) {
    const isSetting = (word: string) => word.includes("=");
    const experiment = await readExperiment(
      words.filter((word) => !isSetting(word)),
      words.filter(isSetting),
    );
    const { summarizeNetwork } = await import("../print/network-summary.ts");
    const summary = await summarizeNetwork(experiment);
    context.print(json ? toJson({ ...summary, settings: experiment.model }) : describe(summary, context));
    return 0;
  },
};

async function readExperiment(targets: readonly string[], settings: readonly string[]): Promise<Experiment> {
  const { models } = await import("../../models/models.ts");
  const known = models.map(({ kind }) => kind);
  const list = `(known: ${known.join(", ")})`;
  const [target, ...more] = targets;
  if (target === undefined)
    throw new UserError(`models show: expected a model or an experiment file ${list}`);
  if (more.length > 0)
    throw new UserError(`models show: expected one model or file, got ${targets.join(", ")}`);
  const kind = known.find((each) => each === target);
  if (kind !== undefined) {
    const { modelExperiment } = await import("../target/model-experiment.ts");
    return modelExperiment(kind, settings);
  }
  const { existsSync } = await import("node:fs");
  if (/[/\\]|\.ya?ml$/.test(target) || existsSync(target)) {
    const { loadExperiment } = await import("../../experiment/load-experiment.ts");
    return loadExperiment(target, settings);
  }
  const near = nearMiss(target, known);
  const meant = near === null ? "" : `, did you mean ${near}?`;
  throw new UserError(`models show: unknown model ${JSON.stringify(target)}${meant} ${list}`);
}

function describe(summary: NetworkSummary, { colors, width }: Context): string {
  const { model, description, source, imageSize, assumed, parts } = summary;
  const lines = [colors.bold(model), description, source];
  if (assumed !== null) lines.push(`with ${assumed}`);
  lines.push(`for images of ${imageSize}x${imageSize}`);
  for (const { name, layers, parameters, multiplyAdds } of parts) {
    const [titles, ...rows] = formatTable(columns, layers, width);
    lines.push("", ...(parts.length > 1 ? [colors.bold(name)] : []), colors.bold(titles!), ...rows);
    if (parts.length > 1)
      lines.push(`${formatCount(parameters)} parameters, ${formatRough(multiplyAdds)} multiply-adds`);
  }
  const field = (title: string, text: string) => lines.push(`${title.padEnd(24)}${text}`);
  lines.push("");
  field("trainable parameters", formatCount(summary.parameters));
  field("multiply-adds per image", `${formatCount(summary.multiplyAdds)}, forward`);
  field("weights as float32", formatBytes(summary.bytes));
  return `${lines.join("\n")}\n`;
}

const columns: readonly Column<LayerRow>[] = [
  { title: "layer", align: "left", expendable: 0, cell: ({ name }) => name },
  {
    title: "type",
    align: "left",
    expendable: 1,
    shortest: 12,
    cell: ({ type }) => type.replace("convolution", "conv"),
  },
  { title: "output", align: "right", expendable: 0, cell: ({ output }) => output.join("x") },
  { title: "parameters", align: "right", expendable: 0, cell: ({ parameters }) => formatCount(parameters) },
  {
    title: "mult-adds",
    align: "right",
    expendable: 0,
    cell: ({ multiplyAdds }) => (multiplyAdds === 0 ? "-" : formatRough(multiplyAdds)),
  },
];
