// Values that are right by themselves and impossible together. Texts complete "key.path: ".

import { datasetOf, hasOfficialSides, labelsProblem, mostImages } from "../../datasets/datasets.ts";
import { defaultHoldout, heldOut } from "../../datasets/shared-options.ts";
import { modelOf, models } from "../../models/models.ts";
import { plural } from "../../runs/format/words.ts";
import type { Combination } from "../../settings/combination.ts";
import type { Written } from "../schema/schema.ts";
import { datasetProblems } from "./dataset-problems.ts";
import { metricProblems } from "./metric-problems.ts";

/** What is right by itself: sections with problems are left out, of `train` only the fields that have one. */
export type ValidSections = Partial<Omit<Written, "train">> & { readonly train: Partial<Written["train"]> };

export function combinationProblems(written: ValidSections): Combination[] {
  const ofData = datasetProblems(written);
  return [
    ...precisionProblems(written),
    ...imageSize(written),
    ...ownProblems(written),
    ...modelNeeds(written),
    ...batchParts(written),
    ...trainEpochs(written),
    ...ofData,
    ...(ofData.length === 0 ? imageCounts(written) : []), // counts of what cannot be say nothing
    ...metricProblems(written),
  ];
}

/** What is known without looking at the machine. */
function precisionProblems({ engine, device, precision, deterministic }: ValidSections): Combination[] {
  const problems: Combination[] = [];
  const refuse = (key: string, text: string) => problems.push({ path: [key], text });
  if (precision !== undefined && precision !== "float32") {
    if (engine === "onnx" || engine === "tensorflow")
      refuse(
        "precision",
        `expected float32 for the engine ${engine}, got ${precision}, which engine: torch has`,
      );
    else if (device === "webgpu")
      refuse("precision", `expected float32 for the device webgpu, got ${precision}`);
    else if (precision === "tf32" && (device === "cpu" || device === "mps"))
      refuse("precision", `expected float32 or bfloat16 for the device ${device}, got tf32`);
  }
  if (deterministic && (engine === "tensorflow" || device === "webgpu")) {
    const who = engine === "tensorflow" ? "the engine tensorflow" : "the device webgpu";
    refuse("deterministic", `expected false for ${who}, which has no such switch`);
  }
  return problems;
}

function imageSize({ image, model }: ValidSections): Combination[] {
  if (!image || !model) return [];
  const step = modelOf(model).sizeStep;
  if (image.size % step === 0) return [];
  const text = `expected a multiple of ${step} for the model ${model.kind}, got ${image.size}`;
  return [{ path: ["image", "size"], text }];
}

/** What the model says itself. */
function ownProblems({ model, image, train }: ValidSections): readonly Combination[] {
  if (!model) return [];
  const { batch_size: batchSize, accumulate } = train;
  return modelOf(model).problems(model, { imageSize: image?.size, batchSize, accumulate });
}

/** What a model needs of the sections beside it. */
function modelNeeds({ model, dataset, train }: ValidSections): Combination[] {
  const problems: Combination[] = [];
  if (!model) return problems;
  const { kind, networks, needs } = modelOf(model);
  const hasSecond = (trained: typeof networks) =>
    trained.some(({ optimizer }) => optimizer === "discriminator_optimizer");
  if (train.discriminator_optimizer && !hasSecond(networks)) {
    const those = models.filter((each) => hasSecond(each.networks)).map((each) => each.kind);
    const text = `expected for ${those.join(" and ")} only, whose two networks have an optimizer each, got it for ${kind}`;
    problems.push({ path: ["train", "discriminator_optimizer"], text });
  }
  const text = needs === "labels" && dataset ? labelsProblem(dataset) : null;
  if (text !== null) problems.push({ path: ["dataset", "kind"], text });
  return problems;
}

function batchParts({ train: { batch_size, accumulate } }: ValidSections): Combination[] {
  if (batch_size === undefined || accumulate === undefined || batch_size % accumulate === 0) return [];
  const text = `expected a number that divides train.batch_size, ${batch_size}, without rest, got ${accumulate}`;
  return [{ path: ["train", "accumulate"], text }];
}

function trainEpochs({ train }: ValidSections): Combination[] {
  const { schedule, epochs } = train;
  if (schedule === undefined || epochs === undefined) return [];
  if (schedule.kind === "linear" && schedule.decay_epochs > epochs) {
    const text = `expected at most the ${epochs} of train.epochs, got ${schedule.decay_epochs}`;
    return [{ path: ["train", "schedule", "decay_epochs"], text }];
  }
  if (schedule.kind === "cosine" && schedule.warmup_epochs > epochs) {
    const text = `expected at most the ${epochs} of train.epochs, got ${schedule.warmup_epochs}`;
    return [{ path: ["train", "schedule", "warmup_epochs"], text }];
  }
  return [];
}

/** Where the file says how many images there are at most, it can be seen before any is read that they are too few. */
function imageCounts({ dataset, train }: ValidSections): Combination[] {
  const most = dataset ? mostImages(dataset) : null;
  if (!dataset || most === null) return [];
  const { images } = most;
  const isSplit = hasOfficialSides(dataset);
  if (!isSplit && dataset.holdout !== null && Math.round(dataset.holdout * images) === 0) {
    const text = `expected a share that leaves at least 1 of ${images} images unseen, got ${dataset.holdout}`;
    return [{ path: ["dataset", "holdout"], text }];
  }
  // Copies of one file stay together, so that files may give a little less than the share; drawn images are no copies.
  const isDrawn = datasetOf(dataset).countedBy !== undefined;
  const unseen = isDrawn ? heldOut(images, dataset.holdout ?? defaultHoldout) : 1;
  const seen = isSplit ? images : images - unseen;
  if (seen < 1) {
    const text = `expected enough images for 1 seen and 1 unseen, got ${images}`;
    return [{ path: ["dataset", most.key], text }];
  }
  if (train.batch_size !== undefined && train.batch_size > seen) {
    const text = `expected at most the ${plural(seen, "image")} left to train on, got ${train.batch_size}`;
    return [{ path: ["train", "batch_size"], text }];
  }
  return [];
}
