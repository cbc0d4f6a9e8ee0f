// Where files are decoded: in this process for a few of them, else in several of their own, because threads of one
// process wait for each other inside libvips (bench: `data`).

import type { ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import { startProcess } from "../../own-process.ts";
import { type Decoded, decodeFile } from "./decode.ts";

export type Decoders = {
  /** How many files to ask for at a time. */
  readonly places: number;
  /** See decodeFile. `place` is below `places`, and not busy with another file. */
  decode(file: string, place: number): Promise<Decoded>;
  close(): void;
};

/** What a decoding process is asked. */
export type DecodeRequest = { readonly path: string; readonly size: number };
/** "big" is a picture that it leaves to its parent, who decodes one of these at a time. */
export type DecodeReply = Decoded | "big";

/** Starting a process takes as long as decoding about that many. */
const filesPerProcess = 100;

/** For about `files` files, to be prepared at `size` x `size`. */
export function openDecoders(files: number, size: number): Decoders {
  const processes = Math.min(availableParallelism(), Math.floor(files / filesPerProcess));
  if (processes < 2) {
    // As many as the thread pool has threads, or cores.
    const places = Math.max(4, availableParallelism());
    return { places, decode: (path) => decodeFile(path, size), close: () => {} };
  }
  const children: (ChildProcess | null)[] = new Array(processes).fill(null);
  const decodeIn = async (place: number, path: string): Promise<Decoded> => {
    children[place] ??= startProcess("./decode-process", import.meta.url);
    const reply = await ask(children[place], { path, size });
    return reply === "big" ? decodeFile(path, size) : reply;
  };
  return {
    places: processes,
    async decode(path, place) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await decodeIn(place, path);
        } catch (error) {
          // Perhaps killed for want of memory, by something else than this file: asked once more.
          if (!(error instanceof ProcessEnded)) throw error;
          children[place] = null;
          if (attempt === 2) return { reason: error.message };
        }
      }
    },
    close() {
      for (const child of children) child?.disconnect();
    },
  };
}

class ProcessEnded extends Error {}

function ask(child: ChildProcess, request: DecodeRequest): Promise<DecodeReply> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null, signal: string | null) =>
      settle(() => reject(new ProcessEnded(`ended the decoding process with ${signal ?? `code ${code}`}`)));
    const replied = (reply: unknown) => settle(() => resolve(reply as DecodeReply));
    const failed = (error: Error) => settle(() => reject(error));
    const settle = (act: () => void) => {
      child.off("exit", ended).off("message", replied).off("error", failed);
      act();
    };
    child.on("exit", ended).on("message", replied).on("error", failed);
    child.send(request);
  });
}
