// Ctrl-C, SIGTERM and a closed terminal: the first signal asks the loop to finish its step, save and stop; the second
// stops at once.

/** By shells' custom 128 and the signal's number. */
export const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

type Signal = keyof typeof exitCodes;

export type Interrupt = {
  /** The signal that asked to stop, null so far. */
  signal(): Signal | null;
  /** Aborted at the first signal: for waiting work, such as preparing data. */
  readonly abort: AbortSignal;
  close(): void;
};

export function watchInterrupts(onFirst: (signal: Signal) => void): Interrupt {
  let received: Signal | null = null;
  const controller = new AbortController();
  const handle = (signal: Signal) => {
    if (received) {
      close();
      process.kill(process.pid, signal); // process.exit would wait for a thread that is computing
      return;
    }
    received = signal;
    onFirst(signal);
    controller.abort(new Error(`stopped by ${signal}`));
  };
  const signals = Object.keys(exitCodes) as Signal[];
  const close = () => {
    for (const signal of signals) process.off(signal, handle);
  };
  for (const signal of signals) process.on(signal, handle);
  return { signal: () => received, abort: controller.signal, close };
}

/** Does work that leaves nothing half done: 0, or the exit code of the signal that aborted it. */
export async function untilInterrupted(work: (signal: AbortSignal) => Promise<void>): Promise<number> {
  const interrupt = watchInterrupts(() => {});
  try {
    await work(interrupt.abort);
    return 0;
  } catch (error) {
    const signal = interrupt.signal();
    if (signal && error === interrupt.abort.reason) return exitCodes[signal];
    throw error;
  } finally {
    interrupt.close();
  }
}
