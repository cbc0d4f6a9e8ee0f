// Streams that tell pages when there is something new (server-sent events). One look at the store a second serves all
// of them, and only while somebody listens.

import type { ServerResponse } from "node:http";

export type Events = {
  /** Whether so many are open that no more are taken: each costs a question a second. */
  isFull(): boolean;
  /** Keeps the response open; `mark` names the state of what its page shows. The first state is told at once. */
  add(response: ServerResponse, mark: () => string): void;
  /** Ends all streams there are; their pages ask again. */
  endAll(): void;
  /** Ends all streams. */
  close(): void;
};

type Stream = { readonly response: ServerResponse; readonly mark: () => string; told: string };

export const mostStreams = 200;
const lookEveryMs = 1_000;
/** A line now and then, so that a connection whose other end is gone is noticed. */
const aliveEveryMs = 15_000;

/** `version` is another text whenever the store may have changed; `onError` is told what `mark` threw. */
export function createEvents(version: () => string, onError: (thrown: unknown) => void): Events {
  const streams = new Set<Stream>();
  let known = "";
  const looking = setInterval(() => {
    if (streams.size === 0) return;
    try {
      const found = version();
      if (found === known) return;
      known = found;
    } catch (thrown) {
      onError(thrown);
      return;
    }
    for (const stream of streams) tell(stream);
  }, lookEveryMs);
  const alive = setInterval(() => {
    for (const { response } of streams) response.write(": alive\n\n");
  }, aliveEveryMs);

  function tell(stream: Stream): void {
    try {
      const mark = stream.mark();
      if (mark === stream.told) return;
      stream.told = mark;
      stream.response.write(`event: state\ndata: ${mark}\n\n`);
    } catch (thrown) {
      onError(thrown);
      streams.delete(stream);
      stream.response.end();
    }
  }

  const endAll = () => {
    for (const { response } of streams) response.end();
    streams.clear();
  };

  return {
    isFull: () => streams.size >= mostStreams,
    endAll,
    add(response, mark) {
      const stream = { response, mark, told: "" };
      streams.add(stream);
      response.on("close", () => streams.delete(stream));
      response.write("retry: 2000\n\n");
      tell(stream);
    },
    close() {
      clearInterval(looking);
      clearInterval(alive);
      endAll();
    },
  };
}
