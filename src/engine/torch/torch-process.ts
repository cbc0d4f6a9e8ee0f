// The Python process that runs worker.py: started, asked, and told apart from one that is dead, hangs or is not what it
// should be. Whatever goes wrong there, whoever waits here gets one error.

import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { UserError } from "../../errors.ts";
import type { PythonChoice } from "./find-python.ts";
import { type Frame, type GivenArray, readFrames, writtenFrame } from "./frames.ts";

export type TorchDevice = {
  /** Such as "cuda:0". */
  readonly name: string;
  readonly description: string;
  readonly bytes: number | null;
};

/** What a Python says of itself; `torch` is null where it cannot be imported. */
export type Introduction = {
  readonly python: string;
  readonly executable: string;
} & (
  | { readonly torch: null; readonly missing: boolean; readonly reason: string }
  | {
      readonly torch: string;
      readonly tooOld: boolean;
      readonly cuda: string | null;
      readonly rocm: string | null;
      readonly devices: readonly TorchDevice[];
    }
);

export type Answer = {
  readonly result: Readonly<Record<string, unknown>>;
  readonly arrays: readonly Float32Array[];
};

export type TorchProcess = {
  readonly introduction: Introduction;
  readonly pid: number;
  /** Requests are answered in order; several may wait. */
  ask(call: string, given: object, arrays?: readonly GivenArray[]): Promise<Answer>;
  /** Without an answer: an error comes with the next one. */
  tell(call: string, given: object, arrays?: readonly GivenArray[]): void;
  /** Calls when all that was told and asked so far has left this process. */
  whenWritten(call: () => void): void;
  /** Hears warnings. */
  onWarning(hear: (text: string) => void): void;
  end(): void;
};

export type StartOptions = {
  /** A process that has not introduced itself by then hangs; importing PyTorch takes seconds, a minute on a cold disk. */
  readonly startMs?: number;
  /** The longest that one request may take. */
  readonly answerMs?: number;
};

const workerFile = fileURLToPath(new URL("./worker.py", import.meta.url));
/** What holds unless the user's environment says otherwise. */
export const workerEnvironment = {
  // Threads that spin while they wait would take the cores from whoever prepares the next batches.
  OMP_WAIT_POLICY: "PASSIVE",
  // A step frees what the next one allocates again. glibc gives that memory back to the system in between, and the page
  // faults of taking it anew cost up to the time of the step. So it keeps what it has, as its own heap (the largest
  // threshold that it takes) and whatever is free. Either name alone turns off how it finds the other.
  MALLOC_MMAP_THRESHOLD_: String(32 * 2 ** 20),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 40),
} as const;

/** What helps against a PyTorch that computes wrong numbers. */
export const otherTorch = "another version of PyTorch, or engine: onnx";

const minutes = (count: number) => count * 60_000;

type Pending = {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  readonly call: string;
};

