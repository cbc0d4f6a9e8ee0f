// Builds a router: opens its networks, tries them on images that none was trained on, and stores what they said.

import { UserError } from "../errors.ts";
import { type ChosenNetwork, epochOfStep } from "../runner/evaluation/choose-checkpoint.ts";
import { requireClassifier } from "../runner/open-classifier.ts";
import { ownVersion } from "../runner/provenance.ts";
import { calibrate } from "./calibration.ts";
import { classShares, largestAt } from "./class-shares.ts";
import { type HeldOut, type HeldOutOptions, openHeldOut } from "./held-out-images.ts";
import {
  type ChosenNetworks,
  type OpenRouterOptions,
  openNetworks,
  type RouterNetworks,
} from "./open-router.ts";
import { readPicture } from "./read-picture.ts";
import { type Coloring, coloringsOf, routeByRealness } from "./route.ts";
import {
  digestOf,
  type RouterNetwork,
  routerVersion,
  type StoredRouter,
  type WrittenRouter,
} from "./stored-router.ts";
import { chooseThreshold, thresholdAt } from "./threshold.ts";

/** Fewer images of a class say too little about its network. */
const fewestOfClass = 10;

export type RouterPlan = {
  readonly name: string;
  readonly classifier: ChosenNetwork;
  /** By the class that each stands for. */
  readonly specialists: ReadonlyMap<string, ChosenNetwork>;
  readonly general: ChosenNetwork | null;
  readonly written: WrittenRouter;
};

export type BuildRouterOptions = HeldOutOptions & OpenRouterOptions & { readonly now: number };

/** Throws UserError where a run cannot play its part, or there are too few images to measure on. */
export async function buildRouter(plan: RouterPlan, options: BuildRouterOptions): Promise<StoredRouter> {
  const { name, classifier, general, written } = plan;
  requireClassifier(classifier.run);
  const config = written.images ?? classifier.run.experiment.dataset;
  const size = sizeOfAll([classifier, ...plan.specialists.values(), ...(general ? [general] : [])]);
  const others = [...plan.specialists.values(), ...(general ? [general] : [])].map(({ run }) => run);
  const heldOut = await openHeldOut(config, classifier.run, others, options);
  try {
    const specialists = inOrder(plan, heldOut.labels);
    const images = heldOut.images.filter(({ use }) => use === "build");
    const counts = heldOut.labels.map((_, place) => images.filter((image) => image.class === place).length);
    requireEnough(heldOut, counts);
    const chosen: ChosenNetworks = { classifier, specialists, general: null };
    const networks = await openNetworks(chosen, options);
    try {
      const tried = await tryOut(networks, heldOut, options);
      const calibrations = specialists.map((_, place) => {
        const own = tried.filter(({ image }) => image.class === place);
        return calibrate(
          own.map(({ real }) => real),
          own.map(({ colorings }) => colorings[place]!.logit),
        );
      });
      const stored = specialists.map((network, place) => ({
        class: heldOut.labels[place]!,
        ...stateOf(network),
        calibration: calibrations[place]!,
      }));
      const decided = tried.map(({ probabilities, colorings, image }) => {
        const shares = classShares(probabilities);
        const place = largestAt(shares);
        const byRealness = routeByRealness({ specialists: stored }, probabilities, colorings);
        return {
          share: shares[place]!,
          isRightByClassifier: place === image.class,
          isRightByDiscriminators: byRealness.place === image.class,
        };
      });
      return {
        format: "hueristic router",
        version: routerVersion,
        name,
        builtAt: options.now,
        program: `Hueristic ${ownVersion()}`,
        written,
        size,
        classifier: stateOf(classifier),
        specialists: stored,
        general: general && stateOf(general),
        threshold: written.sure === null ? chooseThreshold(decided) : thresholdAt(written.sure, decided),
        measured: {
          dataset: config,
          fingerprint: heldOut.dataset.fingerprint,
          description: heldOut.dataset.description,
          images: counts,
          rightByClassifier: decided.filter(({ isRightByClassifier }) => isRightByClassifier).length,
          rightByDiscriminators: decided.filter(({ isRightByDiscriminators }) => isRightByDiscriminators)
            .length,
          notes: heldOut.notes,
        },
      };
    } finally {
      await networks.close();
    }
  } finally {
    heldOut.dataset.close();
  }
}

type TriedImage = {
  readonly image: HeldOut["images"][number];
  readonly probabilities: Float32Array;
  readonly colorings: readonly Pick<Coloring, "logit">[];
  /** Logit of the picture itself by the discriminator of its class. */
  readonly real: number;
};

async function tryOut(
  networks: RouterNetworks,
  { dataset, images }: HeldOut,
  { output, signal }: HeldOutOptions,
): Promise<TriedImage[]> {
  const own = images.filter(({ use }) => use === "build");
  const tried: TriedImage[] = [];
  const progress = output.progress(own.length);
  try {
    for (const [place, image] of own.entries()) {
      signal.throwIfAborted();
      progress.update(place, "held-out images tried");
      const { luma, as } = readPicture(dataset, image.index);
      const judge = networks.specialists[image.class]!;
      const probabilities = (await networks.classifier.predict(() => luma)).slice();
      const colorings = (await coloringsOf(networks, luma)).map(({ logit }) => ({ logit }));
      const real = await judge.score(luma, as(judge.output));
      if (![...probabilities, real, ...colorings.map(({ logit }) => logit)].every(Number.isFinite))
        throw new UserError(
          `router: ${image.id}: expected numbers, got others from one of the networks: its training failed; take another checkpoint`,
        );
      tried.push({ image, probabilities, colorings, real });
    }
  } finally {
    progress.stop();
  }
  return tried;
}

function stateOf({ run, checkpoint: { file, step } }: ChosenNetwork): RouterNetwork {
  const epoch = epochOfStep(step, run);
  return { run: run.id, name: run.name, step, epoch, sha256: digestOf(file) };
}

function sizeOfAll(networks: readonly ChosenNetwork[]): number {
  const size = networks[0]!.run.experiment.image.size;
  const other = networks.find(({ run }) => run.experiment.image.size !== size);
  if (other === undefined) return size;
  throw new UserError(
    `router: expected networks of one image size, got ${size} and, of run ${other.run.id}, ${other.run.experiment.image.size}`,
  );
}

/** The specialists in the order of the labels. */
function inOrder({ specialists }: RouterPlan, labels: readonly string[]): ChosenNetwork[] {
  const stranger = [...specialists.keys()].find((name) => !labels.includes(name));
  if (stranger !== undefined)
    throw new UserError(
      `router: specialists.${stranger}: expected a class of the classifier (known: ${labels.join(", ")})`,
    );
  return labels.map((label) => {
    const network = specialists.get(label);
    if (network === undefined)
      throw new UserError(`router: specialists: expected a run for every class, got none for ${label}`);
    return network;
  });
}

function requireEnough({ labels, notes }: HeldOut, counts: readonly number[]): void {
  const few = counts.findIndex((count) => count < fewestOfClass);
  if (few < 0) return;
  const why = notes.length === 0 ? "" : ` (${notes.join("; ")})`;
  throw new UserError(
    `router: expected at least ${fewestOfClass} images of every class that no network was trained on, in the half that it is built with, got ${counts[few]} of ${labels[few]}${why}; images: names other ones`,
  );
}
