// The work of `hueristic judge`: networks and images of a study, its pictures, its page, and its key in the store.

import path from "node:path";
import { pathToFileURL } from "node:url";
import type { DeviceChoice } from "../../engine/choices.ts";
import { UserError } from "../../errors.ts";
import { meanChroma, oppositeColors } from "../../judge/opposite-colors.ts";
import { pairIds } from "../../judge/pair-ids.ts";
import { type PlannedPair, planPairs } from "../../judge/plan-pairs.ts";
import { rightPicture } from "../../judge/right-picture.ts";
import { pageAssets } from "../../report/build-client.ts";
import { html } from "../../report/html.ts";
import type { StudyPictures } from "../../report/judge/data.ts";
import { judgeHtml } from "../../report/judge/judge-html.ts";
import { writeStudyFile } from "../../report/judge/study-file.ts";
import { type ChosenNetwork, chooseCheckpoint } from "../../runner/evaluation/choose-checkpoint.ts";
import { colorImages, readImages } from "../../runner/evaluation/color-images.ts";
import type { OpenSet } from "../../runner/evaluation/open-sets.ts";
import { untilInterrupted } from "../../runner/interrupt.ts";
import { colorsOf } from "../../runner/open-predictor.ts";
import { encodeLossless } from "../../runner/samples.ts";
import { formatTime } from "../../runs/format/times.ts";
import type { Store } from "../../store/open-store.ts";
import { newRunId } from "../../store/run-id.ts";
import type { NewStudy } from "../../store/study-rows.ts";
import { writeWhole } from "../../whole-file.ts";
import type { JudgeCommandOptions } from "../commands/judge.ts";
import { type Context, runsFlag } from "../context.ts";
import { readCheckpointReference } from "./checkpoint-reference.ts";
import { readDevice } from "./device-option.ts";
import { openExisting } from "./existing-store.ts";
import { findRuns } from "./run-references.ts";
import { openStudySet } from "./study-set.ts";
import { requireWhole } from "./whole-option.ts";

type Options = JudgeCommandOptions;

/** Both pictures of a pair, uint8 sRGB, as the page has them: that at its `place`, and the other one. */
type Pictures = (pair: PlannedPair) => readonly [first: Uint8Array, second: Uint8Array];

type Made = {
  /** The key. */
  readonly study: NewStudy;
  readonly data: StudyPictures;
  /** By practice pair: numbers of the networks that colored its pictures. */
  readonly practiceNetworks: readonly (readonly number[])[];
};

type MakeOptions = Pick<Options, "ask" | "pairs" | "seed"> & {
  readonly shownMs: number | null;
  readonly store: Store;
  readonly device: DeviceChoice | null;
  readonly signal: AbortSignal;
};

export async function writeStudy(
  refs: readonly string[],
  options: Options,
  { output, print, now }: Context,
): Promise<number> {
  const { ask, pairs, seed, on, runs } = options;
  requireWhole("judge: --pairs", pairs, 2, 1000);
  requireWhole("judge: --seed", seed, 0, 2 ** 31 - 1);
  const shownMs = readShownMs(options);
  const device = readDevice("judge", options.device);
  const store = await openExisting(runs, { readonly: false }, output);
  try {
    return await untilInterrupted(async (signal) => {
      const networks = await chosenNetworks(refs, store);
      if (ask === "better" && networks.length < 2)
        throw new UserError("judge: --ask better: expected two networks to compare, got one");
      const runsOnce = [...new Map(networks.map(({ run }) => [run.id, run])).values()];
      const set = await openStudySet(on, runsOnce, { store, output, signal });
      try {
        const wanted = { ask, pairs, seed, shownMs, store, device, signal };
        const { study, data, practiceNetworks } = await makeStudy(networks, set, wanted);
        const page = judgeHtml(
          { ...data, sendTo: null },
          await pageAssets("judge"),
          html`written ${formatTime(now())} by Hueristic. This page is complete: it needs no network and sends nothing.`,
        );
        const file = path.resolve(options.out);
        // First the key: a page without one is worth nothing.
        store.saveStudy(study);
        await writeStudyFile(runs, { ...data, practiceNetworks });
        await writeWhole(file, Buffer.from(page));
        print(`${file}\n`);
        output.info(
          `study ${study.id}: ${pairs} pairs of ${set.name}; send ${pathToFileURL(file).href}, then: hueristic judge --collect <answers>${runsFlag(runs)}; or judge it in hueristic serve`,
        );
      } finally {
        set.dataset.close();
      }
    });
  } finally {
    store.close();
  }
}

