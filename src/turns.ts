// Room for so much at once, in the order in which it is asked for; at most so many wait. A share of 1 in a room of 1 is one at a
// time. What is larger than the room goes alone.

export type Turns = {
  /**
   * Resolves when there is room for a share, with what ends it; null where too many wait already. Rejects when `signal`
   * aborts, if there is one.
   */
  take(signal?: AbortSignal, share?: number): Promise<(() => void) | null>;
};

type Waiting = { readonly share: number; readonly called: () => void };

export type TurnsOptions = {
  /** Left out for 1. */
  readonly room?: number;
  /** Left out for any number. */
  readonly mostWaiting?: number;
};

export function createTurns({ room = 1, mostWaiting = Number.POSITIVE_INFINITY }: TurnsOptions = {}): Turns {
  const waiting: Waiting[] = [];
  let taken = 0;
  let count = 0;
  const fits = (share: number) => count === 0 || taken + share <= room;
  const begin = (share: number) => {
    taken += share;
    count++;
  };
  const call = () => {
    while (waiting.length > 0 && fits(waiting[0]!.share)) {
      const { share, called } = waiting.shift()!;
      begin(share);
      called();
    }
  };
  return {
    async take(signal, share = 1) {
      signal?.throwIfAborted();
      if (waiting.length === 0 && fits(share)) begin(share);
      else if (waiting.length >= mostWaiting) return null;
      else await placeIn(waiting, share, signal, call);
      return () => {
        taken -= share;
        count--;
        call();
      };
    },
  };
}

/** Until it is called; who has gone leaves the row. */
function placeIn(
  waiting: Waiting[],
  share: number,
  signal: AbortSignal | undefined,
  call: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const place: Waiting = {
      share,
      called() {
        signal?.removeEventListener("abort", gone);
        resolve();
      },
    };
    const gone = () => {
      waiting.splice(waiting.indexOf(place), 1);
      reject(signal?.reason);
      // It may have kept out a smaller one behind it.
      call();
    };
    signal?.addEventListener("abort", gone, { once: true });
    waiting.push(place);
  });
}
