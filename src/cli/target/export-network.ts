// A trained network as files for other programs: what `hueristic export` does with --onnx and --safetensors.

import path from "node:path";
import { UserError } from "../../errors.ts";
import { formatBytes } from "../../format-bytes.ts";
import type { ExportedOnnx } from "../../runner/export/export-onnx.ts";
import { type Context, type GlobalOptions, toJson } from "../context.ts";
import { openExisting } from "./existing-store.ts";

export type NetworkFiles = {
  readonly onnx: string | undefined;
  readonly safetensors: string | undefined;
  readonly discriminator: string | undefined;
  readonly input: "rgb" | "L" | undefined;
  readonly dynamic: boolean | undefined;
  readonly names: "pytorch" | "pix2pix" | "hueristic" | undefined;
};

type Options = GlobalOptions & NetworkFiles & { readonly force: boolean; readonly json: boolean };

/** Gives the exit code. */
export async function exportNetwork(
  run: string,
  { runs, onnx, safetensors, discriminator, input = "rgb", names = "pytorch", ...options }: Options,
  { print, output }: Pick<Context, "print" | "output">,
): Promise<number> {
  const files = [onnx, safetensors, discriminator].filter((file) => file !== undefined);
  if (files.length === 0)
    throw new UserError("export: expected --format <form>, --onnx <file> or --safetensors <file>");
  const whole = files.map((file) => path.resolve(file));
  const twice = files.find((_, place) => whole.indexOf(whole[place]!) !== place);
  if (twice !== undefined) throw new UserError(`export: expected two files, got ${twice} twice`);
  if (discriminator !== undefined && names !== "pix2pix")
    throw new UserError(`export: --discriminator: expected --names pix2pix beside it, got ${names}`);
  const { untilInterrupted } = await import("../../runner/interrupt.ts");
  const { requireWritable } = await import("../../runner/export/require-writable.ts");
  const { findNetwork } = await import("./find-network.ts");
  const store = await openExisting(runs, { readonly: true }, output);
  try {
    const { run: row, checkpoint } = await findNetwork(store, run);
    for (const file of files) requireWritable(file, options.force);
    const { openTrainedNetwork } = await import("../../runner/export/trained-network.ts");
    const network = await openTrainedNetwork(row, checkpoint, store);
    const { epoch } = network;
    const said: string[] = [];
    const written: object[] = [];
    const exitCode = await untilInterrupted(async (signal) => {
      if (onnx !== undefined) {
        const { exportOnnx } = await import("../../runner/export/export-onnx.ts");
        const { dynamic = null } = options;
        const found = await exportOnnx(row, network, { store, file: onnx, input, dynamic, signal });
        written.push({ file: onnx, run: row.id, epoch, input, ...found });
        said.push(`${onnx}: run ${row.id}, epoch ${epoch}: ${wordsOf(found)}`);
      }
      if (safetensors !== undefined) {
        const { exportSafetensors } = await import("../../runner/export/export-safetensors.ts");
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
}

function wordsOf({ opset, size, batch, difference, checked, bytes }: ExportedOnnx): string {
  const pictures = batch === "any" ? "any number of pictures" : "one picture at once";
  const apart = "bytes" in difference ? `${difference.bytes}/255` : difference.probability.toPrecision(2);
  return `opset ${opset}, ${formatBytes(bytes)}, size ${size}, ${pictures}; at most ${apart} from our engine on ${checked}`;
}