async function makeStudy(
  networks: readonly ChosenNetwork[],
  { name, dataset, indices, places }: OpenSet,
  { ask, pairs, seed, shownMs, store, device, signal }: MakeOptions,
): Promise<Made> {
  const photographs = readImages(dataset, indices);
  const chroma = photographs.map(meanChroma);
  const plan = planPairs({ question: ask, networks: networks.length, chroma, pairs, seed });
  const pictures = await coloredPairs(
    networks,
    photographs,
    [...plan.practice, ...plan.pairs],
    ({ run, checkpoint }, images) => colorImages(run, checkpoint, images, { store, device, signal }),
  );
  const onPage = async (pair: PlannedPair): Promise<[string, string]> => {
    const [first, second] = pictures(pair);
    const base64 = async (rgb: Uint8Array) =>
      Buffer.from(await encodeLossless(rgb, dataset.size)).toString("base64");
    return [await base64(first), await base64(second)];
  };
  const id = newRunId();
  const ids = pairIds(plan.pairs.length);
  return {
    study: {
      id,
      question: ask,
      set: name,
      fingerprint: dataset.fingerprint,
      seed,
      shownMs,
      networks: networks.map(({ run, checkpoint }) => ({ runId: run.id, step: checkpoint.step })),
      pairs: plan.pairs.map(({ image, ...pair }, at) => ({ ...pair, id: ids[at]!, index: places[image]! })),
    },
    data: {
      study: id,
      question: ask,
      shownMs,
      practice: await Promise.all(
        plan.practice.map(async (pair) => ({
          pictures: await onPage(pair),
          answer: rightPicture(ask, pair),
        })),
      ),
      pairs: await Promise.all(
        plan.pairs.map(async (pair, at) => ({ id: ids[at]!, pictures: await onPage(pair) })),
      ),
    },
    practiceNetworks: plan.practice.map(({ network, against }) =>
      [network, against].filter((number) => number !== null),
    ),
  };
}

async function chosenNetworks(refs: readonly string[], store: Store): Promise<ChosenNetwork[]> {
  const networks: ChosenNetwork[] = [];
  for (const text of refs) {
    const reference = readCheckpointReference(text);
    for (const id of await findRuns(store, [reference.run])) {
      const run = store.getRun(id);
      colorsOf(run);
      networks.push({ run, checkpoint: chooseCheckpoint(store, run, reference.checkpoint) });
    }
  }
  const twice = networks.find(
    ({ run, checkpoint }, at) =>
      networks.findIndex((each) => each.run.id === run.id && each.checkpoint.step === checkpoint.step) !== at,
  );
  if (twice) throw new UserError(`judge: expected every network once, got ${twice.run.id} again`);
  return networks;
}

/** Every network colors only what is shown of it. */
async function coloredPairs(
  networks: readonly ChosenNetwork[],
  photographs: readonly Uint8Array[],
  pairs: readonly PlannedPair[],
  color: (network: ChosenNetwork, images: readonly Uint8Array[]) => Promise<Uint8Array[]>,
): Promise<Pictures> {
  const colored: Map<number, Uint8Array>[] = [];
  for (const [number, network] of networks.entries()) {
    const images = pairs.flatMap(({ image, network, against }) =>
      network === number || against === number ? [image] : [],
    );
    const pictures = await color(
      network,
      images.map((image) => photographs[image]!),
    );
    colored.push(new Map(images.map((image, at) => [image, pictures[at]!])));
  }
  return ({ image, network, against, place }) => {
    const photograph = photographs[image]!;
    const judged = network === null ? oppositeColors(photograph) : colored[network]!.get(image)!;
    const other = against === null ? photograph : colored[against]!.get(image)!;
    return place === 0 ? [judged, other] : [other, judged];
  };
}

function readShownMs({ seconds, ask }: Options): number | null {
  if (seconds === undefined) return ask === "real" ? 1000 : null;
  if (!(seconds >= 0 && seconds <= 60))
    throw new UserError(`judge: --seconds: expected a number from 0 to 60, got ${seconds}`);
  return seconds === 0 ? null : Math.max(1, Math.round(1000 * seconds));
}
