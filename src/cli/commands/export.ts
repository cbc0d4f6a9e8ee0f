// hueristic export: a trained network, or what runs have logged, for other programs.

import { UserError } from "../../errors.ts";
import type { Command, GlobalOptions } from "../context.ts";
import { exportForms, exportLogged, type LoggedOptions } from "../target/export-logged.ts";
import { exportNetwork, type NetworkFiles } from "../target/export-network.ts";
import { runReference } from "../target/run-references.ts";

type ExportOptions = GlobalOptions &
  NetworkFiles &
  Omit<LoggedOptions, "format"> & {
    readonly run: readonly string[] | undefined;
    readonly format: LoggedOptions["format"] | undefined;
    readonly force: boolean;
    readonly json: boolean;
  };

export const exportCommand: Command<ExportOptions> = {
  command: "export [run..]",
  summary: "Write a trained network, or what runs have logged, for other programs",
  options: (yargs) =>
    yargs
      .positional("run", {
        type: "string",
        array: true,
        describe: `${runReference}; of a network @12 is its checkpoint of epoch 12, @best that of the lowest unseen loss`,
      })
      .option("format", {
        choices: exportForms,
        requiresArg: true,
        describe: "What runs have logged: the table of all values, or as another tool has it",
      })
      .option("out", {
        alias: "o",
        type: "string",
        requiresArg: true,
        describe: "With --format: file or folder to write; csv and json go to standard output without it",
      })
      .option("to", {
        type: "string",
        requiresArg: true,
        describe: "With --format mlflow: the tracking server, such as http://localhost:5000",
      })
      .option("onnx", { type: "string", requiresArg: true, describe: "ONNX file to write" })
      .option("safetensors", { type: "string", requiresArg: true, describe: "Safetensors file to write" })
      .option("discriminator", {
        type: "string",
        requiresArg: true,
        describe: "Safetensors file for the discriminator of a pix2pix, with --names pix2pix",
      })
      .option("input", {
        choices: ["rgb", "L"] as const,
        defaultDescription: '"rgb"',
        describe: "What the ONNX file takes: bytes of sRGB, or the lightness of Lab",
      })
      .option("dynamic", {
        type: "boolean",
        defaultDescription: "where the network can",
        describe: "Pictures of any size, or an error; --no-dynamic fixes the size",
      })
      .option("names", {
        choices: ["pytorch", "pix2pix", "hueristic"] as const,
        defaultDescription: '"pytorch"',
        describe:
          "Names and layout in the safetensors file; pix2pix are those of pytorch-CycleGAN-and-pix2pix",
      })
      .option("force", { type: "boolean", default: false, describe: "Replace files that are there" })
      .option("json", { type: "boolean", default: false, describe: "Machine-readable" })
      .example("$0 export latest --onnx colorize.onnx", "Feed it RGB bytes, get RGB bytes")
      .example("$0 export k3v9@best --onnx l.onnx --input L", "The best checkpoint kept; it takes lightness")
      .example("$0 export night-sweep --format parquet -o runs.parquet", "All values of all its runs")
      .example(
        "$0 export night-sweep --format wandb -o wandb",
        "As W&B's offline runs, for `wandb sync wandb`",
      ),

  async run({ run = [], format, out, to, ...options }, context) {
    const [first, second] = run;
    if (first === undefined)
      throw new UserError("export: expected a run, such as `hueristic export latest --onnx colorize.onnx`");
    const ofNetworks = (["onnx", "safetensors", "discriminator", "input", "dynamic", "names"] as const).find(
      (name) => options[name] !== undefined,
    );
    if (format !== undefined) {
      if (ofNetworks !== undefined)
        throw new UserError(
          `export: --${ofNetworks} is about a network, --format ${format} about what runs have logged: expected one of them`,
        );
      return exportLogged(run, { ...options, format, out, to }, context);
    }
    if (out !== undefined || to !== undefined)
      throw new UserError(
        `export: --${out === undefined ? "to" : "out"}: expected --format beside it, one of ${exportForms.join(", ")}`,
      );
    if (second !== undefined && ofNetworks !== undefined)
      throw new UserError(`export: --${ofNetworks}: expected one run, got ${run.join(" ")}`);
    return exportNetwork(first, options, context);
  },
};
