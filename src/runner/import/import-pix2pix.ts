// A state dict of junyanz/pytorch-CycleGAN-and-pix2pix as settings and state of our pix2pix. What the settings are follows from
// names and shapes; the first name or shape that does not fit refuses the file.

import { UserError } from "../../errors.ts";
import type { Norm } from "../../models/layers/normalization.ts";
import type { State, StateTensor } from "../../training-step.ts";
import {
  discriminatorLayers,
  generatorLayers,
  listOfBlock,
  type NamedLayer,
} from "../weight-files/pix2pix-layers.ts";
import { kernelFromPyTorch } from "../weight-files/pytorch-layout.ts";
import type { WeightFile, WeightTensor } from "../weight-files/weight-tensor.ts";

type Tensors = WeightFile["tensors"];

export type ImportedGenerator = {
  readonly depth: number;
  readonly width: number;
  readonly norm: Norm;
  readonly color: "lab" | "rgb";
  readonly state: State;
};

export type ImportedDiscriminator = {
  readonly layers: number;
  readonly width: number;
  readonly norm: Norm;
  readonly state: State;
};

/** What our own files say that an RGB network takes; those of others take a grey that is not told. */
export const inputOfNetworks = "[N, 1, H, W]: lightness L of CIE Lab (D65), L / 50 - 1";

export const outputOfNetworks = {
  lab: "[N, 2, H, W]: a and b of CIE Lab, each / 110",
  rgb: "[N, 3, H, W]: sRGB, 2 * value - 1",
} as const;

/** Throws UserError. */
export async function importGenerator(file: string, weights: WeightFile): Promise<ImportedGenerator> {
  const tensors = tidied(weights.tensors);
  const [first] = Object.keys(tensors);
  const outermost = tensors["model.model.0.weight"];
  if (outermost === undefined || !("model.model.1.model.1.weight" in tensors))
    throw new UserError(
      `${file}: expected a U-Net of pytorch-CycleGAN-and-pix2pix (unet_256, unet_128), whose first weight is model.model.0.weight, got ${first ?? "no tensors"}`,
    );
  const depth = depthOf(tensors);
  const [width = 0, inputs = 0] = outermost.shape;
  const outputs = tensors["model.model.3.weight"]?.shape[1] ?? 0;
  if (inputs !== 1)
    throw new UserError(
      `${file}: model.model.0.weight: expected one channel that comes in, lightness, got ${inputs}: only networks that color are taken over`,
    );
  const color = outputs === 3 ? "rgb" : "lab";
  if (color === "rgb" && weights.metadata.input !== inputOfNetworks)
    throw new UserError(
      `${file}: model.model.3.weight: expected two channels that come out, a and b of Lab, got 3: which grey such a network was trained on the file does not say, and ours sees L of Lab`,
    );
  const norm = normOf(tensors, `${listOfBlock(2)}.2`, `${listOfBlock(2)}.1`);
  const layers = generatorLayers(depth, { inputs, width, outputs: color === "rgb" ? 3 : 2, norm });
  const what = { 8: "unet_256", 7: "unet_128" }[depth] ?? `a U-Net of ${depth} halvings`;
  const state = await stateOf(file, tensors, layers, { what, norm, running: true });
  return { depth, width, norm, color, state };
}

/** `color` is what its generator makes. Throws UserError. */
export async function importDiscriminator(
  file: string,
  weights: WeightFile,
  color: "lab" | "rgb",
): Promise<ImportedDiscriminator> {
  const tensors = tidied(weights.tensors);
  const first = tensors["model.0.weight"];
  if (first === undefined || !("model.2.weight" in tensors))
    throw new UserError(
      `${file}: expected a discriminator of patches of pytorch-CycleGAN-and-pix2pix (basic, n_layers), whose first weight is model.0.weight, got ${Object.keys(tensors)[0] ?? "no tensors"}`,
    );
  const convolutions = Object.values(tensors).filter(({ shape }) => shape.length === 4).length;
  const layers = convolutions - 2;
  const [width = 0] = first.shape;
  const inputs = color === "lab" ? 3 : 4;
  const norm = normOf(tensors, "model.3", "model.2");
  const named = discriminatorLayers(layers, { inputs, width, norm });
  const what = `a discriminator with ${layers} strided convolutions for ${color}`;
  const state = await stateOf(file, tensors, named, { what, norm, running: false });
  return { layers, width, norm, state };
}

/** Without what DataParallel puts before names, and without counters that nothing reads. */
function tidied(tensors: Tensors): Tensors {
  const entries = Object.entries(tensors);
  const isParallel = entries.every(([name]) => name.startsWith("module."));
  return Object.fromEntries(
    entries
      .filter(([name]) => !name.endsWith(".num_batches_tracked"))
      .map(([name, tensor]) => [isParallel ? name.slice("module.".length) : name, tensor]),
  );
}

function depthOf(tensors: Tensors): number {
  let depth = 2;
  while (`${listOfBlock(depth + 1)}.1.weight` in tensors) depth++;
  return depth;
}

/** By a layer behind which a norm stands: instance norm has no numbers, and biases before it; no norm has neither. */
function normOf(tensors: Tensors, norm: string, layer: string): Norm {
  if (`${norm}.weight` in tensors) return "batch";
  return `${layer}.bias` in tensors ? "instance" : "none";
}

type Expected = { readonly what: string; readonly norm: Norm; readonly running: boolean };

async function stateOf(
  file: string,
  tensors: Tensors,
  layers: readonly NamedLayer[],
  { what, norm, running }: Expected,
): Promise<State> {
  const left = new Set(Object.keys(tensors));
  const state: Record<string, StateTensor> = {};
  const take = async (name: string, shape: readonly number[]): Promise<StateTensor> => {
    const tensor: WeightTensor | undefined = tensors[name];
    if (tensor === undefined)
      throw new UserError(
        `${file}: expected ${name}, as ${what} with norm ${norm} has it; the file lacks it`,
      );
    if (String(tensor.shape) !== String(shape))
      throw new UserError(
        `${file}: ${name}: expected ${shape.join("x")}, as ${what} has it, got ${tensor.shape.join("x") || "one number"}`,
      );
    left.delete(name);
    const data = await tensor.read();
    if (!data.every(Number.isFinite))
      throw new UserError(`${file}: ${name}: expected numbers, got infinities or NaN`);
    return { shape, data };
  };
  for (const { ours, theirs, shape, bias, norm: behind, outputs } of layers) {
    state[`${ours}/kernel`] = kernelFromPyTorch(await take(`${theirs}.weight`, shape));
    if (bias) state[`${ours}/bias`] = await take(`${theirs}.bias`, [outputs]);
    // Ours has biases where no norm takes them out again.
    else if (norm === "none") state[`${ours}/bias`] = { shape: [outputs], data: new Float32Array(outputs) };
    if (behind === null || norm !== "batch") continue;
    state[`${ours}/norm/scale`] = await take(`${behind}.weight`, [outputs]);
    state[`${ours}/norm/offset`] = await take(`${behind}.bias`, [outputs]);
    const statistics = { mean: `${behind}.running_mean`, variance: `${behind}.running_var` };
    for (const [word, name] of Object.entries(statistics)) {
      // Their discriminators keep them too, and never read them, as they only train.
      if (running) state[`${ours}/norm/${word}`] = await take(name, [outputs]);
      else left.delete(name);
    }
  }
  const [extra] = left;
  if (extra !== undefined)
    throw new UserError(`${file}: ${extra}: expected no such tensor in ${what} with norm ${norm}`);
  return state;
}
