// Which training steps are measured.

import type { ModelConfig } from "../src/experiment/experiment.ts";

export type StepCase = {
  readonly name: string;
  readonly model: ModelConfig;
  /** Of Adam; beta1 stays at its usual value where it is not said. */
  readonly learningRate: number;
  readonly beta1?: number;
  readonly size: number;
  readonly batch: number;
  /** Enough for our calls to reach their usual length. */
  readonly steps: number;
  /** Runs only where it is asked for by name. */
  readonly asked?: boolean;
  /** The file in bench/peers that does the same, and what it wants to know beside size and batch. */
  readonly peer: { readonly file: string; readonly flags: readonly string[] };
};

function beta(size: number, batch: number, steps: number): StepCase {
  return {
    name: `beta-${size}`,
    model: { kind: "beta" },
    learningRate: 1e-3,
    size,
    batch,
    steps,
    peer: { file: "beta.py", flags: [] },
  };
}

function pix2pix(size: number, batch: number, width: number, steps: number): StepCase {
  return {
    name: `pix2pix-${size}`,
    model: {
      kind: "pix2pix",
      color: "lab",
      width,
      depth: null,
      norm: "batch",
      dropout: "reference",
      gan_loss: "vanilla",
      l1_weight: 100,
      discriminator: { width: null, n_layers: 3, scales: 1, feature_matching: 0, padding: null },
      attention: null,
      spectral_norm: [],
      evaluation: "running",
    },
    learningRate: 2e-4,
    beta1: 0.5,
    size,
    batch,
    steps,
    peer: { file: "pix2pix.py", flags: ["--width", String(width)] },
  };
}

export const stepCases: readonly StepCase[] = [
  // To see whether a device works at all, a software driver included; its time means nothing.
  { ...pix2pix(32, 2, 8, 8), name: "tiny", asked: true },
  beta(64, 16, 40),
  beta(128, 8, 24),
  pix2pix(64, 8, 32, 96),
  pix2pix(128, 4, 64, 56),
  pix2pix(256, 1, 64, 56),
];
