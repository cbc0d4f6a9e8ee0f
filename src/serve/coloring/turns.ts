// One at a time, in the order in which they came; at most so many wait.

export type Turns = {
  /** Resolves when it is one's turn, with what ends it; null where too many wait already. */
  take(): Promise<(() => void) | null>;
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
    async take() {
      if (isTaken && waiting.length >= mostWaiting) return null;
      if (isTaken) await new Promise<void>((resolve) => waiting.push(resolve));
      isTaken = true;
      return end;
    },
  };
}
