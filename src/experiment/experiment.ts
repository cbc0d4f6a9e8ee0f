// What an experiment is once it is complete: every field present, checked, in camelCase and readonly.
// Nothing downstream checks or defaults again. How a user writes it stands in schema.ts.

export type DatasetConfig = SingleDatasetConfig | UnionConfig;

export type SingleDatasetConfig = CocoConfig | CelebaConfig | FolderConfig | SyntheticConfig;

/**
 * What all data sets share. `limit` counts images, before the split into seen and unseen; with an unseen
 * split the images of each split. null takes all. Keys with a question mark came later: a run stored before
 * lacks them.
 */
type DatasetCommon = {
  readonly limit: number | null;
  /** Share of the images held out as unseen, 0 < holdout < 1, where no official split serves. */
  readonly holdout: number;
  /** Chooses which images `limit` keeps and which are held out. */
  readonly seed: number;
  /** Whether pictures without any colour are left out; a run without the key kept them. */
  readonly greyscale?: "drop" | "keep";
};

export type CocoConfig = DatasetCommon & {
  readonly kind: "coco";
  readonly root: string;
  /** Images to train on, such as "train2017". */
  readonly split: string;
  /** Where unseen images come from, such as "val2017"; null holds out a share of `split`. */
  readonly unseenSplit: string | null;
  /** Names or ids; an image is taken when it shows at least one. null takes every image. */
  readonly categories: readonly (string | number)[] | null;
  /** Area from which on an annotation counts, pixels of the original; 0 where it is left out. */
  readonly minArea?: number;
  /** Whether annotations of crowds count; they do where it is left out. */
  readonly iscrowd?: "include" | "exclude";
  /** Images of which no annotation counts; null includes them, but not under a filter. */
  readonly unannotated?: "include" | "exclude" | null;
};

export type CelebaSplit = "train" | "val" | "test";

export type CelebaConfig = DatasetCommon & {
  readonly kind: "celeba";
  readonly root: string;
  /** "all" is every image on disk, whatever the partition file says. */
  readonly split: CelebaSplit | "all";
  readonly unseenSplit: CelebaSplit | null;
  /** Attribute name -> whether a face must have it, such as { Smiling: true }. */
  readonly attributes: Readonly<Record<string, boolean>>;
};

export type FolderConfig = DatasetCommon & {
  readonly kind: "folder";
  readonly root: string;
  /** Patterns of paths relative to root; none takes all. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** Sub-folders that are the sides; null holds out a share. */
  readonly split?: { readonly seen: string; readonly unseen: string } | null;
};

export type SyntheticConfig = DatasetCommon & {
  readonly kind: "synthetic";
  /** How many scenes are drawn. */
  readonly count: number;
};

/** Several data sets in proportion to their weights. The parts' sides are official in all of them or in none. */
export type UnionConfig = DatasetCommon & {
  readonly kind: "union";
  readonly parts: readonly UnionPart[];
};

export type UnionPart = { readonly weight: number; readonly dataset: PartConfig };

type WithoutCommon<Config> = Config extends unknown ? Omit<Config, keyof DatasetCommon> : never;

/** A data set without what stands once, in the union. */
export type PartConfig = WithoutCommon<SingleDatasetConfig>;

export type OptimizerName =
  | "sgd"
  | "momentum"
  | "rmsprop"
  | "adagrad"
  | "adadelta"
  | "adam"
  | "adamax"
  | "adamw";

/** The numbers of every optimizer; each reads those that it knows and the schema refuses the others. */
export type OptimizerConfig = {
  readonly name: OptimizerName;
  readonly learningRate: number;
  readonly momentum?: number;
  readonly decay?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly weightDecay?: number;
  readonly initialAccumulator?: number;
};

/** The factor on the learning rate over time. */
export type ScheduleConfig =
  | { readonly kind: "constant" }
  /** pix2pix: constant, then linearly towards zero over the last `decayEpochs` epochs. */
  | { readonly kind: "linear"; readonly decayEpochs: number }
  | { readonly kind: "cosine"; readonly warmupEpochs: number }
  | { readonly kind: "step"; readonly everyEpochs: number; readonly factor: number };

export type ModelConfig =
  | { readonly kind: "alpha" }
  | { readonly kind: "beta" }
  | GammaConfig
  | Pix2PixConfig
  | ClassifierConfig;

