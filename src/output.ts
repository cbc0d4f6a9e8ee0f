// What the program says while it works, as a small interface that is handed in: tests pass a silent one.

import cliProgress from "cli-progress";
import pc from "picocolors";

export type ProgressBar = {
  /** `done` of the total; `text` stands beside the bar. */
  update(done: number, text: string): void;
  stop(): void;
};

export type Colors = ReturnType<typeof pc.createColors>;

/** Colors of this very stream: one may be a terminal and the other a file. NO_COLOR and FORCE_COLOR decide first. */
export function colorsOf(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): Colors {
  const wanted = env.FORCE_COLOR ? env.FORCE_COLOR !== "0" : stream.isTTY === true && env.TERM !== "dumb";
  return pc.createColors(!env.NO_COLOR && wanted);
}

export type Output = {
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
  /** A bar on a terminal that can move its cursor, nothing elsewhere. Lines printed meanwhile appear above it. */
  progress(total: number): ProgressBar;
};

const noBar: ProgressBar = { update: () => {}, stop: () => {} };

export const silent: Output = { info: () => {}, warn: () => {}, error: () => {}, progress: () => noBar };

/** Writes to standard error, so that standard output stays free for what a script reads. */
export function terminalOutput(stream: NodeJS.WriteStream = process.stderr): Output {
  const colors = colorsOf(stream);
  let bars: cliProgress.MultiBar | null = null;
  const print = (line: string) => {
    if (bars) bars.log(`${line}\n`);
    else stream.write(`${line}\n`);
  };
  return {
    info: print,
    warn: (line) => print(`${colors.yellow("warning:")} ${line}`),
    error: (line) => print(`${colors.red("error:")} ${line}`),
    progress(total) {
      if (!stream.isTTY || process.env.TERM === "dumb") return noBar;
      bars = new cliProgress.MultiBar({
        stream,
        format: "{bar} {percentage}%  {text}  {eta_formatted} left",
        barCompleteChar: "█",
        barIncompleteChar: "░",
        barsize: 24,
        fps: 5,
        etaBuffer: 50,
        gracefulExit: false, // nor is the cursor hidden: a process that is killed cannot show it again
      });
      const bar = bars.create(total, 0, { text: "" });
      return {
        update: (done, text) => bar.update(done, { text }),
        stop: () => {
          bars?.stop();
          bars = null;
        },
      };
    },
  };
}
