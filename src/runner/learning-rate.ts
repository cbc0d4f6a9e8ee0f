import type { ScheduleConfig } from "../experiment/experiment.ts";

export type Progress = { readonly step: number; readonly stepsPerEpoch: number; readonly epochs: number };

/**
 * The factor on the learning rate for the step after `step` finished ones. `linear` is pix2pix's: by 0-based epoch e
 * 1 - max(0, e + 1 - (epochs - decayEpochs)) / (decayEpochs + 1); `step` falls at the starts of epochs; `cosine`
 * changes at every step, after a linear warm-up.
 */
export function learningRateFactor(
  schedule: ScheduleConfig,
  { step, stepsPerEpoch, epochs }: Progress,
): number {
  const epoch = Math.floor(step / stepsPerEpoch);
  switch (schedule.kind) {
    case "constant":
      return 1;
    case "linear": {
      const constantEpochs = epochs - schedule.decay_epochs;
      return 1 - Math.max(0, epoch + 1 - constantEpochs) / (schedule.decay_epochs + 1);
    }
    case "step":
      return schedule.factor ** Math.floor(epoch / schedule.every_epochs);
    case "cosine": {
      const warmup = schedule.warmup_epochs * stepsPerEpoch;
      if (step < warmup) return Math.min(1, (step + 1) / warmup); // its last step may be a part of one
      const total = Math.max(1, epochs * stepsPerEpoch - warmup);
      return 0.5 * (1 + Math.cos((Math.PI * (step - warmup)) / total));
    }
  }
}
