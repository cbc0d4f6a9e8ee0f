// A server on this machine that behaves, or not: each request is answered by `answer`, which knows its number.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

export type Answer = (response: ServerResponse, request: IncomingMessage, number: number) => void;

export type Server = { readonly url: string; readonly requests: IncomingMessage[] };

export async function startServer(t: TestContext, answer: Answer): Promise<Server> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(response, request, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

export type Version = {
  readonly content: Buffer;
  readonly etag?: string;
  readonly lastModified?: string;
  /** How many bytes are sent before the connection is cut, once so many of the whole have arrived. */
  readonly cutAfter?: number;
  readonly arrived?: (bytes: number) => boolean;
  readonly ignoresRange?: boolean;
  readonly ignoresIfRange?: boolean;
};

/** Answers as a good server does, but for what `version` says. */
export function send(response: ServerResponse, request: IncomingMessage, version: Version): void {
  const { content, etag, lastModified, cutAfter } = version;
  const ifRange = request.headers["if-range"];
  const isSame = ifRange === undefined || ifRange === (etag ?? lastModified) || version.ignoresIfRange;
  const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? "");
  const start = range && isSame && !version.ignoresRange ? Number(range[1]) : 0;
  const headers: Record<string, string | number> = { "content-length": content.length - start };
  if (etag) headers.etag = etag;
  if (lastModified) headers["last-modified"] = lastModified;
  if (start >= content.length) return void response.writeHead(416).end();
  if (start > 0) headers["content-range"] = `bytes ${start}-${content.length - 1}/${content.length}`;
  response.writeHead(start > 0 ? 206 : 200, headers);
  if (cutAfter === undefined) return void response.end(content.subarray(start));
  response.write(content.subarray(start, start + cutAfter));
  const cut = setInterval(() => {
    if (version.arrived?.(start + cutAfter) === false) return;
    clearInterval(cut);
    response.destroy();
  }, 5);
}

export function sendText(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { "content-type": type }).end(text);
}
