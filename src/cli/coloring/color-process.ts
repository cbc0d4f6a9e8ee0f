// The process that colors photographs for `hueristic serve`, one at a time, until the server closes the channel or is gone
// (colorist.ts). Networks are opened when they are first asked for; the few used last stay open.

import { type ColorizingNetwork, coloredBytes } from "../../colorize/colorize-files.ts";
import { openPhotograph } from "../../colorize/colorize-photograph.ts";
import type { ColorizedFormat } from "../../colorize/encode-colored.ts";
import { previewOf } from "../../colorize/preview.ts";
import { openPicture, Refusal } from "../../datasets/formats/open-picture.ts";
import { failureOf, UserError } from "../../errors.ts";
import { endWithParent } from "../../own-process.ts";
import { chooseCheckpoint } from "../../runner/evaluation/choose-checkpoint.ts";
import type { Picture } from "../../serve/coloring/colorist.ts";
import { openStore } from "../../store/open-store.ts";
import { openCheckpoint } from "../target/coloring-network.ts";
import type { ProcessReply, ProcessRequest } from "./colorist.ts";

endWithParent();

type Asked = Extract<ProcessRequest, { network: unknown }>;

const mostNetworks = 4;
/** Pixels of the longer side of an original that is shown. */
const largestOriginal = 2000;
/** Such as browsers show; the others become PNG. */
const shownFormats: readonly string[] = ["jpeg", "png", "webp"] satisfies ColorizedFormat[];

const store = openStore(process.argv[2]!, { readonly: true });
/** By their files, those used last at the end. */
const networks = new Map<string, ColorizingNetwork>();
const stops = new Map<number, AbortController>();

process.on("message", async (request: ProcessRequest) => {
  if ("stop" in request) {
    stops.get(request.id)?.abort(new Error("stopped"));
    return;
  }
  const stop = new AbortController();
  stops.set(request.id, stop);
  const reply = await replyTo(request, stop.signal);
  stops.delete(request.id);
  // The channel may close meanwhile.
  if (process.connected) process.send!({ id: request.id, ...reply } as ProcessReply);
});

async function replyTo(asked: Asked, signal: AbortSignal) {
  try {
    const photograph = Buffer.from(
      asked.photograph.buffer,
      asked.photograph.byteOffset,
      asked.photograph.length,
    );
    return { picture: await (asked.network === null ? original : colored)(photograph, asked, signal) };
  } catch (error) {
    if (error instanceof Refusal || error instanceof UserError) return { refusal: error.message };
    return { failure: failureOf(error) };
  }
}

async function original(photograph: Buffer, { mostPixels }: Asked): Promise<Picture> {
  await openPicture(photograph); // throws what it refuses
  return previewOf(photograph, { largest: largestOriginal, quality: 90, mostPixels });
}

async function colored(bytes: Buffer, { network: wanted, mostPixels }: Asked, signal: AbortSignal) {
  const network = await networkOf(wanted!);
  signal.throwIfAborted();
  const options = { upsampling: "guided", saturation: 1, keepTone: false, raw: false, mostPixels } as const;
  const photograph = await openPhotograph(bytes, options, signal);
  const { kind, isRestored } = photograph;
  const format = shownFormats.includes(photograph.format) ? (photograph.format as ColorizedFormat) : "png";
  const pieces = await coloredBytes(photograph, network, format, true);
  return {
    mime: `image/${format}`,
    bytes: Buffer.concat(pieces),
    epoch: network.note.epoch,
    kind,
    isRestored,
  };
}

async function networkOf({ runId, checkpoint }: NonNullable<Asked["network"]>): Promise<ColorizingNetwork> {
  const run = store.getRun(runId);
  const chosen = chooseCheckpoint(store, run, checkpoint);
  const { file } = chosen;
  const network =
    networks.get(file) ??
    (await openCheckpoint(run, chosen, { store, device: null, size: null, tile: null }));
  networks.delete(file);
  networks.set(file, network);
  for (const [oldest, { predictor }] of networks) {
    if (networks.size <= mostNetworks) break;
    networks.delete(oldest);
    await predictor.close();
  }
  return network;
}
