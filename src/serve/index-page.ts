// The first page: every run, newest first, with what leads to the pages about one or several of them.

import type { PageContent } from "../report/build-page.ts";
import { badge } from "../report/elements.ts";
import { type Html, html } from "../report/html.ts";
import { noData } from "../report/page-data.ts";
import { filterBar, type Head, sortHead } from "../report/sections/table/sortable.ts";
import { formatNumber } from "../runs/format/numbers.ts";
import { formatDuration, formatTime } from "../runs/format/times.ts";
import { plural, shorten } from "../runs/format/words.ts";
import type { Store } from "../store/open-store.ts";
import { mainMetrics } from "../store/read-metrics.ts";
import type { RunSummary } from "../store/read-runs.ts";
import { addressOf } from "./report-request.ts";
import type { ServedPage } from "./served-page.ts";

/** Runs that the page shows unless it is asked for all. */
const usuallyShown = 200;

type ShownSection = PageContent["sections"][number];

export type IndexRequest = {
  readonly all: boolean;
  /** Whether photographs are colored here. */
  readonly colors: boolean;
  /** Whether studies are judged here. */
  readonly judges: boolean;
};

/** The runs that the page shows. */
export function indexRuns(store: Store, all: boolean): RunSummary[] {
  return store.summaries(all ? {} : { limit: usuallyShown });
}

export function indexPage(
  store: Store,
  runs: readonly RunSummary[],
  { all, colors, judges }: IndexRequest,
): ServedPage {
  const total = runs.length < usuallyShown ? runs.length : store.listRuns().length;
  const running = runs.filter(({ status }) => status === "RUNNING").length;
  const lead =
    total === 0
      ? html`No runs in <bdi>${store.folder}</bdi> yet.`
      : html`${plural(total, "run")} in <bdi>${store.folder}</bdi>, ${running} under way.`;
  return {
    content: {
      kind: "index",
      title: "Runs",
      isLarge: runs.length > usuallyShown,
      badge: null,
      lead: html`<p class="lead">${lead}${colors && total > 0 && html` <a href="/color">Color a photograph</a>`}${judges && store.listStudies().length > 0 && html` <a href="/judge">Judge pictures</a>`}</p>`,
      sections: [
        runs.length > 0 ? runsSection(runs, total) : null,
        sweepsSection(store),
        groupsSection(
          "tags",
          "Tags",
          runs.flatMap(({ tags }) => tags),
        ),
        groupsSection(
          "files",
          "Experiment files",
          runs.flatMap(({ source }) => source ?? []),
        ),
      ].filter((section) => section !== null),
      feet: [],
      data: noData,
      hashes: [],
    },
    events: all ? "/events?all=1" : "/events",
    foot: html`<p>Shown by <code>hueristic serve</code>, as the store has it.</p>`,
  };
}

const pages = [
  ["runs", "Runs"],
  ["models", "Models"],
  ["datasets", "Data sets"],
  ["sweep", "Sweep"],
] as const;

function runsSection(runs: readonly RunSummary[], total: number): ShownSection {
  const metrics = mainMetrics.filter((metric) =>
    runs.some(({ last }) => last[`unseen/${metric}`] !== undefined),
  );
  const heads: Head[] = [
    { text: "run", field: "name" },
    { text: "id", field: "id" },
    { text: "status", field: "status" },
    { text: "model", field: "model" },
    { text: "data", field: "dataset" },
    { text: "epoch", field: "epoch" },
    { text: "unseen loss", field: "metrics.unseen.loss" },
    ...metrics.map((name) => ({ text: name, field: `metrics.unseen.${name}` })),
    { text: "took", field: "duration" },
    { text: "started", field: "created" },
    { text: "tags", field: "tags" },
  ];
  const older = total - runs.length;
  return {
    id: "runs",
    title: "All runs",
    body: html`<form action="/report" method="get">
${filterBar("running  epoch>=8")}
<div class="bar choice"><span data-chosen>Choose runs, then compare them as</span> <div class="switch" role="group" aria-label="Compare the chosen runs as">${pages.map(([page, words]) => html`<button type="submit" name="page" value="${page}">${words}</button>`)}</div></div>
<div class="scroll" tabindex="0" role="region" aria-label="Table of runs"><table class="numbers sortable" data-runs-table>
<thead><tr><th scope="col"><span class="sr">chosen</span></th>${heads.map(sortHead)}</tr></thead>
<tbody>${runs.map((run) => runRow(run, metrics))}
</tbody></table></div></form>
${older > 0 && html`<p class="soft">${plural(older, "older run")} not shown. <a href="/?all=1">Show all</a></p>`}`,
  };
}

function runRow(run: RunSummary, metrics: readonly string[]): Html {
  const { id, name, status, experiment, last } = run;
  const epoch = run.lastEpoch ?? 0;
  const epochs = Math.max(experiment.train.epochs, epoch);
  const label = shorten(name, 60);
  const trained =
    experiment.dataset.kind === "elsewhere"
      ? html`–`
      : html`<progress max="${epochs}" value="${epoch}" aria-label="Epochs done"></progress> ${epoch}/${epochs}`;
  return html`
<tr id="run-${id}"><td><input type="checkbox" name="run" value="${id}" aria-label="Choose ${label}"></td><th scope="row" data-key="${name}"><a href="${addressOf("/report", { refs: [id] })}"><bdi>${label}</bdi></a></th><td><code class="soft">${id}</code></td><td>${badge(status)}</td><td>${experiment.model.kind}</td><td>${experiment.dataset.kind}</td><td data-key="${epoch}">${trained}</td>${["loss", ...metrics].map((metric) => valueCell(last[`unseen/${metric}`]))}<td data-key="${Math.round(run.durationMs / 1000)}">${formatDuration(run.durationMs)}</td><td data-key="${new Date(run.createdAt).toISOString()}">${formatTime(run.createdAt)}</td><td>${run.tags.map((tag) => html`<a class="tag" data-key="${tag}" href="${addressOf("/report", { refs: [tag] })}"><bdi>${shorten(tag, 24)}</bdi></a> `)}</td></tr>`;
}

function valueCell(value: number | undefined): Html {
  return value === undefined
    ? html`<td data-key="">–</td>`
    : html`<td data-key="${value}">${formatNumber(value)}</td>`;
}

function sweepsSection(store: Store): ShownSection | null {
  const sweeps = store.listSweeps();
  if (sweeps.length === 0) return null;
  return {
    id: "sweeps",
    title: "Sweeps",
    body: html`<ul class="links">${sweeps.map(({ id, name }) => {
      const trials = store.trials(id);
      const done = trials.filter(({ state }) => state !== "waiting" && state !== "running").length;
      const words = html`<bdi>${shorten(name, 60)}</bdi> <code class="soft">${id}</code>`;
      return html`<li id="sweep-${id}">${trials.length > 0 ? html`<a href="${addressOf("/report", { sweep: id })}">${words}</a>` : words} <span class="soft">${trials.length === 0 ? "no trial yet" : `${done} of ${plural(trials.length, "trial")} done`}</span></li>`;
    })}</ul>`,
  };
}

/** Links to pages about all runs that share a word. */
function groupsSection(id: string, title: string, words: readonly string[]): ShownSection | null {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  if (counts.size === 0) return null;
  return {
    id,
    title,
    body: html`<ul class="links">${[...counts].map(
      ([word, count]) =>
        html`<li><a href="${addressOf("/report", { refs: [word] })}"><bdi>${shorten(word, 80)}</bdi></a> <span class="soft">${plural(count, "run")}</span></li>`,
    )}</ul>`,
  };
}
