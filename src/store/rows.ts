// The rows of the store as the rest of the program sees them. Times are milliseconds since 1970 (UTC).

import type { Experiment } from "../experiment/experiment.ts";
import type { SeriesSpec, SetName } from "../runs/series.ts";

/** MLflow's words; DEAD is a RUNNING run whose heartbeat stopped. */
export type RunStatus = "SCHEDULED" | "RUNNING" | "FINISHED" | "FAILED" | "KILLED" | "DEAD";

/** Where the numbers come from: what one needs to trust and to repeat a run. */
export type Provenance = {
  readonly gitCommit: string | null;
  readonly gitDirty: boolean | null;
  /** Package name -> version, such as { "onnxruntime-node": "1.30.0" }. */
  readonly packages: Readonly<Record<string, string>>;
  readonly node: string;
  readonly host: string;
  readonly platform: string;
  readonly cpu: string;
  readonly threads: number;
  readonly command: readonly string[];
};

export type RunRow = {
  readonly id: string;
  readonly name: string;
  readonly status: RunStatus;
  readonly experiment: Experiment;
  /** Where the experiment was written, as given on the command line; null for one made in code. */
  readonly source: string | null;
  readonly engine: string;
  readonly device: string;
  readonly provenance: Provenance;
  readonly datasetFingerprint: string;
  /** The network that tells the model what pictures show; null where none does. */
  readonly teller: Teller | null;
  /** Trainable parameters of the whole model. */
  readonly parameters: number;
  readonly stepsPerEpoch: number;
  readonly createdAt: number;
  readonly heartbeatAt: number;
  readonly finishedAt: number | null;
  /** Message, and stack for a bug, of what ended a FAILED run. */
  readonly error: string | null;
  /** By the alphabet; those of the experiment at first. */
  readonly tags: readonly string[];
  /** What a person wrote about it; "" for nothing. */
  readonly note: string;
  /** When it was put into the trash, milliseconds since 1970; null where it is not there. */
  readonly deletedAt: number | null;
};

/** A network that tells another one what pictures show. */
export type Teller = {
  /** Such as "run k3v9x2mp, step 480, classes of 40". */
  readonly description: string;
  /** Over its weights and what is read from them. */
  readonly fingerprint: string;
};

export type DatasetRow = {
  readonly fingerprint: string;
  /** One line, such as "coco train2017: 206 images, 64x64". */
  readonly description: string;
  readonly size: number;
  readonly seenCount: number;
  readonly unseenCount: number;
};

export type ImageSet = "seen" | "unseen";

export type SkippedFile = { readonly path: string; readonly reason: string };

/** One series: `step[i]`, `elapsedMs[i]` since the run began, `value[i]` (NaN and infinities kept). */
export type Series = {
  /** As users, SQL and messages name it: "unseen/psnr". */
  readonly name: string;
  readonly spec: SeriesSpec;
  readonly step: Float64Array;
  readonly elapsedMs: Float64Array;
  readonly value: Float64Array;
};

export type ImageKind = "real" | "grey" | "colorized";

/** One stored picture of an image that is seen, unseen or in an evaluation set. Real and grey ones do not change with the epoch: they are stored at epoch 0 only. */
export type ImageRow = {
  readonly epoch: number;
  readonly set: SetName;
  readonly index: number;
  readonly kind: ImageKind;
  /** Name of the image within its data set, such as "train2017/000000000790.jpg". */
  readonly imageId: string;
  readonly blobHash: string;
};

export type Blob = { readonly mime: string; readonly bytes: Uint8Array };

export type EventLevel = "info" | "warning" | "error";

export type EventRow = {
  readonly at: number;
  readonly level: EventLevel;
  /** Machine-readable word, such as "checkpoint", "resume", "non-finite". */
  readonly kind: string;
  readonly message: string;
};

/** What the metrics say of the images of one set at one step. */
export type EvaluatedSet = {
  /** "seen", "unseen" or the name of a set of the run's own. */
  readonly set: string;
  /** By the name of the series within the set, such as "psnr": of the set as a whole. */
  readonly ofSet: Readonly<Record<string, number>>;
  /** Of every image, NaN and infinities welcome. */
  readonly ofImages: Readonly<Record<string, Float64Array>>;
  /** The images: their places in the order in which their data set is stored. */
  readonly places: Uint32Array;
};

/** A metric of one sample image. */
export type SampleMetric = {
  readonly epoch: number;
  readonly set: SetName;
  /** Position of the image among the samples of its set. */
  readonly index: number;
  /** Such as "psnr". */
  readonly metric: string;
  readonly value: number;
};

/** Images that a run is measured on beside its own data set. */
export type EvaluationSetRow = {
  readonly set: string;
  readonly fingerprint: string;
  /** Fingerprint of the data set whose unseen images these are, without those that other runs trained on; null for others. */
  readonly partOf?: string | null;
  /** Whether seen images of the data set are among them. */
  readonly bothSides?: boolean;
};
