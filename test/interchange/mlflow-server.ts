// A tracking server that checks MLflow's REST API 2.0 strictly: known calls and keys only, types, limits of a batch, unchangeable
// parameters, artifacts through the server; it keeps what it is sent. Written from the API's description, as no MLflow is to be had.

import assert from "node:assert/strict";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

type KeptMetric = { key: string; value: number; timestamp: number; step: number };
type KeptRun = {
  info: {
    run_id: string;
    run_name: string;
    status: string;
    artifact_uri: string;
    start_time: number;
    end_time?: number;
  };
  metrics: KeptMetric[];
  params: Map<string, string>;
  tags: Map<string, string>;
  artifacts: Map<string, Buffer>;
};

export type MlflowServer = {
  readonly address: string;
  readonly runs: Map<string, KeptRun>;
  readonly calls: string[];
  /** After so many more requests all are refused, as where a server goes away. */
  failAfter: number;
};

class Refused extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const invalid = (message: string) => new Refused(400, "INVALID_PARAMETER_VALUE", message);

function requireThat(holds: boolean, message: string): void {
  if (!holds) throw invalid(message);
}

export async function mlflowServer(t: TestContext): Promise<MlflowServer> {
  const experiments = new Map<string, string>();
  const state: MlflowServer = {
    address: "",
    runs: new Map(),
    calls: [],
    failAfter: Number.POSITIVE_INFINITY,
  };
  const runOf = (id: unknown): KeptRun => {
    const run = state.runs.get(String(id));
    if (run === undefined) throw new Refused(404, "RESOURCE_DOES_NOT_EXIST", `Run '${id}' not found`);
    return run;
  };
  const key = (text: unknown) => {
    requireThat(typeof text === "string" && /^[\w\p{L}\-./: ]{1,250}$/u.test(text), `Invalid name ${text}`);
    requireThat(!/(^|\/)\.{0,2}(\/|$)/.test(text as string), `Names may be treated as paths: ${text}`);
    return text as string;
  };
  const only = (body: object, keys: readonly string[]) => {
    for (const name of Object.keys(body)) requireThat(keys.includes(name), `unknown field ${name}`);
  };
  const whole = (value: unknown, name: string) =>
    requireThat(Number.isSafeInteger(value), `${name} must be an int64, got ${value}`);

  const posts: Record<string, (body: Record<string, unknown>) => object> = {
    "experiments/create"(body) {
      only(body, ["name"]);
      experiments.set(body.name as string, "7");
      return { experiment_id: "7" };
    },
    "runs/search"(body) {
      only(body, ["experiment_ids", "filter", "max_results"]);
      assert.deepEqual(body.experiment_ids, ["7"]);
      const [, wanted] = /^tags\.hueristic_run = '(\w+)'$/.exec(body.filter as string)!;
      const found = [...state.runs.values()].filter(({ tags }) => tags.get("hueristic_run") === wanted);
      return found.length === 0
        ? {}
        : {
            runs: found.map(({ info, metrics, params }) => ({
              info,
              data: {
                metrics: [...new Set(metrics.map(({ key }) => key))].map((name) => ({ key: name })),
                params: [...params].map(([name, value]) => ({ key: name, value })),
              },
            })),
          };
    },
    "runs/create"(body) {
      only(body, ["experiment_id", "run_name", "start_time", "tags"]);
      whole(body.start_time, "start_time");
      const run_id = `there${state.runs.size}`;
      const info = {
        run_id,
        run_name: body.run_name as string,
        status: "RUNNING",
        artifact_uri: `mlflow-artifacts:/7/${run_id}/artifacts`,
        start_time: body.start_time as number,
      };
      const tags = new Map(
        (body.tags as { key: string; value: string }[]).map((tag) => [key(tag.key), tag.value]),
      );
      state.runs.set(run_id, { info, metrics: [], params: new Map(), tags, artifacts: new Map() });
      return { run: { info } };
    },
    "runs/log-batch"(body) {
      only(body, ["run_id", "metrics", "params", "tags"]);
      const run = runOf(body.run_id);
      const { metrics = [], params = [], tags = [] } = body as Record<string, Record<string, unknown>[]>;
      requireThat(metrics.length <= 1000 && params.length <= 100 && tags.length <= 100, "too many of a kind");
      requireThat(metrics.length + params.length + tags.length <= 1000, "more than 1000 in a batch");
      for (const metric of metrics) {
        only(metric, ["key", "value", "timestamp", "step"]);
        whole(metric.timestamp, "timestamp");
        whole(metric.step, "step");
        const isText = ["NaN", "Infinity", "-Infinity"].includes(metric.value as string);
        requireThat(typeof metric.value === "number" || isText, `value ${metric.value}`);
      }
      for (const { key: name, value } of params) {
        requireThat(typeof value === "string" && value.length <= 6000, `param ${name} too long`);
        const before = run.params.get(key(name));
        requireThat(
          before === undefined || before === value,
          `Changing param values is not allowed: ${name}`,
        );
      }
      for (const { value } of tags)
        requireThat(typeof value === "string" && value.length <= 8000, "tag too long");
      for (const { key: name, value, timestamp, step } of metrics)
        run.metrics.push({
          key: key(name),
          value: Number(value),
          timestamp: Number(timestamp),
          step: Number(step),
        });
      for (const { key: name, value } of params) run.params.set(name as string, value as string);
      for (const { key: name, value } of tags) run.tags.set(key(name), value as string);
      return {};
    },
    "runs/update"(body) {
      only(body, ["run_id", "status", "end_time", "run_name"]);
      const { info } = runOf(body.run_id);
      requireThat(
        ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"].includes(body.status as string),
        "status",
      );
      Object.assign(info, body);
      return { run_info: info };
    },
  };
  const gets: Record<string, (query: URLSearchParams) => object> = {
    "experiments/get-by-name"(query) {
      const id = experiments.get(query.get("experiment_name")!);
      if (id === undefined) throw new Refused(404, "RESOURCE_DOES_NOT_EXIST", "Could not find experiment");
      return { experiment: { experiment_id: id, lifecycle_stage: "active" } };
    },
    // Two a page, so that pages are turned; infinities as a SQL database keeps them.
    "metrics/get-history"(query) {
      const of = runOf(query.get("run_id")).metrics.filter(
        (metric) => metric.key === query.get("metric_key"),
      );
      const from = Number(query.get("page_token") ?? 0);
      const metrics = of.slice(from, from + 2).map(({ value, ...metric }) => ({
        ...metric,
        value: Number.isNaN(value) ? "NaN" : Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value)),
      }));
      return { metrics, ...(from + 2 < of.length && { next_page_token: String(from + 2) }) };
    },
    "artifacts/list"(query) {
      const { artifacts } = runOf(query.get("run_id"));
      const folder = query.get("path") ?? ".";
      const files = [...artifacts]
        .filter(([name]) => (name.includes("/") ? name.slice(0, name.lastIndexOf("/")) : ".") === folder)
        .map(([name, bytes]) => ({ path: name, is_dir: false, file_size: bytes.length }));
      return { root_uri: "mlflow-artifacts:/", files };
    },
  };

  async function answer(request: IncomingMessage): Promise<object> {
    const url = new URL(request.url!, "http://localhost");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    state.calls.push(`${request.method} ${url.pathname}`);
    if (state.failAfter-- <= 0) throw new Refused(503, "TEMPORARILY_UNAVAILABLE", "gone");
    if (request.method === "PUT") {
      const [, id, name] = /^\/api\/2\.0\/mlflow-artifacts\/artifacts\/7\/(\w+)\/artifacts\/(.+)$/.exec(
        url.pathname,
      )!;
      runOf(id).artifacts.set(decodeURIComponent(name!), body);
      return {};
    }
    const path = url.pathname.replace("/api/2.0/mlflow/", "");
    const known = request.method === "POST" ? posts[path] : gets[path];
    if (known === undefined) throw new Refused(404, "ENDPOINT_NOT_FOUND", `${request.method} ${path}`);
    if (request.method === "GET") return (known as (query: URLSearchParams) => object)(url.searchParams);
    assert.equal(request.headers["content-type"], "application/json");
    requireThat(body.length <= 1_000_000, "more than 1 MB");
    return (known as (body: Record<string, unknown>) => object)(JSON.parse(body.toString()));
  }

  const server = createServer((request, response) => {
    answer(request).then(
      (body) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body)),
      (error) =>
        response
          .writeHead(error instanceof Refused ? error.status : 500)
          .end(
            JSON.stringify({ error_code: error.code ?? "INTERNAL_ERROR", message: String(error.message) }),
          ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(state, { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}
