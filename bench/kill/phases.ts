// The phases in which the bench kills, and how each is seen from outside.

import type { View } from "./moment.ts";

export type Phase = {
  readonly name: string;
  readonly command: "run" | "sweep" | "import" | "report";
  /** The moment of the kill is drawn out of so many milliseconds, from one at which the phase was seen; 0 of what lasts no longer. */
  readonly spreadMs: number;
  /** A phase that comes again with each epoch is let pass up to so many times. */
  readonly mostPasses: number;
  /** Asked every millisecond, and once more when the processes stand still. */
  readonly isNow: (view: View) => boolean;
};

export const phases: readonly Phase[] = [
  { name: "preparing", command: "run", spreadMs: 60, mostPasses: 0, isNow: (view) => view.isPreparing() },
  {
    name: "stepping",
    command: "run",
    spreadMs: 150,
    mostPasses: 3,
    isNow(view) {
      const found = view.progress();
      return found !== null && found.step % found.stepsPerEpoch !== 0 && !view.isCommitting();
    },
  },
  {
    name: "logging",
    command: "run",
    spreadMs: 0,
    mostPasses: 6,
    isNow: (view) => view.isCommitting() && view.progress() !== null,
  },
  { name: "saving", command: "run", spreadMs: 0, mostPasses: 3, isNow: (view) => view.isSaving() },
  {
    name: "sampling",
    command: "run",
    spreadMs: 100,
    mostPasses: 3,
    isNow(view) {
      const found = view.progress();
      return found !== null && found.step % found.stepsPerEpoch === 0 && found.evaluated < found.step;
    },
  },
  {
    name: "sweeping",
    command: "sweep",
    spreadMs: 3000,
    mostPasses: 0,
    isNow: (view) => view.holders().length > 0,
  },
  {
    name: "merging rows",
    command: "import",
    spreadMs: 30,
    mostPasses: 0,
    isNow: (view) => view.isCommitting(),
  },
  {
    name: "merging checkpoints",
    command: "import",
    spreadMs: 0,
    mostPasses: 0,
    isNow: (view) => view.isSaving(),
  },
  {
    name: "reporting",
    command: "report",
    spreadMs: 400,
    mostPasses: 0,
    isNow: (view) => view.hasOpened(),
  },
];
