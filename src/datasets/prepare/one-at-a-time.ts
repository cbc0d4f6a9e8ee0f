// Lets big work through one piece after another, so that memory holds one of them and not as many as there are cores.

/** Waits for its turn; the caller must call what it is given when it is done. */
export type TakeTurn = () => Promise<() => void>;

export function oneAtATime(): TakeTurn {
  let last: Promise<void> = Promise.resolve();
  return async () => {
    const before = last;
    let done = () => {};
    last = new Promise((resolve) => {
      done = resolve;
    });
    await before;
    return done;
  };
}
