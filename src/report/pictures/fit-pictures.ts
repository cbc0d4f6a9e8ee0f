// Finds the best pictures that fit: first all of them with ever more compression, then fewer epochs, then fewer images.

import { UserError } from "../../errors.ts";
import { formatNumber } from "../../runs/format/numbers.ts";
import type { Blob } from "../../store/rows.ts";
import type { BuiltPage, PageContent, ShownPage } from "../build-page.ts";
import { scriptJson } from "../html.ts";
import { embeddedBytes, encodePictures, encodings, estimateBytes } from "./encode-pictures.ts";
import { noThinning, type Thinning } from "./thinning.ts";

export type FittedPage = {
  readonly content: PageContent;
  readonly blobs: readonly Blob[];
  /** What was done to make it fit; null where pictures are as they are stored. */
  readonly note: string | null;
};

/** Epochs are given up before quality falls below this step. */
const thinnings: readonly Thinning[] = [
  noThinning,
  { everyEpoch: 2, mostImages: Number.POSITIVE_INFINITY },
  { everyEpoch: 4, mostImages: Number.POSITIVE_INFINITY },
  { everyEpoch: 4, mostImages: 4 },
  { everyEpoch: 1_000_000, mostImages: 4 },
  { everyEpoch: 1_000_000, mostImages: 2 },
];

/**
 * `bytesWithout` says what a page takes without pictures; it is asked once, then only what the thinning changes is measured.
 * Throws UserError where nothing fits into `mostBytes`.
 */
export async function fitPictures(
  page: BuiltPage,
  bytesWithout: (content: PageContent) => number,
  blobOf: (hash: string) => Blob,
  mostBytes: number,
): Promise<FittedPage> {
  const whole = page.show(noThinning);
  const fixed = bytesWithout(whole.content) - picturedBytes(whole);
  for (const thinning of thinnings) {
    const shown = thinning === noThinning ? whole : page.show(thinning);
    const { content } = shown;
    const room = mostBytes - fixed - picturedBytes(shown);
    // With fewer pictures the middle ones will do: those before were too large with all of them.
    for (const encoding of thinning === noThinning ? encodings : encodings.slice(2)) {
      if (room < 0 || (await estimateBytes(content.hashes, blobOf, encoding)) > 1.05 * room) continue;
      const blobs = await encodePictures(content.hashes, blobOf, encoding);
      if (embeddedBytes(blobs) > room) continue;
      const changed = encoding.options !== null || thinning !== noThinning;
      return { content, blobs, note: changed ? noteOf(encoding.words, thinning, mostBytes) : null };
    }
  }
  throw new UserError(
    `the page does not fit into ${megabytes(mostBytes)}: give --max-size more, or name fewer runs`,
  );
}

/** Of the sections that a thinning changes. */
function picturedBytes({ pictured }: ShownPage): number {
  return pictured.reduce(
    (sum, { body, data }) => sum + Buffer.byteLength(body.html) + Buffer.byteLength(scriptJson(data).html),
    0,
  );
}

function noteOf(words: string, { everyEpoch, mostImages }: Thinning, mostBytes: number): string {
  const epochs =
    everyEpoch === 1
      ? ""
      : everyEpoch > 1000
        ? ", first and last epoch only"
        : `, every ${everyEpoch === 2 ? "second" : `${everyEpoch}th`} sampled epoch and the last`;
  const images = Number.isFinite(mostImages)
    ? `, at most ${mostImages} seen and ${mostImages} unseen images`
    : "";
  return `To fit into ${megabytes(mostBytes)} (--max-size), pictures are stored ${words}${epochs}${images}. Colors may differ slightly from what the network made; the store has the originals.`;
}

function megabytes(bytes: number): string {
  return `${formatNumber(bytes / 1e6)} MB`;
}
