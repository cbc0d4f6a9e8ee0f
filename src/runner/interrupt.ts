// Ctrl-C and SIGTERM: the first asks the loop to finish its step, save and stop; the second stops at once.

export type Interrupt = {
  /** The signal that asked to stop, null so far. */
  signal(): "SIGINT" | "SIGTERM" | null;
  /** Aborted at the first signal: for waiting work, such as preparing data. */
  readonly abort: AbortSignal;
  close(): void;
};

export const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

export function watchInterrupts(onFirst: (signal: "SIGINT" | "SIGTERM") => void): Interrupt {
  let received: "SIGINT" | "SIGTERM" | null = null;
  const controller = new AbortController();
  const handle = (signal: "SIGINT" | "SIGTERM") => {
    if (received) process.exit(exitCodes[signal]);
    received = signal;
    onFirst(signal);
    controller.abort(new Error(`stopped by ${signal}`));
  };
  process.on("SIGINT", handle);
  process.on("SIGTERM", handle);
  return {
    signal: () => received,
    abort: controller.signal,
    close: () => {
      process.off("SIGINT", handle);
      process.off("SIGTERM", handle);
    },
  };
}
