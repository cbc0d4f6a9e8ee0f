// What a sweep is once its file or command line was read: complete, checked, readonly, and JSON all through, so that
// it can be stored and every process that works on it starts from the same words.

import type { Place } from "../experiment/text/located.ts";

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | {
      readonly [key: string]: Json;
    };

/** Where the values of a parameter come from. `min` and `max` are values, also where W&B wants exponents. */
export type Distribution =
  | { readonly kind: "constant"; readonly value: Json }
  | {
      readonly kind: "categorical";
      readonly values: readonly Json[];
      /** One for each value, 1 in sum; null is the same for all. */
      readonly probabilities: readonly number[] | null;
    }
  /** Whole numbers, both ends included. */
  | { readonly kind: "int_uniform"; readonly min: number; readonly max: number }
  | UniformDistribution
  | NormalDistribution;

/** Uniform, or uniform in the logarithm; rounded to multiples of `q`. */
export type UniformDistribution = {
  readonly kind: "uniform";
  readonly min: number;
  readonly max: number;
  readonly q: number | null;
  readonly log: boolean;
};

/** Normal, or normal in the logarithm, of which `mu` and `sigma` then are; rounded to multiples of `q`. */
export type NormalDistribution = {
  readonly kind: "normal";
  readonly mu: number;
  readonly sigma: number;
  readonly q: number | null;
  readonly log: boolean;
};

export type Parameter = {
  /** Its path in the experiment with dots, such as "train.optimizer.name". */
  readonly name: string;
  readonly distribution: Distribution;
  /** Where it was written: for messages, and where relative paths in its values begin. */
  readonly place: Place;
};

/** The parameters of one trial: name -> value. */
export type Parameters = Readonly<Record<string, Json>>;

export type Goal = "minimize" | "maximize";

export type Metric = {
  /** A series of the store, such as "unseen/loss". */
  readonly series: string;
  readonly goal: Goal;
  /** No trial is started once one has reached this value; null goes on. */
  readonly target: number | null;
};

export type SearchMethod = "grid" | "random" | "bayes";

export type SearchSettings = {
  /** With the number of a trial it fixes what is drawn for it. */
  readonly seed: number;
  /** Bayes: random trials before the first guided one. */
  readonly nStartupTrials: number;
  /** Bayes: candidates drawn for a trial, of which the best is taken. */
  readonly nEiCandidates: number;
  /** Bayes: keep away from what is being tried just now. */
  readonly constantLiar: boolean;
};

/** When a trial is stopped early. Steps and resources are epochs. Names and meanings are Optuna's. */
export type PruneConfig =
  | PercentileConfig
  | {
      readonly type: "successive_halving";
      readonly minResource: number | "auto";
      readonly reductionFactor: number;
      readonly minEarlyStoppingRate: number;
      readonly bootstrapCount: number;
    }
  | {
      readonly type: "hyperband";
      readonly minResource: number;
      readonly maxResource: number | "auto";
      readonly reductionFactor: number;
      readonly bootstrapCount: number;
    }
  | WandbHyperbandConfig;

export type PercentileConfig = {
  /** median is the percentile 50. */
  readonly type: "percentile";
  readonly percentile: number;
  readonly nStartupTrials: number;
  readonly nWarmupSteps: number;
  readonly intervalSteps: number;
  readonly nMinTrials: number;
};

/** W&B's `early_terminate: {type: hyperband}`; bands from the last epoch down, or from the first one up. */
export type WandbHyperbandConfig = {
  readonly type: "wandb_hyperband";
  readonly bands:
    | { readonly minIter: number }
    | {
        readonly maxIter: number;
        /** How many. */
        readonly s: number;
      };
  readonly eta: number;
  readonly strict: boolean;
};

/** An experiment as its files stood when the sweep began: later changes of them do not reach its trials. */
export type BaseExperiment = {
  /** As the user named it. */
  readonly file: string;
  /** Absolute; where the relative paths of `file` begin. */
  readonly cwd: string;
  /** Absolute path -> text, of the file and all that it extends. */
  readonly texts: Readonly<Record<string, string>>;
};

export type Sweep = {
  readonly name: string;
  readonly description: string;
  readonly method: SearchMethod;
  /** The file's, or the loss on unseen images. */
  readonly metric: Metric;
  /** In the order of the file. */
  readonly parameters: readonly Parameter[];
  readonly search: SearchSettings;
  readonly prune: PruneConfig | null;
  /** At most so many configurations; null goes on until all are done or somebody stops it. */
  readonly runCap: number | null;
  /** Every configuration is trained once with each; none is once with the experiment's own. */
  readonly seeds: readonly number[];
  /** Whether its networks are measured on the unseen images of each other's data sets once all are trained. */
  readonly evaluateOthers: boolean;
  readonly base: BaseExperiment;
  /** Keys that the experiment's file has and its trials do not, as `~key` on the command line asks. */
  readonly removed: readonly string[];
};
