// hueristic import: runs of other stores, and networks that others trained as runs here.

import { UserError } from "../../errors.ts";
import type { ImportedRun } from "../../runner/travel/import-runs.ts";
import { formatCount } from "../../runs/format/numbers.ts";
import { type Command, type Context, type GlobalOptions, runsFlag, toJson } from "../context.ts";

type ImportOptions = GlobalOptions & {
  readonly what: readonly string[] | undefined;
  readonly from: "tensorboard" | undefined;
  readonly as: "pix2pix" | undefined;
  readonly discriminator: string | undefined;
  readonly name: string | undefined;
  readonly size: number | undefined;
  readonly evaluation: "running" | "batch_stats";
  readonly json: boolean;
};

export const importCommand: Command<ImportOptions> = {
  command: "import [what..]",
  summary: "Take over runs of other stores, or a network that was trained elsewhere",
  options: (yargs) =>
    yargs
      .positional("what", {
        type: "string",
        array: true,
        describe:
          "A runs folder, a runs.db, a run's folder or a packed run; with --as weights: .pth or .safetensors; with --from a folder of logs",
      })
      .option("from", {
        choices: ["tensorboard"] as const,
        requiresArg: true,
        describe: "Another tool's logs: their curves and pictures become runs to compare with",
      })
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
        "$0 import /mnt/cluster/runs",
        "All of its runs, brought up to date where they are here already",
      )
      .example("$0 import k3v9x2mp.tar.gz", "A run that `$0 pack` made a file of")
      .example(
        "$0 import latest_net_G.pth --as pix2pix --name theirs",
        "Then evaluate, colorize and report it",
      ),

  async run(options, context) {
    const { what: from = [], as } = options;
    if (options.from !== undefined) {
      const { importLogs } = await import("../target/import-logs.ts");
      return importLogs(from, options, context);
    }
    if (from.length === 0)
      throw new UserError(
        "import: expected a runs folder, a packed run or, with --as pix2pix, a file of weights (hueristic import --help)",
      );
    if (as === undefined) return importStores(from, options, context);
    if (from.length > 1)
      throw new UserError(`import: --as: expected one file of weights, got ${from.length}`);
    return importWeights(from[0]!, options, context);
  },
};

/** One that cannot be read does not stop the next. */
async function importStores(
  from: readonly string[],
  { runs, json, debug }: ImportOptions,
  { print, output, reportError }: Context,
): Promise<number> {
  const { importRuns } = await import("../../runner/travel/import-runs.ts");
  const imported: ({ readonly from: string } & ImportedRun)[] = [];
  let failure = 0;
  for (const each of from) {
    try {
      const { runs: found, refusals } = await importRuns(runs, each);
      imported.push(...found.map((run) => ({ from: each, ...run })));
      if (!json) print(`${each}: ${countsOf(found)}\n`);
      for (const { id, mode } of found)
        if (mode === "conflict")
          output.warn(`run ${id}: went on here and there: the store keeps what it has`);
      for (const refusal of refusals) failure = Math.max(failure, reportError(refusal, debug));
    } catch (thrown) {
      failure = Math.max(failure, reportError(thrown, debug));
    }
  }
  const { openStore } = await import("../../store/open-store.ts");
  if (imported.length > 0) {
    const store = openStore(runs, { readonly: true });
    const trash = new Set(store.listRuns({ deleted: true }).map(({ id }) => id));
    store.close();
    for (const { id } of imported)
      if (trash.has(id))
        output.warn(`run ${id}: is in the trash here: hueristic restore ${id}${runsFlag(runs)}`);
  }
  if (json)
    print(
      toJson(imported.map(({ from, id, mode, checkpoints }) => ({ from, id, became: mode, checkpoints }))),
    );
  return failure;
}

/** Such as "3 runs new, 1 brought up to date, 8 checkpoints". */
function countsOf(runs: readonly ImportedRun[]): string {
  const count = (...modes: readonly ImportedRun["mode"][]) =>
    runs.filter(({ mode }) => modes.includes(mode)).length;
  const counts = [
    [count("new"), "new"],
    [count("replace", "extend"), "brought up to date"],
    [count("add"), "here already"],
    [count("older"), "further here than there"],
    [count("conflict"), "kept as they went on here"],
  ] as const;
  const said = counts.filter(([of]) => of > 0).map(([of, what]) => `${formatCount(of)} ${what}`);
  const copied = runs.reduce((sum, { checkpoints }) => sum + checkpoints, 0);
  const heads = said.length === 0 ? "no runs" : `runs: ${said.join(", ")}`;
  return `${heads}; ${formatCount(copied)} ${copied === 1 ? "checkpoint" : "checkpoints"} copied`;
}

async function importWeights(
  generator: string,
  { runs, json, ...options }: ImportOptions,
  { print }: Context,
): Promise<number> {
  const { openStore } = await import("../../store/open-store.ts");
  const { importPix2pix } = await import("../../runner/import/import-run.ts");
  const store = openStore(runs);
  try {
    const { size = null, name = null, discriminator = null, evaluation } = options;
    const asked = { generator, discriminator, name, size, evaluation };
    const { id, experiment, parameters } = await importPix2pix(store, asked);
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
}
