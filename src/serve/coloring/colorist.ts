// Who colors photographs for the server. The server never loads an engine: what calls it hands this in
// (src/cli/coloring has the one of `hueristic serve`).

import type { RunRow } from "../../store/rows.ts";

export type Colorist = {
  /** Whether a run makes colors, and has a checkpoint to make them with. */
  canColor(run: RunRow): boolean;
  /**
   * Colors one photograph; the caller waits before it asks again. Rejects with UserError for what cannot be colored, and
   * with the signal's reason soon after it was aborted.
   */
  color(asked: ColoringRequest, signal: AbortSignal): Promise<ColoredPhotograph>;
  /** The photograph as it is, in a format that browsers show. Rejects as `color` does. */
  original(photograph: Buffer, signal: AbortSignal): Promise<Picture>;
  close(): void;
};

export type ColoringRequest = {
  readonly photograph: Buffer;
  readonly runId: string;
  readonly checkpoint: ColoringCheckpoint;
};

export const coloringCheckpoints = ["last", "best"] as const;

export type ColoringCheckpoint = (typeof coloringCheckpoints)[number];

export type Picture = { readonly mime: string; readonly bytes: Uint8Array };

export type ColoredPhotograph = Picture & {
  /** Of the network that colored it. */
  readonly epoch: number;
  readonly kind: "grey" | "toned" | "color";
  /** Whether its lightness was drawn apart, as it had faded. */
  readonly isRestored: boolean;
};

/** What the server takes; larger ones are for `hueristic colorize`. */
export const coloringLimits = { bytes: 100 * 2 ** 20, pixels: 50e6 };