/** Where gamma learns what a picture shows. Paths are absolute. */
export type EmbeddingConfig = {
  /** What gamma is told: class probabilities, or the features in front of them. */
  readonly output: "classes" | "features";
} & (
  | { readonly kind: "trained"; readonly run: string }
  | { readonly kind: "mobilenet_v2" | "inception_resnet_v2"; readonly weights: string }
);

export type GammaConfig = {
  readonly kind: "gamma";
  readonly classifier: EmbeddingConfig;
  readonly fineTune: boolean;
};

export type GanNetwork = "generator" | "discriminator";

export type Pix2PixConfig = {
  readonly kind: "pix2pix";
  /** What the generator makes of luma: chroma, or the whole picture. */
  readonly colour: "lab" | "rgb";
  readonly width: number;
  /** null is as deep as the image size allows, at most 8. */
  readonly depth: number | null;
  readonly norm: "batch" | "instance" | "none";
  readonly dropout: "reference" | "paper" | "none";
  readonly ganLoss: "vanilla" | "lsgan" | "hinge";
  readonly l1Weight: number;
  readonly discriminator: {
    /** null takes the generator's. */
    readonly width: number | null;
    readonly nLayers: number;
    readonly scales: number;
    /** Weight of feature matching; 0 is none. */
    readonly featureMatching: number;
    /** null is 1, or 2 with several scales. */
    readonly padding: 1 | 2 | null;
  };
  readonly attention: {
    readonly in: readonly GanNetwork[];
    /** Side of the map, pixels. */
    readonly at: number;
    readonly form: "full" | "pooled";
  } | null;
  readonly spectralNorm: readonly GanNetwork[];
  readonly evaluation: "running" | "batch_stats";
};

export type ClassifierConfig = { readonly kind: "classifier"; readonly width: number };

/** Other views of an image in every epoch; all at their neutral values is none. */
export type AugmentConfig = {
  /** Left and right exchanged half the time. */
  readonly flip: boolean;
  /** Images are prepared so many times as large as they are trained on, and a random window is taken. */
  readonly crop: number;
  /** Degrees, either way. */
  readonly rotate: number;
  /** Share by which pictures shrink or grow at most. */
  readonly zoom: number;
};

/** What is measured on the colours of a network, docs/metrics.md. Paths are absolute. */
export type MetricConfig =
  | { readonly name: PlainMetricName }
  /** Networks that the user has: .onnx files. */
  | { readonly name: "lpips" | "fid"; readonly weights: string };

export type PlainMetricName =
  | "psnr"
  | "ssim"
  | "ssim_uniform"
  | "ciede2000"
  | "ab_l2"
  | "auc"
  | "colorfulness"
  | "clipped";

type WithOpenHoldout<Config> = Config extends unknown
  ? Omit<Config, "holdout"> & { readonly holdout: number | null }
  : never;

/**
 * Images to measure on. Where a share or an official split says which are unseen, those; all of them where neither
 * does: `holdout` is null then.
 */
export type EvaluationConfig = WithOpenHoldout<DatasetConfig>;

export type EngineChoice = "auto" | "onnx" | "tensorflow";
export type DeviceChoice = "auto" | "cpu" | "cuda" | "webgpu";

export type Experiment = {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly seed: number;
  readonly engine: EngineChoice;
  readonly device: DeviceChoice;
  readonly model: ModelConfig;
  readonly dataset: DatasetConfig;
  readonly image: { readonly size: number };
  readonly train: {
    readonly epochs: number;
    readonly batchSize: number;
    /** Into how many equal parts a step cuts its batch, to take them one after another. */
    readonly accumulate: number;
    readonly optimizer: OptimizerConfig;
    /** For pix2pix's discriminator; null is the same as the generator's. */
    readonly discriminatorOptimizer: OptimizerConfig | null;
    readonly schedule: ScheduleConfig;
    readonly augment: AugmentConfig;
  };
  /** Sample grids: at epoch 0, every `every` epochs and at the last one. */
  readonly samples: {
    readonly every: number;
    readonly seen: number;
    readonly unseen: number;
    /** Metrics are measured on at most so many images of each set. */
    readonly measured?: number;
  };
  /** A checkpoint every `every` epochs and at the end; the newest `keep` stay. */
  readonly checkpoint: { readonly every: number; readonly keep: number };
  /** Measured whenever samples are drawn. A run without the key measures none. */
  readonly metrics?: readonly MetricConfig[];
  /** Sets of images to measure on beside seen and unseen, by name. */
  readonly evaluate?: Readonly<Record<string, EvaluationConfig>>;
};
