// hueristic colorize: photographs colored by trained networks, at their full size.

import type { ColorizedFormat } from "../../colorize/encode-colored.ts";
import type { Upsampling } from "../../colorize/upsample-chroma.ts";
import { UserError } from "../../errors.ts";
import { type Command, type GlobalOptions, standardInput } from "../context.ts";
import { deviceDescription } from "../target/device-option.ts";

export type ColorizeCommandOptions = GlobalOptions & {
  readonly file: readonly string[] | undefined;
  readonly run: string | readonly string[] | undefined;
  readonly router: string | undefined;
  readonly explain: boolean;
  readonly out: string | undefined;
  readonly size: number | undefined;
  readonly tile: number | undefined;
  readonly upsampling: Upsampling;
  readonly raw: boolean;
  readonly "keep-tone": boolean;
  readonly saturation: number;
  readonly format: ColorizedFormat | undefined;
  readonly sheet: string | undefined;
  readonly jobs: number | undefined;
  readonly force: boolean;
  readonly device: string | undefined;
};

export const colorizeCommand: Command<ColorizeCommandOptions> = {
  command: "colorize [file..]",
  summary: "Color photographs with a trained network",
  lists: ["run"],
  options: (yargs) =>
    yargs
      .positional("file", {
        type: "string",
        array: true,
        describe: "Pictures and folders of pictures; - reads one and writes it to standard output",
      })
      .option("run", {
        type: "string",
        requiresArg: true,
        describe:
          "Run, with @epoch or @best for another checkpoint than its last; may be given several times",
      })
      .option("router", {
        type: "string",
        requiresArg: true,
        describe: "Router in place of a run: its name, or its file (docs/router.md)",
      })
      .option("explain", {
        type: "boolean",
        default: false,
        describe: "Say of each picture which rule of the router chose what",
      })
      .option("out", { type: "string", requiresArg: true, describe: "Folder for the colored pictures" })
      .option("format", {
        choices: ["jpeg", "png", "webp", "tiff", "avif"] as const,
        requiresArg: true,
        defaultDescription: "the original's",
        describe: "Format of the colored pictures",
      })
      .option("size", {
        type: "number",
        requiresArg: true,
        defaultDescription: "as trained",
        describe: "Side of the square that the network sees, pixels",
      })
      .option("tile", {
        type: "number",
        requiresArg: true,
        defaultDescription: "the whole square at once",
        describe: "Side of the overlapping tiles in which the network sees a large --size, pixels",
      })
      .option("upsampling", {
        choices: ["guided", "bicubic"] as const,
        default: "guided" as const,
        requiresArg: true,
        describe: "How colors are brought up to full size; guided keeps to the edges of the picture",
      })
      .option("saturation", { type: "number", default: 1, requiresArg: true, describe: "Times the chroma" })
      .option("keep-tone", {
        type: "boolean",
        default: false,
        describe: "Keep the lightness of faded originals as it is",
      })
      .option("raw", {
        type: "boolean",
        default: false,
        describe: "The network's own picture, at its size (networks that give RGB)",
      })
      .option("sheet", { type: "string", requiresArg: true, describe: "Page to compare before and after" })
      .option("jobs", {
        type: "number",
        requiresArg: true,
        defaultDescription: "one for each processor, at most 4",
        describe: "Photographs under way at once; never more than 100 megapixels of them",
      })
      .option("force", { type: "boolean", default: false, describe: "Write pictures that exist anew" })
      .option("device", { type: "string", requiresArg: true, describe: deviceDescription })
      .example("$0 colorize ~/Scans --run latest --out colored", "A folder and the folders below it")
      .example(
        "$0 colorize a.jpg --run faces --run scenes@best --out colored --sheet page.html",
        "Two networks",
      )
      .example("$0 colorize - --run faces < grey.png > colored.png", "In a pipe"),

  async run(options, context) {
    const given = options.file ?? [];
    if (given.length === 0) throw new UserError("colorize: expected pictures, or folders of them");
    const refs = [options.run ?? []].flat();
    if (options.router === undefined) {
      if (refs.length === 0)
        throw new UserError("colorize: --run: expected a run (hueristic list shows them), or a --router");
      if (options.explain) throw new UserError("colorize: --explain: expected together with --router");
    } else {
      const other = refs.length > 0 ? "run" : options.size !== undefined ? "size" : null;
      if (other !== null)
        throw new UserError(
          `colorize: --${other}: expected none with --router, whose networks are those that it was built with, at their size`,
        );
    }
    const { colorizeStream, colorizeToFolder } = await import("../target/colorize.ts");
    return given.includes(standardInput)
      ? colorizeStream(given, refs, options, context)
      : colorizeToFolder(given, refs, options, context);
  },
};
