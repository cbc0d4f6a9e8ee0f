// What a colored file says of itself.

export type Note = {
  /** Such as "Hueristic 0.1.0". */
  readonly program: string;
  readonly runId: string;
  readonly runName: string;
  readonly epoch: number;
};

export function noteLine({ program, runId, runName, epoch }: Note): string {
  return `${program}, colored by run ${runId} (${runName}), epoch ${epoch}`;
}