/** Rejects with a UserError where there is no such Python, or where it does not introduce itself. */
export async function startTorch(
  { command, chosenBy }: PythonChoice,
  { startMs = minutes(2), answerMs = minutes(30) }: StartOptions = {},
): Promise<TorchProcess> {
  const child = spawn(command, [workerFile, String(process.pid)], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...workerEnvironment, ...process.env },
    windowsHide: true,
  });
  const pending = new Map<number, Pending>();
  const warned: ((text: string) => void)[] = [];
  const said = tailOf(child.stderr);
  let tickets = 0;
  let gone: Error | null = null;
  let timer: NodeJS.Timeout | undefined;

  /** The process keeps this one alive only while somebody waits for it. */
  const hold = (waits: boolean) => {
    for (const one of [child, child.stdin, child.stdout, child.stderr] as unknown as NodeJS.Timeout[]) {
      if (waits) one.ref();
      else one.unref();
    }
  };
  const fail = (error: Error) => {
    gone ??= error;
    clearTimeout(timer);
    for (const { reject } of pending.values()) reject(gone);
    pending.clear();
    introduce.reject(gone);
    child.kill("SIGKILL");
    hold(false);
  };
  const limit = (ms: number, error: () => Error) => {
    clearTimeout(timer);
    timer = setTimeout(() => fail(error()), ms);
  };
  const limitAnswer = () =>
    limit(
      answerMs,
      () =>
        new UserError(
          `PyTorch has not answered for ${answerMs / 1000} s: it hangs, or a step takes longer than that`,
        ),
    );

  let introduce!: { resolve(given: Introduction): void; reject(error: Error): void };
  const introduced = new Promise<Introduction>((resolve, reject) => {
    introduce = { resolve, reject };
  });
  limit(startMs, () => {
    const last = lastLine(said());
    return new UserError(
      `${command} (${chosenBy}) has not imported PyTorch within ${startMs / 1000} s${last ? `; it said: ${last}` : ""}`,
    );
  });
  child.on("error", (error: NodeJS.ErrnoException) =>
    fail(
      new UserError(
        error.code === "ENOENT" || error.code === "EACCES"
          ? `no Python: ${command} (${chosenBy}) is not there`
          : `${command} (${chosenBy}) does not start: ${error.message}`,
      ),
    ),
  );
  child.stdin.on("error", () => {}); // Its end says more.
  child.on("close", (code, signal) => {
    if (gone) return;
    fail(endedBy(signal, code, said(), `${command} (${chosenBy})`, introduction !== null));
  });
  let introduction: Introduction | null = null;
  const onFrame = ({ header, arrays }: Frame) => {
    if (introduction === null) {
      introduction = header as unknown as Introduction;
      clearTimeout(timer);
      introduce.resolve(introduction);
      return;
    }
    const { ticket, result, error, warnings } = header as unknown as {
      ticket: number;
      result: Answer["result"];
      error?: Failure;
      warnings?: readonly string[];
    };
    const waiting = pending.get(ticket);
    pending.delete(ticket);
    clearTimeout(timer);
    if (pending.size === 0) hold(false);
    else limitAnswer();
    for (const text of warnings ?? []) for (const hear of warned) hear(text);
    if (!waiting) return;
    if (error) waiting.reject(errorOf(error, waiting.call));
    else waiting.resolve({ result, arrays });
  };
  readFrames(child.stdout, onFrame, (printed) =>
    fail(
      new UserError(
        `${command} (${chosenBy}) is no Python that runs worker.py: it prints ${JSON.stringify(printed.trim().slice(0, 60))}`,
      ),
    ),
  );

  const first = await introduced;
  hold(false);
  const send = (header: object, arrays: readonly GivenArray[]) => {
    for (const part of writtenFrame(header, arrays)) child.stdin.write(part);
  };
  return {
    introduction: first,
    pid: child.pid!,
    ask: (call, given, arrays = []) =>
      new Promise((resolve, reject) => {
        if (gone) return reject(gone);
        const ticket = ++tickets;
        pending.set(ticket, { resolve, reject, call });
        hold(true);
        limitAnswer();
        send({ ...given, call, ticket }, arrays);
      }),
    tell: (call, given, arrays = []) => {
      if (!gone) send({ ...given, call, ticket: null }, arrays);
    },
    whenWritten: (call) => void child.stdin.write("", call),
    onWarning: (hear) => void warned.push(hear),
    end: () => {
      gone ??= new Error("the process of PyTorch was ended");
      child.stdin.destroy();
      child.kill("SIGKILL");
    },
  };
}

type Failure = {
  readonly message: string;
  readonly traceback: string;
  /** What this PyTorch was found to compute wrongly. */
  readonly wrong?: string;
  readonly memory?: {
    readonly reason: string;
    readonly batch: number | null;
    readonly fits: number | null;
  };
};

/** A full memory or a broken PyTorch is the user's to mend; anything else is a bug of ours, shown with the stacks of both sides. */
function errorOf({ message, traceback, wrong, memory }: Failure, call: string): Error {
  if (wrong !== undefined) return new UserError(`engine: torch: ${wrong}; ${otherTorch}`);
  if (!memory) return new Error(`PyTorch, in ${call}: ${message}\n${traceback.trimEnd()}`);
  const { reason, batch, fits } = memory;
  const advice =
    fits !== null && batch !== null && fits < batch
      ? `about ${fits} instead of ${batch} images a step would fit: train.batch_size: ${fits}, or train.accumulate: ${Math.ceil(batch / fits)}`
      : "a smaller train.batch_size takes less, and so does a larger train.accumulate";
  return new UserError(`the device's memory is full: ${reason}; ${advice}`);
}

function endedBy(
  signal: NodeJS.Signals | null,
  code: number | null,
  said: string,
  python: string,
  introduced: boolean,
): Error {
  const last = lastLine(said);
  const words = last ? `; its last words: ${last}` : "";
  if (!introduced) {
    const how = signal ?? `exit code ${code}`;
    return new UserError(`${python} ended before PyTorch was imported (${how})${words}`);
  }
  if (signal === "SIGKILL") {
    return new UserError(
      `the process of PyTorch was killed (SIGKILL)${words}: somebody did, or the computer's memory was full; a smaller train.batch_size takes less`,
    );
  }
  if (signal !== null) return new UserError(`the process of PyTorch died (${signal})${words}`);
  return new Error(`the process of PyTorch ended with code ${code}\n${said.trimEnd()}`);
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)!.slice(0, 300);
}

/** The end of what a stream says. */
function tailOf(stream: Readable): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text = (text + chunk).slice(-8192);
  });
  return () => text;
}
