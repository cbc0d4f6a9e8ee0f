// A trained network as an ONNX file that stands by itself. As much of its size stays open as the network allows: any
// number of pictures of any size, any number of one size, or one picture. Nothing is left behind unless ONNX Runtime
// gives the same pictures as our engine.

import { writeFileSync } from "node:fs";
import { openEngine } from "../../engine/engines.ts";
import { encodeStandalone, type GraphParts, standaloneOpset } from "../../engine/onnx/model-proto.ts";
import {
  lowerForAllSizes,
  lowerForAnyBatch,
  lowerForOne,
  type Standalone,
  stateBytes,
} from "../../engine/onnx/standalone/lower-standalone.ts";
import { UserError } from "../../errors.ts";
import type { Store } from "../../store/open-store.ts";
import type { RunRow } from "../../store/rows.ts";
import { makeWhole } from "../../whole-file.ts";
import { type Difference, differenceFrom, isSame, type TestPictures } from "./check-export.ts";
import { type Metadata, meaningOf, originOf } from "./metadata.ts";
import { type ExportedInput, pictureFunction } from "./picture-function.ts";
import { drawnPictures, unseenPictures } from "./test-pictures.ts";
import type { TrainedNetwork } from "./trained-network.ts";

export type OnnxOptions = {
  readonly store: Store;
  readonly file: string;
  readonly input: ExportedInput;
  /** Whether sizes must stay open, or must not; null takes what the network allows. */
  readonly dynamic: boolean | null;
  readonly signal: AbortSignal;
  readonly threads?: number;
};

export type ExportedOnnx = {
  readonly opset: number;
  /** Such as "any, multiples of 8" or "64x64". */
  readonly size: string;
  /** How many pictures at once. */
  readonly batch: "any" | 1;
  /** The largest difference from our engine. */
  readonly difference: Difference;
  /** What it was checked with, such as "4 unseen images and 2 other sizes". */
  readonly checked: string;
  readonly bytes: number;
};

/** Protocol buffers have no more, with a little for all that is no weight. */
const mostBytes = 2 ** 31 - 2 ** 24;

type Form = Pick<ExportedOnnx, "size" | "batch"> & {
  readonly lower: (function_: Standalone) => GraphParts | null;
  /** Height and width of pictures to check it with, beside the run's own. */
  readonly others: readonly (readonly [height: number, width: number])[];
};

/** Throws UserError where the file would not do what the network does. */
export async function exportOnnx(
  run: RunRow,
  network: TrainedNetwork,
  { store, file, input, dynamic, signal, threads }: OnnxOptions,
): Promise<ExportedOnnx> {
  if (stateBytes(network.state) > mostBytes)
    throw new UserError(
      `run ${run.id}: expected weights of at most 2 GB, which an ONNX file can hold, got ${(stateBytes(network.state) / 2 ** 30).toFixed(1)} GB; take --safetensors`,
    );
  const engine = await openEngine("onnx", { device: "cpu", threads });
  const function_ = pictureFunction(network, input);
  const own = await unseenPictures(run, store);
  const origin = originOf(run, store.dataset(run.datasetFingerprint), network);
  return makeWhole(file, async (temporary) => {
    for (const form of formsOf(network, dynamic)) {
      signal.throwIfAborted();
      const graph = form.lower(function_);
      if (graph === null) continue;
      const { size, batch } = form;
      const metadata: Metadata = {
        ...origin,
        ...meaningOf(input, network.output),
        size,
        size_step: String(network.sizeStep),
        trained_size: sidesOf(network),
        batch: String(batch),
        opset: String(standaloneOpset),
      };
      const bytes = encodeStandalone(graph, origin.hueristic_version!, metadata);
      writeFileSync(temporary, bytes);
      const compare = async (tests: TestPictures) => {
        await new Promise(setImmediate); // signals have their turn
        signal.throwIfAborted();
        return differenceFrom(network, engine, { file: temporary, input }, tests);
      };
      const pictures = batch === 1 ? own.pictures.slice(0, 1) : own.pictures;
      const difference = await compare({ ...own, pictures });
      if (!isSame(difference)) throw differs(file, run, difference);
      let same = true;
      for (const [height, width] of form.others) {
        same &&= isSame(await compare(drawnPictures(height, width, 1)));
      }
      if (!same) continue;
      const images = `${pictures.length} ${own.drawn ? "drawn pictures" : "unseen images"}`;
      const checked = form.others.length === 0 ? images : `${images} and ${form.others.length} other sizes`;
      return { opset: standaloneOpset, size, batch, difference, checked, bytes: bytes.length };
    }
    throw new UserError(
      `run ${run.id}: --dynamic: expected a network that takes pictures of any size, got ${run.experiment.model.kind}, whose computation hangs on ${sidesOf(network)}; without --dynamic it is exported for that size`,
    );
  });
}

function formsOf(network: TrainedNetwork, dynamic: boolean | null): Form[] {
  const { imageSize: side, sizeStep: step } = network;
  const size = sidesOf(network);
  const open: Form = {
    size: `any, multiples of ${step}`,
    batch: "any",
    lower: lowerForAllSizes,
    others: [
      [side + step, side],
      [side, side + 2 * step],
    ],
  };
  const fixed: Form[] = [
    { size, batch: "any", lower: (one) => lowerForAnyBatch(one, side, side), others: [] },
    { size, batch: 1, lower: (one) => lowerForOne(one, side, side), others: [] },
  ];
  if (dynamic === true) return [open];
  return dynamic === false ? fixed : [open, ...fixed];
}

function sidesOf({ imageSize }: TrainedNetwork): string {
  return `${imageSize}x${imageSize}`;
}

function differs(file: string, run: RunRow, difference: Difference): UserError {
  const how =
    "bytes" in difference
      ? `up to ${difference.bytes}/255 from its pictures (a and b up to ${difference.ab.toPrecision(2)})`
      : `up to ${difference.probability} from its probabilities`;
  return new UserError(
    `${file}: not written: ONNX Runtime is ${how}, run ${run.id}'s, expected at most 1/255`,
  );
}
