// The keys of a sweep file: W&B's, and ours beside them (experiment, seeds, prune, search, launcher, variants).

import { z } from "zod";
import { above, kind, oneOf, text, whole } from "../../settings/leaves.ts";
import { parameterSchema } from "./parameter-schema.ts";

const metric = z
  .strictObject({
    name: text()
      .regex(/^[^/.]+[/.]/, {
        error: "a series such as unseen/loss or unseen.psnr (hueristic show lists them)",
      })
      .describe("The series that is looked at; a dot serves as well as a slash."),
    goal: oneOf(["minimize", "maximize"]).optional().describe("minimize where it is left out."),
    target: z.number({ error: "a number" }).optional().describe("Nothing is started once it is reached."),
    impute: z.unknown().optional(),
    impute_while_running: z.unknown().optional(),
  })
  .describe("What makes a trial better than another.");

const earlyTerminate = z.strictObject({
  type: z.literal("hyperband", { error: "hyperband" }),
  min_iter: whole("epochs", { least: 1 }).optional().describe("The first epoch at which trials are stopped."),
  max_iter: whole("epochs", { least: 1 }).optional().describe("Epochs of the longest trial."),
  s: whole("bands", { least: 1, most: 100 })
    .optional()
    .describe("With max_iter: how many epochs to judge at."),
  eta: above(1).default(3).describe("A share of 1/eta goes on."),
  strict: z
    .boolean({ error: "true or false" })
    .default(true)
    .describe("Judge by the value at the band itself."),
});

const percentileSettings = {
  n_startup_trials: whole("trials", { least: 0 })
    .default(5)
    .describe("Nothing is pruned before so many are done."),
  n_warmup_steps: whole("epochs", { least: 0 })
    .default(0)
    .describe("Nothing is pruned in the epochs below it."),
  interval_steps: whole("epochs", { least: 1 }).default(1).describe("Epochs between two decisions."),
  n_min_trials: whole("trials", { least: 1 }).default(1).describe("Fewer values of an epoch decide nothing."),
};
const resource = () => whole("epochs", { least: 1 });
const orAuto = (error: string) => z.union([resource(), z.literal("auto")], { error });
const factor = (value: number) => whole("", { least: 2 }).default(value).describe("One of so many goes on.");
const bootstrap = whole("trials", { least: 0 })
  .default(0)
  .describe("Trials that a rung must have seen before any goes on.");

const prune = z.discriminatedUnion("type", [
  z.strictObject({ type: kind("median", "Optuna's MedianPruner."), ...percentileSettings }),
  z.strictObject({
    type: kind("percentile", "Optuna's PercentilePruner."),
    percentile: z
      .number({ error: "a number from 0 to 100" })
      .min(0, { error: "a number from 0 to 100" })
      .max(100, { error: "a number from 0 to 100" })
      .describe("The best so many percent are kept."),
    ...percentileSettings,
  }),
  z.strictObject({
    type: kind("successive_halving", "Optuna's SuccessiveHalvingPruner (ASHA)."),
    min_resource: orAuto("a whole number of epochs, or auto").default("auto"),
    reduction_factor: factor(4),
    min_early_stopping_rate: whole("", { least: 0 }).default(0),
    bootstrap_count: bootstrap,
  }),
  z.strictObject({
    type: kind("hyperband", "Optuna's HyperbandPruner."),
    min_resource: resource().default(1),
    max_resource: orAuto("a whole number of epochs, or auto").default("auto"),
    reduction_factor: factor(3),
    bootstrap_count: bootstrap,
  }),
]);

/** Complete values are in completeSweep: what is given where it has no effect is told. */
const search = z
  .strictObject({
    seed: whole("", { least: 0 }).describe("Fixes what is drawn; 1."),
    n_startup_trials: whole("trials", { least: 0 }).describe("Random trials before bayes; 10."),
    n_ei_candidates: whole("candidates", { least: 1 }).describe("Candidates of a trial; 24."),
    constant_liar: z.boolean({ error: "true or false" }).describe("Keep away from running trials; true."),
  })
  .partial()
  .default({})
  .describe("How random and bayes draw.");

export const sweepSchema = z.strictObject({
  name: text()
    .max(200, { error: "a text of at most 200 characters" })
    .optional()
    .describe("Name of the sweep; the file's name where it is left out."),
  description: z.string({ error: "a text" }).default("").describe("A sentence for its page."),
  experiment: text().optional().describe("The experiment that the parameters are laid over."),
  method: oneOf(["grid", "random", "bayes"]).describe(
    "grid: all combinations, the last parameter fastest; random: trial n draws the same whoever draws it; bayes: TPE. None trains a configuration twice.",
  ),
  metric: metric.optional(),
  parameters: z
    .record(z.string(), parameterSchema)
    .default({})
    .describe(
      "Path in the experiment -> what is tried there: a value, a list of values, a range or a distribution.",
    ),
  early_terminate: earlyTerminate.optional().describe("W&B's hyperband: stop trials that do worse."),
  prune: prune.optional().describe("Stop trials that do worse, as Optuna does; steps are epochs."),
  run_cap: whole("configurations", { least: 1 }).optional().describe("At most so many configurations."),
  seeds: z
    .array(whole("", { least: 0 }), { error: "a list of whole numbers" })
    .min(1, { error: "at least one seed" })
    .refine((seeds) => new Set(seeds).size === seeds.length, { error: "every seed once" })
    .optional()
    .describe("Every configuration is trained with each; search and tables use the mean."),
  search,
  evaluate: z
    .strictObject({
      others: z
        .boolean({ error: "true or false" })
        .default(false)
        .describe("At the end every network is measured on the unseen images of the others' data sets."),
    })
    .optional(),
  launcher: z
    .record(z.string(), z.unknown(), { error: "a mapping such as {kind: slurm, partition: gpu}" })
    .optional()
    .describe("On what agents are started: kind slurm or k8s, and its options."),
});

export type WrittenSweep = z.output<typeof sweepSchema>;

/** W&B's keys that say where a sweep is kept and what is started: nothing is lost without them. */
export const ignoredKeys: Readonly<Record<string, string>> = {
  program: "trials are trained by Hueristic itself",
  command: "trials are trained by Hueristic itself",
  entity: "the sweep stays on this machine",
  project: "the sweep stays on this machine",
  controller: "the sweep stays on this machine",
  apiVersion: "it says nothing about the trials",
  kind: "it says nothing about the trials",
};

/** W&B's keys that would change which trials there are. */
export const refusedKeys: Readonly<Record<string, string>> = {
  job: "W&B Launch is not supported: leave it out",
  image_uri: "W&B Launch is not supported: leave it out",
  scheduler: "schedulers of one's own are not supported: expected method grid, random or bayes",
  metrics: "several metrics at once are not supported: expected one, as metric",
};
