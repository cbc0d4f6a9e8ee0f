// MLflow's REST API 2.0 (docs.mlflow.org, "REST API"), as far as runs, their values and their artifacts need it.

import { openAsBlob } from "node:fs";
import { messageOf, UserError } from "../../errors.ts";

/** Numbers that JSON lacks are texts, as protobuf's JSON has them. */
export type JsonNumber = number | "NaN" | "Infinity" | "-Infinity";

export type Metric = {
  readonly key: string;
  readonly value: JsonNumber;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
};

export type KeyValue = { readonly key: string; readonly value: string };

export type MlflowRun = {
  readonly info: { readonly run_id: string; readonly artifact_uri?: string };
  readonly data?: {
    readonly metrics?: readonly { readonly key: string }[];
    readonly params?: readonly KeyValue[];
  };
};

export type MlflowClient = {
  /** Throws UserError where the server refuses or cannot be reached. */
  get<Answer>(path: string, query: Readonly<Record<string, string>>): Promise<Answer>;
  /** null where what is asked for is not there. */
  find<Answer>(path: string, query: Readonly<Record<string, string>>): Promise<Answer | null>;
  post<Answer>(path: string, body: object): Promise<Answer>;
  /** A file as an artifact through the server; `place` is its path below the server's artifacts. */
  putArtifact(place: string, content: Uint8Array | { readonly file: string }): Promise<void>;
};

/** `address` is the server's, such as http://localhost:5000; a user and a password in it are sent as such. */
export function openMlflow(address: string): MlflowClient {
  const base = addressOf(address);
  const headers: Record<string, string> = {};
  if (base.username !== "") {
    const pair = `${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`;
    headers.authorization = `Basic ${Buffer.from(pair).toString("base64")}`;
  }
  const root = `${base.origin}${base.pathname.replace(/\/+$/, "")}/api/2.0`;

  async function ask(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(`${root}/${path}`, {
        ...init,
        headers: { ...headers, ...(init.headers as object) },
      });
    } catch (error) {
      const cause = (error as Error).cause;
      throw new UserError(`${base.origin}: cannot be reached: ${messageOf(cause ?? error)}`, {
        cause: error,
      });
    }
  }

  async function refusal(path: string, response: Response): Promise<UserError> {
    const text = await response.text();
    const said = parsed(text);
    const words = said === null ? text.slice(0, 200) : `${said.error_code}: ${said.message}`;
    return new UserError(
      `${base.origin}: ${path}: refused with ${response.status} ${words.replaceAll(/\s+/g, " ")}`,
    );
  }

  async function answerOf<Answer>(path: string, response: Response): Promise<Answer> {
    if (!response.ok) throw await refusal(path, response);
    return (await response.json()) as Answer;
  }

  const asked = (path: string, query: Readonly<Record<string, string>>) =>
    ask(`mlflow/${path}?${new URLSearchParams(query)}`, {});

  return {
    get: async (path, query) => answerOf(path, await asked(path, query)),
    async find(path, query) {
      const response = await asked(path, query);
      return response.status === 404 ? null : answerOf(path, response);
    },
    async post(path, body) {
      const init = {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      };
      return answerOf(path, await ask(`mlflow/${path}`, init));
    },
    async putArtifact(place, content) {
      const path = `mlflow-artifacts/artifacts/${place.split("/").map(encodeURIComponent).join("/")}`;
      const body = "file" in content ? await openAsBlob(content.file) : new Blob([new Uint8Array(content)]);
      const response = await ask(path, {
        method: "PUT",
        body,
        headers: { "content-type": "application/octet-stream" },
      });
      if (!response.ok) throw await refusal(path, response);
    },
  };
}

function addressOf(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UserError(`--to: expected an address such as http://localhost:5000, got ${address}`);
  return url;
}

function parsed(text: string): { error_code: string; message: string } | null {
  try {
    const said = JSON.parse(text);
    return typeof said?.error_code === "string" ? said : null;
  } catch {
    return null;
  }
}
