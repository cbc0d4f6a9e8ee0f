// A server that `wandb sync` (0.30) can send a run to: it says yes and keeps what it is sent. Its answers have the fields that wandb-core
// asks for; no W&B server is to be had.

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { parseNumbers } from "./read-wandb.ts";

export type SentRun = {
  /** Variables of the calls that make the run and change it. */
  readonly variables: Record<string, unknown>;
  /** By line; with `_step`. */
  readonly history: Record<string, unknown>[];
  summary: Record<string, unknown>;
  /** Path -> bytes. */
  readonly files: Map<string, Buffer>;
  exitCode: number | null;
};

type Stream = {
  readonly files?: Record<string, { readonly offset: number; readonly content: readonly string[] }>;
  readonly complete?: boolean;
  readonly exitcode?: number;
};

export async function startWandbServer(
  t: TestContext,
): Promise<{ readonly address: string; readonly run: SentRun }> {
  const run: SentRun = { variables: {}, history: [], summary: {}, files: new Map(), exitCode: null };
  let address = "";

  function answer(url: string, body: Buffer): object {
    if (url.startsWith("/upload/")) {
      run.files.set(decodeURIComponent(url.slice("/upload/".length)), body);
      return {};
    }
    if (url.endsWith("/file_stream")) {
      keepStream(JSON.parse(body.toString()));
      return {};
    }
    const { query, variables = {} } = JSON.parse(body.toString());
    if (query.includes("upsertBucket")) {
      for (const [key, value] of Object.entries(variables)) if (value !== null) run.variables[key] = value;
      const project = { id: "1", name: variables.project, entity: { id: "2", name: "me" } };
      const bucket = {
        id: "3",
        name: variables.name,
        displayName: variables.displayName,
        config: "{}",
        project,
      };
      return { data: { upsertBucket: { bucket: { ...bucket, historyLineCount: 0 }, inserted: true } } };
    }
    if (query.includes("createRunFiles")) {
      const files = variables.files.map((name: string) => ({ name, uploadUrl: `${address}/upload/${name}` }));
      return { data: { createRunFiles: { runID: "3", uploadHeaders: [], files } } };
    }
    return {
      data: { viewer: { id: "1", entity: "me", teams: { edges: [] } }, serverInfo: { features: [] } },
    };
  }

  function keepStream({ files = {}, complete, exitcode }: Stream): void {
    const { "wandb-history.jsonl": history, "wandb-summary.json": summary } = files;
    history?.content.forEach((line, at) => {
      run.history[history.offset + at] = parseNumbers(line) as Record<string, unknown>;
    });
    if (summary !== undefined) run.summary = parseNumbers(summary.content.at(-1)!) as Record<string, unknown>;
    if (complete) run.exitCode = exitcode ?? 0;
  }

  const server = createServer(async (request: IncomingMessage, response) => {
    const body = Buffer.concat(await request.toArray());
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answer(request.url!, body)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { address, run };
}
