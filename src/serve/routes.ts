// Address -> answer. Anything but the few addresses below is unknown.

import type { IncomingMessage, ServerResponse } from "node:http";
import { messageOf, UserError } from "../errors.ts";
import { type PageAssets, pagePolicy } from "../report/page-html.ts";
import type { Store } from "../store/open-store.ts";
import type { RunWatch } from "../store/watch-runs.ts";
import type { Turns } from "../turns.ts";
import { colorPage } from "./coloring/color-page.ts";
import { answerColoring, type Coloring } from "./coloring/color-request.ts";
import type { Events } from "./events.ts";
import { isOwnHost, securityHeaders } from "./headers.ts";
import { icon } from "./icon.ts";
import { indexPage, indexRuns } from "./index-page.ts";
import { studiesPage, studyPage } from "./judging/judge-pages.ts";
import { answerJudge } from "./judging/judge-request.ts";
import type { PageCache } from "./page-cache.ts";
import { reportPage } from "./report-page.ts";
import { addressOf, reportRequest, targetOf } from "./report-request.ts";
import { messageHtml, servedHtml } from "./served-page.ts";

export type Served = {
  readonly store: Store;
  readonly watch: RunWatch;
  readonly events: Events;
  readonly pages: PageCache;
  readonly assets: PageAssets;
  /** Of the page that colors photographs. */
  readonly colorAssets: PageAssets;
  /** Of the pages on which studies are judged. */
  readonly judgeAssets: PageAssets;
  /** Whether only this machine can reach the server. */
  readonly isLocal: boolean;
  /** null where photographs are not colored. */
  readonly coloring: Coloring | null;
  /** Whose turn it is to hand in answers; null where none are taken. */
  readonly judging: Turns | null;
  /** Told of every error that is a bug; the browser is not. */
  onError(thrown: unknown): void;
};

/** Pictures, as the runner stores them. */
const pictureTypes = /^image\/(webp|png|jpeg|avif|gif)$/;

/** `current` gives the store as it is now. */
export function answer(current: () => Served, request: IncomingMessage, response: ServerResponse): void {
  let served: Served;
  try {
    served = current();
  } catch (thrown) {
    // It was made anew and is not ready yet.
    text(response, 503, messageOf(thrown));
    return;
  }
  const { host } = request.headers;
  try {
    if (served.isLocal && !isOwnHost(host))
      text(response, 403, "This server answers to localhost and 127.0.0.1 only.");
    else if (request.method === "POST" && urlOf(request).pathname === "/color")
      colorPhotograph(served, request, response);
    else if (request.method === "POST" && urlOf(request).pathname === "/judge")
      takeJudge(served, request, response);
    else if (request.method !== "GET" && request.method !== "HEAD")
      text(response, 405, "Only GET and HEAD: nothing here can be changed.", { Allow: "GET, HEAD" });
    else route(served, request, response);
  } catch (thrown) {
    failed(served, response, thrown);
  }
}

function failed(served: Served, response: ServerResponse, thrown: unknown): void {
  served.onError(thrown);
  if (response.headersSent) response.destroy();
  else message(served, response, 500, "Something went wrong", "The terminal of hueristic serve says what.");
}

function route(served: Served, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams: query } = urlOf(request);
  const [, hash] = /^\/blob\/([0-9a-f]{64})$/.exec(pathname) ?? [];
  if (pathname === "/") sendIndex(served, query, response);
  else if (pathname === "/report") sendReport(served, query, response);
  else if (pathname === "/events") sendEvents(served, query, request, response);
  else if (pathname === "/color") sendColorPage(served, response);
  else if (pathname === "/judge")
    sendJudgePage(served, query, response).catch((thrown) => failed(served, response, thrown));
  else if (hash !== undefined) sendPicture(served, hash, response);
  else if (pathname === "/favicon.ico") sendIcon(response);
  else message(served, response, 404, "Not here", "There is no such page.");
}

function urlOf({ url }: IncomingMessage): URL {
  const address = `http://server${url}`;
  return new URL(URL.canParse(address) ? address : "http://server/unknown");
}

function sendIndex(served: Served, query: URLSearchParams, response: ServerResponse): void {
  const { store, watch, assets, coloring, judging } = served;
  const request = { all: query.has("all"), colors: coloring !== null, judges: judging !== null };
  const runs = indexRuns(store, request.all);
  const mark = watch.mark(runs.map(({ id }) => id));
  page(served, response, 200, servedHtml(indexPage(store, runs, request), mark, assets));
}

function sendReport(served: Served, query: URLSearchParams, response: ServerResponse): void {
  const { store, watch, assets, pages } = served;
  const request = understood(served, response, 400, () => reportRequest(query));
  if (request === null) return;
  const shown = pages.page(addressOf("/report", request), () => {
    const target = understood(served, response, 404, () => targetOf(store, request));
    if (target === null) return null;
    // Before anything else is read: what is written meanwhile makes another mark.
    const mark = watch.mark(target.runIds);
    const made = understood(served, response, 400, () => reportPage(store, request, target));
    return made && servedHtml(made, mark, assets);
  });
  if (shown !== null) page(served, response, 200, shown);
}

