// `hueristic serve`: the report's pages over a store, for a browser. It only reads, but for answers of judges: runs under way
// are not held up, and what runs of other machines have logged is merged while somebody looks. Photographs are colored by whom
// the caller hands in.

import { statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { UserError } from "../errors.ts";
import { pageAssets } from "../report/build-client.ts";
import { databasePath } from "../store/open-database.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { createSharedLook } from "../store/shared-sweeps/watch-shared.ts";
import { type RunWatch, watchRuns } from "../store/watch-runs.ts";
import { createTurns } from "../turns.ts";
import type { Colorist } from "./coloring/colorist.ts";
import { createEvents } from "./events.ts";
import { isLoopback } from "./headers.ts";
import { createPageCache } from "./page-cache.ts";
import { answer } from "./routes.ts";

export type ServerOptions = {
  readonly host: string;
  /** 0 takes any free one; null the first free one from `usualPort` on. */
  readonly port: number | null;
  /** Asked only where nobody else can reach the server; left out for pages alone. Closed with the server. */
  readonly colorist?: Colorist;
  /** Told in one line of runs of other machines that are not up to date here. */
  warn(line: string): void;
  /** Told of every error that is a bug. */
  onError(thrown: unknown): void;
};

export type RunningServer = {
  /** Such as "http://127.0.0.1:4321/". */
  readonly url: string;
  /** Ends at once, open streams too. */
  close(): Promise<void>;
};

const usualPort = 4321;
const mostPorts = 20;
/** Photographs beside the one that is being colored; answers beside those that are being stored. */
const mostWaiting = 8;

/** Throws UserError where there is no store, and where the server cannot listen. */
export async function startServer(
  folder: string,
  { host, port, colorist, warn, onError }: ServerOptions,
): Promise<RunningServer> {
  const look = createSharedLook(folder, warn);
  /** What is known of runs is shown, whatever becomes of the others. */
  const lookAtShared = () => {
    try {
      look();
    } catch (thrown) {
      onError(thrown);
    }
  };
  lookAtShared();
  let opened = openRuns(folder);
  const version = () => {
    lookAtShared();
    return opened.watch.version();
  };
  const events = createEvents(version, onError);
  const pages = createPageCache(() => `${opened.file} ${opened.watch.version()}`);
  /** Whoever deleted the folder and began anew has another database under the same name. */
  const current = (): OpenedRuns => {
    const file = fileOf(folder);
    if (file === null || file === opened.file) return opened;
    const anew = openRuns(folder);
    closeRuns(opened);
    opened = anew;
    events.endAll();
    return opened;
  };
  const close = async (server: Server) => {
    events.close();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
    colorist?.close();
    closeRuns(opened);
  };
  const [assets, colorAssets, judgeAssets] = await Promise.all([
    pageAssets("live"),
    pageAssets("drop"),
    pageAssets("judge"),
  ]);
  const isLocal = isLoopback(host);
  const coloring = isLocal && colorist ? { colorist, turns: createTurns({ mostWaiting }) } : null;
  const judging = isLocal ? createTurns({ mostWaiting }) : null;
  const shared = { events, pages, assets, colorAssets, judgeAssets, isLocal, coloring, judging, onError };
  const server = createServer((request, response) => {
    lookAtShared();
    answer(() => ({ ...shared, ...current() }), request, response);
  });
  try {
    await listen(server, host, port);
  } catch (thrown) {
    await close(server);
    throw thrown;
  }
  const { address, family, port: taken } = server.address() as AddressInfo;
  const name = host === "localhost" ? host : family === "IPv6" ? `[${address}]` : address;
  return { url: `http://${name}:${taken}/`, close: () => close(server) };
}

type OpenedRuns = { readonly store: Store; readonly watch: RunWatch; readonly file: string | null };

/** Throws UserError where there is no store. */
function openRuns(folder: string): OpenedRuns {
  const file = fileOf(folder);
  const store = openStore(folder, { readonly: true });
  try {
    return { store, watch: watchRuns(folder), file };
  } catch (thrown) {
    store.close();
    throw thrown;
  }
}

function closeRuns({ store, watch }: OpenedRuns): void {
  watch.close();
  store.close();
}

/** Which file the database is, whatever it is called; null where it is not there. */
function fileOf(folder: string): string | null {
  const found = statSync(databasePath(folder), { throwIfNoEntry: false, bigint: true });
  return found === undefined ? null : `${found.dev} ${found.ino}`;
}

async function listen(server: Server, host: string, port: number | null): Promise<void> {
  const ports = port === null ? Array.from({ length: mostPorts }, (_, at) => usualPort + at) : [port];
  for (const [at, each] of ports.entries()) {
    const error = await listenAt(server, host, each);
    if (error === null) return;
    if (error.code === "EADDRINUSE" && at < ports.length - 1) continue;
    throw new UserError(listenProblem(error, host, ports));
  }
}

/** null, or what kept it from listening. */
function listenAt(server: Server, host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    server.once("error", resolve);
    server.listen(port, host, () => {
      server.off("error", resolve);
      resolve(null);
    });
  });
}

function listenProblem(
  { code, message }: NodeJS.ErrnoException,
  host: string,
  ports: readonly number[],
): string {
  const shown = ports.length === 1 ? `${ports[0]}` : `${ports[0]} to ${ports.at(-1)}`;
  switch (code) {
    case "EADDRINUSE":
      return `--port: ${shown} on ${host}: in use by another program; name another port`;
    case "EACCES":
      return `--port: ${shown}: not allowed for your user; name one from 1024 on`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `--host: ${JSON.stringify(host)}: no address of this machine (${message})`;
    default:
      return `cannot listen on ${host}, port ${shown}: ${message}`;
  }
}
