// Photographs of `hueristic serve`, colored in a process of their own: joining colors with millions of pixels takes seconds
// of a thread, in which the server would answer nobody; a picture that libvips or an engine dies of, or that fills the
// memory, takes that process and not the server; and what a photograph took goes back to the system with it. It starts
// with the first photograph and ends when none has come for a while.

import type { ChildProcess } from "node:child_process";
import { UserError } from "../../errors.ts";
import { modelOf } from "../../models/models.ts";
import { startProcess } from "../../own-process.ts";
import { checkpointFiles, checkpointFolder } from "../../runner/checkpoints.ts";
import {
  type ColoredPhotograph,
  type ColoringCheckpoint,
  type Colorist,
  coloringLimits,
  type Picture,
} from "../../serve/coloring/colorist.ts";

/** What the process is asked: to color, or where no network is named for a picture that browsers show. */
export type ProcessRequest =
  | {
      readonly id: number;
      readonly photograph: Uint8Array;
      readonly mostPixels: number;
      readonly network: { readonly runId: string; readonly checkpoint: ColoringCheckpoint } | null;
    }
  | { readonly id: number; readonly stop: true };

export type ProcessReply = { readonly id: number } & (
  | { readonly picture: Picture | ColoredPhotograph }
  /** In words for the user. */
  | { readonly refusal: string }
  /** The stack of a bug; or that it was stopped, which nobody waits for. */
  | { readonly failure: string }
);

/** One that does not stop by itself is ended. */
const stopsWithinMs = 3_000;
const longestMs = 5 * 60_000;
const idleMs = 5 * 60_000;

export function createColorist(runsFolder: string): Colorist {
  let child: ChildProcess | null = null;
  let idle: NodeJS.Timeout | undefined;
  let lastId = 0;

  const end = () => {
    if (child?.connected) child.disconnect();
    child = null;
  };

  async function ask(
    asked: Omit<Extract<ProcessRequest, { network: unknown }>, "id" | "mostPixels">,
    signal: AbortSignal,
  ): Promise<Picture | ColoredPhotograph> {
    signal.throwIfAborted();
    clearTimeout(idle);
    // It may have died while nobody asked.
    if (child !== null && !isAlive(child)) child = null;
    child ??= startColoring(runsFolder);
    const used = child;
    const id = ++lastId;
    try {
      const request = { ...asked, id, mostPixels: coloringLimits.pixels };
      return await replyOf(used, request, signal);
    } finally {
      if (child === used && !isAlive(used)) child = null;
      idle = setTimeout(end, idleMs).unref();
    }
  }

  return {
    canColor: ({ id, experiment: { model } }) =>
      modelOf(model).output(model) !== "labels" &&
      checkpointFiles(checkpointFolder(runsFolder, id)).length > 0,
    color: async ({ photograph, ...network }, signal) =>
      (await ask({ photograph, network }, signal)) as ColoredPhotograph,
    original: (photograph, signal) => ask({ photograph, network: null }, signal),
    close() {
      clearTimeout(idle);
      child?.kill("SIGKILL");
      child = null;
    },
  };
}

const isAlive = ({ killed, exitCode, signalCode, connected }: ChildProcess) =>
  !killed && exitCode === null && signalCode === null && connected;

function startColoring(runsFolder: string): ChildProcess {
  const child = startProcess("./color-process", import.meta.url, [runsFolder]);
  // Who asks hears of errors; while nobody does they must not end the server.
  child.on("error", () => {});
  // The server ends when it is told to, not when this process does.
  child.unref();
  child.channel?.unref();
  return child;
}

function replyOf(
  child: ChildProcess,
  request: Extract<ProcessRequest, { network: unknown }>,
  signal: AbortSignal,
): Promise<Picture | ColoredPhotograph> {
  return new Promise((resolve, reject) => {
    let ending: NodeJS.Timeout | undefined;
    const late = setTimeout(() => {
      child.kill("SIGKILL");
      settle(() => reject(new UserError(`stopped, as it took longer than ${longestMs / 60_000} minutes`)));
    }, longestMs);
    const ended = (code: number | null, by: string | null) =>
      settle(() =>
        reject(
          signal.aborted
            ? signal.reason
            : new UserError(
                `the process that colors ended with ${by ?? `code ${code}`}${by === "SIGKILL" ? ", perhaps for want of memory" : ""}; try a smaller photograph`,
              ),
        ),
      );
    const replied = (message: unknown) => {
      const reply = message as ProcessReply;
      if (reply.id !== request.id) return;
      settle(() => {
        if (signal.aborted) reject(signal.reason);
        else if ("picture" in reply) resolve(reply.picture);
        else reject("refusal" in reply ? new UserError(reply.refusal) : new Error(reply.failure));
      });
    };
    const stop = () => {
      if (child.connected) child.send({ id: request.id, stop: true } satisfies ProcessRequest);
      ending = setTimeout(() => child.kill("SIGKILL"), stopsWithinMs);
    };
    const settle = (act: () => void) => {
      clearTimeout(late);
      clearTimeout(ending);
      child.off("exit", ended).off("message", replied).off("error", failed);
      signal.removeEventListener("abort", stop);
      act();
    };
    const failed = (error: Error) => settle(() => reject(error));
    child.on("exit", ended).on("message", replied).on("error", failed);
    signal.addEventListener("abort", stop, { once: true });
    child.send(request);
  });
}
