// The networks of a router with the checkpoints that it was built with.

import { type Closable, closeAll } from "../close-all.ts";
import { UserError } from "../errors.ts";
import { type ChosenNetwork, checkpointOfStep } from "../runner/evaluation/choose-checkpoint.ts";
import { type Classifier, openClassifier } from "../runner/open-classifier.ts";
import { type JudgedPredictor, openJudgedPredictor } from "../runner/open-judged-predictor.ts";
import type { ShownOptions } from "../runner/open-network.ts";
import { openPredictor, type Predictor } from "../runner/open-predictor.ts";
import type { Store } from "../store/open-store.ts";
import { digestOf, type RouterNetwork, type StoredRouter } from "./stored-router.ts";

export type RouterNetworks = {
  readonly classifier: Classifier;
  /** In the order of the router's. */
  readonly specialists: readonly JudgedPredictor[];
  readonly general: Predictor | null;
  close(): Promise<void>;
};

/** A run and which of its checkpoints. */

export type ChosenNetworks = {
  readonly classifier: ChosenNetwork;
  readonly specialists: readonly ChosenNetwork[];
  /** null where it is not needed, or there is none. */
  readonly general: ChosenNetwork | null;
};

/** A `device` of null is each run's own. */
export type OpenRouterOptions = Omit<ShownOptions, "size">;

/** Throws UserError where a run cannot play its part. */
export async function openNetworks(
  { classifier, specialists, general }: ChosenNetworks,
  options: OpenRouterOptions,
): Promise<RouterNetworks> {
  const opened: Closable[] = [];
  const close = () => closeAll(opened);
  const kept = <T extends Closable>(network: T): T => {
    opened.push(network);
    return network;
  };
  try {
    const judged: JudgedPredictor[] = [];
    const teller = kept(await openClassifier(classifier.run, classifier.checkpoint, options));
    for (const { run, checkpoint } of specialists)
      judged.push(kept(await openJudgedPredictor(run, checkpoint, options)));
    const whole =
      general && kept(await openPredictor(general.run, general.checkpoint, { ...options, size: null }));
    return { classifier: teller, specialists: judged, general: whole, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The runs and checkpoints of a router that was built. Throws UserError where one is not as it was then. */
export function networksOf(store: Store, router: StoredRouter, withGeneral: boolean): ChosenNetworks {
  const chosen = (network: RouterNetwork) => asBuilt(store, router.name, network);
  return {
    classifier: chosen(router.classifier),
    specialists: router.specialists.map(chosen),
    general: withGeneral && router.general ? chosen(router.general) : null,
  };
}

function asBuilt(
  store: Store,
  router: string,
  { run: id, step, epoch, sha256 }: RouterNetwork,
): ChosenNetwork {
  const anew = `; build the router anew (hueristic router build)`;
  const run = store.listRuns().find((each) => each.id === id);
  if (run === undefined)
    throw new UserError(`router ${router}: expected run ${id}, which is not here${anew}`);
  const checkpoint = checkpointOfStep(store, run, step);
  if (checkpoint === null)
    throw new UserError(
      `router ${router}: run ${id}: expected its checkpoint of epoch ${epoch}, which is gone${anew}`,
    );
  if (digestOf(checkpoint.file) !== sha256)
    throw new UserError(
      `router ${router}: run ${id}: its checkpoint of epoch ${epoch} is another one than then${anew}`,
    );
  return { run, checkpoint };
}