const noColoring = "Photographs are colored where this machine alone can reach hueristic serve.";

function sendColorPage(served: Served, response: ServerResponse): void {
  const { store, coloring } = served;
  if (coloring === null) {
    message(served, response, 403, "Not here", noColoring);
    return;
  }
  const assets = served.colorAssets;
  page({ ...served, assets }, response, 200, servedHtml(colorPage(store, coloring.colorist), "", assets));
}

function colorPhotograph(served: Served, request: IncomingMessage, response: ServerResponse): void {
  const { store, coloring, onError } = served;
  if (coloring === null) text(response, 403, noColoring);
  else
    answerColoring({ store, coloring, query: urlOf(request).searchParams }, request, response).catch(onError);
}

const noJudging = "Answers are taken where this machine alone can reach hueristic serve.";

async function sendJudgePage(
  served: Served,
  query: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const { store, judging, judgeAssets } = served;
  const id = query.get("study");
  if (judging === null) message(served, response, 403, "Not here", noJudging);
  else if (id === null) page(served, response, 200, servedHtml(studiesPage(store), "", served.assets));
  else {
    const found = await studyPage(store, id, judgeAssets);
    if (found === null) message(served, response, 404, "Not here", "There is no such study to show.");
    else page({ ...served, assets: judgeAssets }, response, 200, found);
  }
}

function takeJudge(served: Served, request: IncomingMessage, response: ServerResponse): void {
  const { store, judging, onError } = served;
  if (judging === null) text(response, 403, noJudging);
  else answerJudge(store.folder, judging, request, response).catch(onError);
}

function sendEvents(
  served: Served,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { store, watch, events } = served;
  const ofIndex = !query.has("run") && !query.has("sweep");
  const wanted = ofIndex ? null : understood(served, response, 400, () => reportRequest(query));
  if (!ofIndex && wanted === null) return;
  const idsOf = () =>
    wanted === null ? indexRuns(store, query.has("all")).map(({ id }) => id) : targetOf(store, wanted).runIds;
  if (understood(served, response, 404, idsOf) === null) return;
  if (events.isFull()) {
    text(response, 503, "Too many pages are open: close some, then load this one anew.");
    return;
  }
  response.writeHead(200, {
    ...securityHeaders(),
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
  });
  if (request.method === "HEAD") response.end();
  else events.add(response, () => markOf(watch, idsOf));
}

/** "gone" where runs that were there have been deleted. */
function markOf(watch: RunWatch, idsOf: () => readonly string[]): string {
  try {
    return watch.mark(idsOf());
  } catch (thrown) {
    if (thrown instanceof UserError) return "gone";
    throw thrown;
  }
}

function sendPicture(served: Served, hash: string, response: ServerResponse): void {
  const picture = served.store.blob(hash);
  if (picture === undefined || !pictureTypes.test(picture.mime)) {
    message(served, response, 404, "Not here", "The store has no such picture.");
    return;
  }
  response.writeHead(200, {
    ...securityHeaders(),
    "Content-Type": picture.mime,
    "Content-Length": picture.bytes.length,
    // A name that is the hash of the content never means anything else.
    "Cache-Control": "private, max-age=31536000, immutable",
  });
  response.end(picture.bytes);
}

function sendIcon(response: ServerResponse): void {
  const headers = { "Content-Type": "image/svg+xml", "Cache-Control": "max-age=86400" };
  response.writeHead(200, { ...securityHeaders(), ...headers });
  response.end(icon);
}

/** The result, or null once a page was sent that says what the user can mend. */
function understood<T>(served: Served, response: ServerResponse, status: number, work: () => T): T | null {
  try {
    return work();
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    message(served, response, status, status === 404 ? "Not here" : "Not like this", thrown.message);
    return null;
  }
}

function message(served: Served, response: ServerResponse, status: number, title: string, words: string) {
  page(served, response, status, messageHtml(title, words, served.assets));
}

function page({ assets }: Served, response: ServerResponse, status: number, content: string): void {
  const bytes = Buffer.from(content);
  response.writeHead(status, {
    ...securityHeaders(pagePolicy(assets, true)),
    "Content-Type": "text/html; charset=utf-8",
    "Content-Length": bytes.length,
    "Cache-Control": "no-store",
  });
  response.end(bytes);
}

function text(response: ServerResponse, status: number, words: string, headers: Record<string, string> = {}) {
  const type = { "Content-Type": "text/plain; charset=utf-8" };
  response.writeHead(status, { ...securityHeaders(), ...type, ...headers });
  response.end(`${words}\n`);
}
