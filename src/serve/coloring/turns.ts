// One at a time, in the order in which they came; at most so many wait.

export type Turns = {
  /** Resolves when it is one's turn, with what ends it; null where too many wait already. Rejects when `signal` aborts. */
  take(signal: AbortSignal): Promise<(() => void) | null>;
};

export function createTurns(mostWaiting: number): Turns {
  const waiting: (() => void)[] = [];
  let isTaken = false;
  const end = () => {
    const next = waiting.shift();
    if (next === undefined) isTaken = false;
    else next();
  };
  return {
    async take(signal) {
      signal.throwIfAborted();
      if (isTaken && waiting.length >= mostWaiting) return null;
      if (isTaken) await placeIn(waiting, signal);
      isTaken = true;
      return end;
    },
  };
}

/** Until it is called; who has gone leaves the row. */
function placeIn(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = () => {
      waiting.splice(waiting.indexOf(called), 1);
      reject(signal.reason);
    };
    const called = () => {
      signal.removeEventListener("abort", gone);
      resolve();
    };
    signal.addEventListener("abort", gone, { once: true });
    waiting.push(called);
  });
}
