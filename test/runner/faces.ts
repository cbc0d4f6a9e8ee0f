// Pictures with labels in a folder laid out as CelebA, a classifier's experiment on them, and gamma told by it.

import { writeFileSync } from "node:fs";
import path from "node:path";
import { GraphBuilder } from "../../src/engine/onnx/graph-builder.ts";
import { encodeModel } from "../../src/engine/onnx/model-proto.ts";
import type { Experiment, ModelConfig } from "../../src/experiment/experiment.ts";
import { celebaConfig, plain, write } from "../datasets/pictures.ts";
import { smallExperiment } from "./small-experiment.ts";

/** 24 plain pictures; those with the attribute Bright are light. */
export async function writeFaces(root: string): Promise<void> {
  const names = Array.from({ length: 24 }, (_, index) => `${String(index).padStart(3, "0")}.png`);
  for (const [index, name] of names.entries()) {
    const value = (index % 2 === 0 ? 30 : 170) + 3 * index;
    const picture = plain({ r: value, g: value, b: value - 20 }, 16, 16);
    write(path.join(root, "img_align_celeba", name), await picture.png().toBuffer());
  }
  write(path.join(root, "list_eval_partition.txt"), names.map((name) => `${name} 0`).join("\n"));
  const rows = names.map((name, index) => `${name} ${index % 2 === 0 ? -1 : 1} ${index < 12 ? 1 : -1}`);
  write(path.join(root, "list_attr_celeba.txt"), ["24", "Bright Early", ...rows].join("\n"));
}

export function faces(root: string, model: ModelConfig, epochs: number): Experiment {
  const { train, ...rest } = smallExperiment({ epochs });
  const dataset = { ...celebaConfig(path.join(root, "celeba")), holdout: 0.25, seed: 5 };
  return { ...rest, model, dataset, train: { ...train, schedule: { kind: "constant" } } };
}

export const gamma = (more: object = {}, ref = "latest"): ModelConfig => ({
  kind: "gamma",
  classifier: { kind: "trained", run: ref, output: "classes" },
  fine_tune: false,
  ...more,
});

/** An ONNX file that answers with a picture's mean, which is the brightness that it was trained on. */
export function writeOnnx(root: string): string {
  const graph = new GraphBuilder();
  const pictures = graph.input("pictures", "float32", ["N", 3, 16, 16]);
  const value = graph.node("GlobalAveragePool", [pictures], []);
  const file = path.join(root, "mean.onnx");
  const output = { name: "mean", type: value.type, shape: ["N", 3, 1, 1], value };
  writeFileSync(file, encodeModel(graph.build("mean", [output])));
  return file;
}
