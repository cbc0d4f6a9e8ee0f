// What `hueristic sweep` shows while its workers train: a table that is drawn anew on a terminal, elsewhere a line
// whenever a trial changes its state. It looks into the store, and so sees the trials of all agents.

import { formatDigits } from "../../runs/format/numbers.ts";
import type { Store } from "../../store/open-store.ts";
import { type Standing, standingsOf } from "../../sweep/scheduling/standings.ts";
import type { Sweep } from "../../sweep/sweep.ts";
import { parametersLine, progressLine, stateText, trialTable } from "./sweep-table.ts";

const lookEveryMs = 1_000;

/** `refresh` brings the store up to date before each look. Returns what stops it, after a last look. */
export function watchSweep(
  store: Store,
  id: string,
  sweep: Sweep,
  stream: NodeJS.WriteStream,
  refresh: () => void,
): () => void {
  const look = () => {
    refresh();
    return standingsOf(store, store.trials(id), sweep.metric);
  };
  const show = stream.isTTY ? liveTable(sweep, stream) : stateLines(look(), sweep, stream);
  const timer = setInterval(() => show(look()), lookEveryMs);
  return () => {
    clearInterval(timer);
    show(look());
  };
}

function liveTable(sweep: Sweep, stream: NodeJS.WriteStream) {
  let drawn = 0;
  return (standings: readonly Standing[]) => {
    const room = Math.max(3, stream.rows - 4);
    const hidden = Math.max(0, standings.length - room);
    const lines = trialTable(standings.slice(hidden), sweep, stream.columns);
    if (hidden > 0) lines.push(`(${hidden} earlier ${hidden === 1 ? "trial" : "trials"} not shown)`);
    lines.push(progressLine(standings, sweep));
    const up = drawn > 0 ? `\u001b[${drawn}A\u001b[J` : "";
    stream.write(`${up}${lines.join("\n")}\n`);
    drawn = lines.length;
  };
}

function stateLines(begun: readonly Standing[], sweep: Sweep, stream: NodeJS.WriteStream) {
  const told = new Map(begun.map(({ trial }) => [trial.number, trial.state]));
  return (standings: readonly Standing[]) => {
    for (const { trial, epoch, best } of standings) {
      if (told.get(trial.number) === trial.state) continue;
      told.set(trial.number, trial.state);
      const parts = [
        `trial ${trial.number} (${parametersLine(trial.parameters, sweep)}${trial.seed === null ? "" : `, seed ${trial.seed}`}): ${stateText(trial.state)}`,
        epoch === null || epoch === 0 ? null : `epoch ${epoch}`,
        Number.isNaN(best) ? null : `best ${formatDigits(best, 5)}`,
        trial.runId === null ? null : `run ${trial.runId}`,
        trial.error?.split("\n")[0] ?? null,
      ];
      stream.write(`${parts.filter((part) => part !== null).join(", ")}\n`);
    }
  };
}
