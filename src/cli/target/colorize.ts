// The work of `hueristic colorize`: networks by their references, then files or one picture of a pipe.

import { availableParallelism } from "node:os";
import { closeAll } from "../../close-all.ts";
import {
  type ChooseNetwork,
  type ColorizingNetwork,
  coloredBytes,
  colorizeFiles,
} from "../../colorize/colorize-files.ts";
import { openPhotograph } from "../../colorize/colorize-photograph.ts";
import { colorizedFormats } from "../../colorize/encode-colored.ts";
import { planFiles } from "../../colorize/plan-files.ts";
import { Refusal } from "../../datasets/formats/open-picture.ts";
import { UserError } from "../../errors.ts";
import { untilInterrupted } from "../../runner/interrupt.ts";
import type { ColorizeCommandOptions } from "../commands/colorize.ts";
import type { Context } from "../context.ts";
import { folderOf, openNetwork } from "./coloring-network.ts";
import { readDevice } from "./device-option.ts";
import { openExisting } from "./existing-store.ts";
import { requireWhole } from "./whole-option.ts";

type Options = ColorizeCommandOptions;

export async function colorizeToFolder(
  given: readonly string[],
  refs: readonly string[],
  options: Options,
  context: Context,
): Promise<number> {
  const { output, now } = context;
  const { out, sheet } = options;
  if (out === undefined) throw new UserError("colorize: --out: expected a folder for the colored pictures");
  return withChoices(refs, options, context, async ({ choices, folders, by }, signal) => {
    const { files, notes } = await planFiles(given, { out, folders, format: options.format ?? null });
    for (const note of notes) output.info(note);
    const counts = await colorizeFiles(files, choices, {
      ...common(options),
      force: options.force,
      jobs: options.jobs ?? usualJobs(),
      output,
      signal,
    });
    const parts = [
      `${counts.colored} colored`,
      counts.restored > 0 &&
        `${counts.restored} of them faded, whose lightness was drawn apart (--keep-tone leaves it)`,
      counts.inColor > 0 && `${counts.inColor} of them in color before, of which only the lightness was used`,
      counts.skipped > 0 && `${counts.skipped} skipped, as they exist (--force writes them anew)`,
      counts.failed > 0 && `${counts.failed} could not be`,
    ];
    output.info(`${parts.filter(Boolean).join("; ")}; in ${out}`);
    if (sheet !== undefined) {
      const { writeSheet } = await import("./colorize-sheet.ts");
      await writeSheet(sheet, files, by, { now: now(), signal, output });
      output.info(`before and after: ${sheet}`);
    }
    return counts.failed > 0 ? 1 : 0;
  });
}

export async function colorizeStream(
  given: readonly string[],
  refs: readonly string[],
  options: Options,
  context: Context,
): Promise<number> {
  const extra = (["out", "sheet"] as const).find((name) => options[name] !== undefined);
  if (given.length > 1) throw new UserError("colorize: -: expected no other picture beside standard input");
  if (extra !== undefined)
    throw new UserError(`colorize: --${extra}: expected none with -, which writes to standard output`);
  if (refs.length > 1) throw new UserError("colorize: --run: expected one with -, which writes one picture");
  return withChoices(refs, options, context, async ({ choices: [choose] }, signal) => {
    const bytes = await readAll(process.stdin);
    try {
      const photograph = await openPhotograph(bytes, common(options), signal);
      const format = options.format ?? colorizedFormats.find((each) => each === photograph.format) ?? "png";
      const network = await choose!(photograph, "standard input");
      const pieces = await coloredBytes(photograph, network, format, true);
      await context.printAll(pieces);
      return 0;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      context.reportError(new UserError(`standard input: ${error.message}`), options.debug);
      return 1;
    }
  });
}

/** More find no work: pixels of all photographs are joined by one thread. */
const usualJobs = () => Math.min(4, availableParallelism());

const common = ({ upsampling, saturation, "keep-tone": keepTone, raw }: Options) => ({
  upsampling,
  saturation,
  keepTone,
  raw,
});

/** What colors each target of a file. */
type Choices = {
  readonly choices: readonly ChooseNetwork[];
  /** Below the output's folder. */
  readonly folders: readonly string[];
  /** In words. */
  readonly by: readonly string[];
};

async function withChoices(
  refs: readonly string[],
  options: Options,
  { output }: Context,
  work: (choices: Choices, signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const { size = null, tile = null, saturation } = options;
  if (!(saturation >= 0 && saturation <= 10))
    throw new UserError(`colorize: --saturation: expected a number from 0 to 10, got ${saturation}`);
  if (size !== null) requireWhole("colorize: --size", size, 8, 4096);
  if (tile !== null) requireWhole("colorize: --tile", tile, 8);
  if (tile !== null && size === null)
    throw new UserError("colorize: --tile: expected together with --size, the side that tiles cover");
  requireWhole("colorize: --jobs", options.jobs ?? 1, 1, 64);
  const device = readDevice("colorize", options.device);
  const store = await openExisting(options.runs, { readonly: true }, output);
  const networks: ColorizingNetwork[] = [];
  let closeRouter = async () => {};
  let code = 0;
  try {
    const stopped = await untilInterrupted(async (signal) => {
      if (options.router !== undefined) {
        const { openRouterChoice } = await import("./colorize-router.ts");
        const { raw, explain } = options;
        const router = await openRouterChoice(options.router, { store, device, raw, explain, output });
        closeRouter = router.close;
        code = await work({ choices: [router.choose], folders: [""], by: [router.name] }, signal);
        return;
      }
      for (const ref of refs)
        networks.push(await openNetwork(ref, { store, device, size, tile, raw: options.raw }));
      const twice = networks.find(
        ({ note }, at) => networks.findIndex((each) => folderOf(each.note) === folderOf(note)) !== at,
      );
      if (twice)
        throw new UserError(`colorize: --run: expected every network once, got ${twice.note.runId} again`);
      const folders = networks.length === 1 ? [""] : networks.map(({ note }) => folderOf(note));
      const by = networks.map(
        ({ note: { runName, runId, epoch } }) => `${runName} (${runId}), epoch ${epoch}`,
      );
      code = await work({ choices: networks.map((network) => async () => network), folders, by }, signal);
    });
    return stopped || code;
  } finally {
    await closeAll([{ close: closeRouter }, ...networks.map(({ predictor }) => predictor), store]);
  }
}

async function readAll(stream: NodeJS.ReadStream): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
