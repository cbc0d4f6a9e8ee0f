// hueristic export: a trained network as a file for other programs.

import path from "node:path";
import { UserError } from "../../errors.ts";
import { formatBytes } from "../../format-bytes.ts";
import type { ExportedOnnx } from "../../runner/export/export-onnx.ts";
import { type Command, type GlobalOptions, toJson } from "../context.ts";
import { readCheckpointReference } from "../target/checkpoint-reference.ts";
import { openExisting } from "../target/existing-store.ts";
import { findRun, runReference } from "../target/run-references.ts";

type ExportOptions = GlobalOptions & {
  readonly run: string | undefined;
  readonly onnx: string | undefined;
  readonly safetensors: string | undefined;
  readonly discriminator: string | undefined;
  readonly input: "rgb" | "L";
  readonly dynamic: boolean | undefined;
  readonly names: "pytorch" | "pix2pix" | "hueristic";
  readonly force: boolean;
  readonly json: boolean;
};

export const exportCommand: Command<ExportOptions> = {
  command: "export [run]",
  summary: "Write a trained network as a file for other programs",
  options: (yargs) =>
    yargs
      .positional("run", {
        type: "string",
        describe: `${runReference}; @12 is its checkpoint of epoch 12, @best that of the lowest unseen loss`,
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
        default: "rgb" as const,
        describe: "What the ONNX file takes: bytes of sRGB, or the lightness of Lab",
      })
      .option("dynamic", {
        type: "boolean",
        defaultDescription: "where the network can",
        describe: "Pictures of any size, or an error; --no-dynamic fixes the size",
      })
      .option("names", {
        choices: ["pytorch", "pix2pix", "hueristic"] as const,
        default: "pytorch" as const,
        describe:
          "Names and layout in the safetensors file; pix2pix are those of pytorch-CycleGAN-and-pix2pix",
      })
      .option("force", { type: "boolean", default: false, describe: "Replace files that are there" })
      .option("json", { type: "boolean", default: false, describe: "Machine-readable" })
      .example("$0 export latest --onnx colorize.onnx", "Feed it RGB bytes, get RGB bytes")
      .example("$0 export k3v9@best --onnx l.onnx --input L", "The best checkpoint kept; it takes lightness"),

  async run({ runs, run, onnx, safetensors, discriminator, ...options }, { print, output }) {
    if (run === undefined)
      throw new UserError("export: expected a run, such as `hueristic export latest --onnx colorize.onnx`");
    const files = [onnx, safetensors, discriminator].filter((file) => file !== undefined);
    if (files.length === 0) throw new UserError("export: expected --onnx <file> or --safetensors <file>");
    const whole = files.map((file) => path.resolve(file));
    const twice = files.find((_, place) => whole.indexOf(whole[place]!) !== place);
    if (twice !== undefined) throw new UserError(`export: expected two files, got ${twice} twice`);
    if (discriminator !== undefined && options.names !== "pix2pix")
      throw new UserError(
        `export: --discriminator: expected --names pix2pix beside it, got ${options.names}`,
      );
    const { chooseCheckpoint } = await import("../../runner/evaluation/choose-checkpoint.ts");
    const { untilInterrupted } = await import("../../runner/interrupt.ts");
    const { requireWritable } = await import("../../runner/export/require-writable.ts");
    const reference = readCheckpointReference(run);
    const store = await openExisting(runs, { readonly: true }, output);
    try {
      const row = store.getRun(await findRun(store, reference.run));
      const checkpoint = chooseCheckpoint(store, row, reference.checkpoint);
      for (const file of files) requireWritable(file, options.force);
      const { openTrainedNetwork } = await import("../../runner/export/trained-network.ts");
      const network = await openTrainedNetwork(row, checkpoint, store);
      const { epoch } = network;
      const said: string[] = [];
      const written: object[] = [];
      const exitCode = await untilInterrupted(async (signal) => {
        if (onnx !== undefined) {
          const { exportOnnx } = await import("../../runner/export/export-onnx.ts");
          const { input, dynamic = null } = options;
          const found = await exportOnnx(row, network, { store, file: onnx, input, dynamic, signal });
          written.push({ file: onnx, run: row.id, epoch, input, ...found });
          said.push(`${onnx}: run ${row.id}, epoch ${epoch}: ${wordsOf(found)}`);
        }
        if (safetensors !== undefined) {
          const { exportSafetensors } = await import("../../runner/export/export-safetensors.ts");
          const { names } = options;
          const found = await exportSafetensors(row, network, { store, file: safetensors, names });
          written.push({ file: safetensors, run: row.id, epoch, names, ...found });
          const words = `${found.tensors} tensors as ${names}, ${formatBytes(found.bytes)}`;
          said.push(`${safetensors}: run ${row.id}, epoch ${epoch}: ${words}`);
        }
        if (discriminator !== undefined) {
          const { exportDiscriminator } = await import("../../runner/export/export-safetensors.ts");
          const found = await exportDiscriminator(row, checkpoint, { store, file: discriminator });
          written.push({ file: discriminator, run: row.id, epoch, names: "pix2pix", ...found });
          const words = `the discriminator, ${found.tensors} tensors as pix2pix, ${formatBytes(found.bytes)}`;
          said.push(`${discriminator}: run ${row.id}, epoch ${epoch}: ${words}`);
        }
      });
      print(options.json ? toJson(written) : said.map((line) => `${line}\n`).join(""));
      return exitCode;
    } finally {
      store.close();
    }
  },
};

function wordsOf({ opset, size, batch, difference, checked, bytes }: ExportedOnnx): string {
  const pictures = batch === "any" ? "any number of pictures" : "one picture at once";
  const apart = "bytes" in difference ? `${difference.bytes}/255` : difference.probability.toPrecision(2);
  return `opset ${opset}, ${formatBytes(bytes)}, size ${size}, ${pictures}; at most ${apart} from our engine on ${checked}`;
}
