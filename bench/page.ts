// docs/performance.md, made of the newest table of every title in bench/results.jsonl.

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Result, readResults, type Table } from "./results.ts";

const introductions: Readonly<Record<string, string>> = {
  step: `Complete training steps (forward, losses, backward, Adam; of both networks for pix2pix), each side in a process of
its own, taking turns. PyTorch is given its data as Lab; our step also converts it from RGB and, for pix2pix, computes
two scores and the norms of both gradients. The last columns divide by PyTorch's best setting of those tried, of time by the
clock and of processor time, which other programs disturb less; "of peak" is the share of what a large matrix product reaches.
Memory and processor time of the torch engine are those of Node and of its Python together; "PyTorch, as our worker" has the
environment that the engine gives its Python.`,
  data: `Preparing a folder of images once (cold), opening it again (warm), reading batches from the cache; next to it
PyTorch's DataLoader over the same files, which decodes them in every epoch.`,
  log: "Every figure goes through the public RunWriter, as a training loop would.",
  merge:
    "Stores into one another by the one function that all of it goes through: docs/runs.md, decision 15.",
  report:
    "Reports over stores that the bench makes, written and then opened in headless Chromium, network off.",
};

export function writePage(): void {
  const newest = new Map<string, { readonly result: Result; readonly table: Table }>();
  for (const result of readResults()) {
    for (const table of result.tables) newest.set(`${result.bench} ${table.title}`, { result, table });
  }
  const sections = Object.entries(introductions).flatMap(([bench, introduction]) => {
    const tables = [...newest.values()].filter(({ result }) => result.bench === bench);
    if (tables.length === 0) return [];
    return [`## npm run bench -- ${bench}`, introduction, ...tables.flatMap(markdownOf)];
  });
  const page = [
    "# Performance",
    `Made by \`npm run bench -- page\` from bench/results.jsonl, where every call of \`npm run bench -- step|data|log|merge|report\`
appends what it measured; do not edit. Compare figures of one table only: the machines' own speed swings, on shared
ones by a factor of two within minutes. What was tried to get here: [decision 2](decisions/0002-traced-engine.md).`,
    ...sections,
  ];
  writeFileSync(fileURLToPath(new URL("../docs/performance.md", import.meta.url)), `${page.join("\n\n")}\n`);
}

function markdownOf({ result, table }: { readonly result: Result; readonly table: Table }): string[] {
  const { title, columns, rows, notes = [] } = table;
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const grid = [row(columns), row(columns.map((_, at) => (at === 0 ? "---" : "---:"))), ...rows.map(row)];
  const where = [result.machine, ...result.versions].join(", ");
  return [
    `### ${title}`,
    grid.join("\n"),
    [...notes, `${result.measuredAt.slice(0, 10)}, commit ${result.commit}; ${where}.`].join("\n"),
  ];
}
