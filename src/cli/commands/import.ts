// hueristic import: what was trained elsewhere, as a run here.

import { UserError } from "../../errors.ts";
import { formatCount } from "../../runs/format/numbers.ts";
import { type Command, type GlobalOptions, runsFlag, toJson } from "../context.ts";

type ImportOptions = GlobalOptions & {
  readonly from: string | undefined;
  readonly as: "pix2pix" | undefined;
  readonly discriminator: string | undefined;
  readonly name: string | undefined;
  readonly size: number | undefined;
  readonly evaluation: "running" | "batch_stats";
  readonly json: boolean;
};

export const importCommand: Command<ImportOptions> = {
  command: "import [from]",
  summary: "Take over a network that was trained elsewhere",
  options: (yargs) =>
    yargs
      .positional("from", { type: "string", describe: "Weights: a .pth or .safetensors file" })
      .option("as", {
        choices: ["pix2pix"] as const,
        requiresArg: true,
        describe: "What the weights are of: a generator of junyanz/pytorch-CycleGAN-and-pix2pix",
      })
      .option("discriminator", {
        type: "string",
        requiresArg: true,
        describe: "Weights of its discriminator, where there are any",
      })
      .option("name", {
        type: "string",
        requiresArg: true,
        describe: "Name of the run; the file's otherwise",
      })
      .option("size", {
        type: "number",
        requiresArg: true,
        defaultDescription: "256 for unet_256, 128 for unet_128",
        describe: "Side of the pictures that it was trained on, pixels",
      })
      .option("evaluation", {
        choices: ["running", "batch_stats"] as const,
        default: "running" as const,
        requiresArg: true,
        describe: "What batch norm uses: running statistics (theirs with --eval), or each image's own",
      })
      .option("json", { type: "boolean", default: false, describe: "Machine-readable" })
      .example(
        "$0 import latest_net_G.pth --as pix2pix --name theirs",
        "Then evaluate, colorize and report it",
      ),

  async run({ runs, from, as, json, ...options }, { print }) {
    if (from === undefined)
      throw new UserError(
        "import: expected a file of weights, such as `hueristic import latest_net_G.pth --as pix2pix`",
      );
    if (as === undefined) throw new UserError("import: --as: expected pix2pix, what the weights are of");
    const { openStore } = await import("../../store/open-store.ts");
    const { importPix2pix } = await import("../../runner/import/import-run.ts");
    const { size = null, name = null, discriminator = null, evaluation } = options;
    const store = openStore(runs);
    try {
      const { id, experiment, parameters } = await importPix2pix(store, {
        generator: from,
        discriminator,
        name,
        size,
        evaluation,
      });
      const { model, image } = experiment;
      if (json) print(toJson({ id, name: experiment.name, parameters, model, image }));
      else
        print(
          `run ${id}: ${experiment.name}, pix2pix for ${image.size}x${image.size} (${formatCount(parameters)} parameters), trained elsewhere\n` +
            `measure it:  hueristic evaluate ${id} --on <images>${runsFlag(runs)}\n`,
        );
      return 0;
    } finally {
      store.close();
    }
  },
};
