// hueristic models: the networks that experiments can name, and how large they are.

import type { Argv } from "yargs";
import { UserError } from "../../errors.ts";
import { nearMiss } from "../../near-miss.ts";
import { formatRough } from "../../runs/format/numbers.ts";
import type { AddCommand } from "../command-group.ts";
import { type Command, type Context, type GlobalOptions, toJson } from "../context.ts";
import type { NetworkSummary } from "../print/network-summary.ts";
import { type Column, formatTable } from "../print/table.ts";
import { modelsShowCommand } from "./models-show.ts";

type ModelsOptions = GlobalOptions & {
  readonly command: string | undefined;
  readonly json: boolean;
  readonly size: number;
};

const mostSize = 1024;

export function modelsCommand(add: AddCommand): Command<ModelsOptions> {
  return {
    command: "models [command]",
    summary: "Table of the networks, and the layers of one",
    options(yargs) {
      add(modelsShowCommand, yargs);
      // Not described as a positional: the help of the command below would show it.
      return yargs
        .option("json", { type: "boolean", default: false, describe: "Machine-readable", global: false })
        .option("size", {
          type: "number",
          default: 64,
          describe: "Side of the images, pixels",
          global: false,
        })
        .example("$0 models", "All networks for images of 64x64")
        .example("$0 models --size 256", "For larger images")
        .example("$0 models show pix2pix image.size=256", "The layers of one") as Argv<ModelsOptions>;
    },
    /** Runs where none of its commands was given. */
    async run({ command, json, size }, context) {
      if (command !== undefined) throw unknownCommand(command);
      if (size % 32 !== 0 || size < 32 || size > mostSize)
        throw new UserError(`models: --size: expected a multiple of 32, from 32 to ${mostSize}, got ${size}`);
      const summaries = await summarizeAll(size);
      if (json) context.print(toJson(summaries.map(withoutLayers)));
      else printTable(summaries, size, context);
      return 0;
    },
  };
}

function unknownCommand(given: string): UserError {
  const meant = nearMiss(given, ["show"]) === null ? `show ${given}` : "show";
  return new UserError(`models: unknown command ${given}; did you mean hueristic models ${meant}?`);
}

async function summarizeAll(size: number): Promise<NetworkSummary[]> {
  const { models } = await import("../../models/models.ts");
  const { modelExperiment } = await import("../target/model-experiment.ts");
  const { summarizeNetwork } = await import("../print/network-summary.ts");
  return Promise.all(
    models.map(({ kind }) => summarizeNetwork(modelExperiment(kind, [`image.size=${size}`]))),
  );
}

/** `models show` has the layers. */
function withoutLayers({ parts, ...rest }: NetworkSummary) {
  return { ...rest, parts: parts.map(({ layers: _, ...part }) => part) };
}

function printTable(summaries: readonly NetworkSummary[], size: number, { print, colors, width }: Context) {
  const [titles, ...lines] = formatTable(columns, summaries, width);
  const notes = [
    `for one image of ${size}x${size}`,
    ...summaries.flatMap(({ model, parts, assumed }) => {
      if (parts.length > 1) return [`${model}: ${parts.map(({ name }) => name).join(" + ")}`];
      return assumed === null ? [] : [`${model}: with ${assumed}`];
    }),
  ];
  print(`${colors.bold(titles!)}\n${lines.join("\n")}\n\n${notes.join("\n")}\n`);
}

const columns: readonly Column<NetworkSummary>[] = [
  { title: "model", align: "left", expendable: 0, cell: ({ model }) => model },
  { title: "parameters", align: "right", expendable: 0, cell: ({ parts }) => ofEach(parts, "parameters") },
  {
    title: "multiply-adds",
    align: "right",
    expendable: 0,
    cell: ({ parts }) => ofEach(parts, "multiplyAdds"),
  },
  {
    title: "description",
    align: "left",
    expendable: 1,
    shortest: 30,
    cell: ({ description }) => description,
  },
  { title: "source", align: "left", expendable: 2, shortest: 30, cell: ({ source }) => source },
];

function ofEach(parts: NetworkSummary["parts"], key: "parameters" | "multiplyAdds"): string {
  return parts.map((part) => formatRough(part[key])).join(" + ");
}
