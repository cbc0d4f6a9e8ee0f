// What a model declares about itself. A declaration is plain data and small functions: it loads no TensorFlow.js, so that
// experiments are checked, listed and reported without; its network is loaded when it is built (network.ts).

import type { z } from "zod";
import type { SeriesKind } from "../runs/series.ts";
import type { Combination } from "../settings/combination.ts";
import type { Path } from "../settings/paths.ts";
import type { ReadonlyDeep } from "../settings/readonly-deep.ts";
import { variant } from "../settings/variants.ts";
import type { State } from "../training-step.ts";
import type { EmbeddingSource, SizedEmbeddingNetwork } from "./embedding.ts";
import type { BuildNetwork } from "./network.ts";

/** What a network makes of luma: chroma, the whole picture, or the probability of each label. */
export type ModelOutput = "chroma" | "rgb" | "labels";

/** A network that has an optimizer, which is the value of this key of `train`. */
export type TrainedNetwork = {
  readonly name: string;
  readonly optimizer: "optimizer" | "discriminator_optimizer";
  /** The training series of its learning rate. */
  readonly rate: string;
};

/** What stands around a model, as far as it is right by itself. */
export type Surroundings = {
  readonly imageSize: number | undefined;
  readonly batchSize: number | undefined;
  readonly accumulate: number | undefined;
};

/** A trained network that is to tell others what pictures show. */
export type TellerOptions<Config> = {
  readonly model: Config;
  /** What it was trained on. */
  readonly imageSize: number;
  readonly state: State;
  readonly output: EmbeddingSource["output"];
};

/** Gives null where the state is not that of such a network. */
export type MakeTeller<Config> = (options: TellerOptions<Config>) => SizedEmbeddingNetwork | null;

/** `Config` is what an experiment has under `model`. */
export type ModelDeclaration<Kind extends string, Options extends z.ZodRawShape, Config> = {
  /** The name that experiments use. */
  readonly kind: Kind;
  /** A sentence, for editors and for `hueristic models`. */
  readonly description: string;
  /** The paper or repository that it follows. */
  readonly source: string;
  /** What a user may write beside `kind`. */
  readonly options: Options;
  /** What its paper trains with: below everything that the user wrote under `train`. */
  readonly usualTrain?: Readonly<Record<string, unknown>>;
  /** The side of an image must be a multiple of this: the network halves it so often. */
  readonly sizeStep: number;
  /** One network unless it is given. */
  readonly networks?: readonly TrainedNetwork[];
  /** What it needs beside pictures: the labels of the data set, or what another network says of each (embedding.ts). */
  readonly needs: "labels" | "embedding" | null;
  output(config: Config): ModelOutput;
  /** What seen and unseen losses are: those of the same kind compare. */
  lossKind(config: Config): string;
  /** What every step of a training logs; the first one is the loss that the progress bar shows and seen losses are of. */
  series(config: Config): readonly SeriesKind[];
  /** Settings that are impossible together. */
  problems?(config: Config, around: Surroundings): readonly Combination[];
  /** The settings of a network trained at one size that is used at another: what followed from the size stays. */
  atSize?(config: Config, sizes: { readonly trained: number; readonly used: number }): Config;
  /** Where the options name files; relative ones start where they were written. */
  paths?(config: Config): readonly Path[];
  /** Loads the network's code. */
  load(): Promise<BuildNetwork<Config>>;
  /** Loads what lets a trained network of this kind tell others what pictures show; null where none can. */
  readonly loadTeller?: (() => Promise<MakeTeller<Config>>) | null;
};

type SchemaOf<Kind extends string, Options extends z.ZodRawShape> = ReturnType<
  typeof variant<"kind", Kind, Options>
>;

export type Model<Kind extends string = string, Options extends z.ZodRawShape = z.ZodRawShape> = Required<
  ModelDeclaration<Kind, Options, ReadonlyDeep<z.output<SchemaOf<Kind, Options>>>>
> & { readonly schema: SchemaOf<Kind, Options> };

/** What an experiment has under `model` where it is this one. */
export type ConfigOf<Declared extends { readonly schema: z.ZodType }> = ReadonlyDeep<
  z.output<Declared["schema"]>
>;

export function model<const Kind extends string, const Options extends z.ZodRawShape>(
  declaration: ModelDeclaration<Kind, Options, ReadonlyDeep<z.output<SchemaOf<Kind, Options>>>>,
): Model<Kind, Options> {
  const { kind, description, options } = declaration;
  return {
    usualTrain: {},
    networks: [{ name: kind, optimizer: "optimizer", rate: "learning_rate" }],
    problems: () => [],
    atSize: (config) => config,
    paths: () => [],
    loadTeller: null,
    ...declaration,
    schema: variant("kind", kind, description, options),
  };
}
