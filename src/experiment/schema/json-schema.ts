// The JSON Schema that editors read. It knows less than the program: a file that extends another one may leave
// out anything, so nothing is required, and shorthands such as `model: beta` are added.

import { z } from "zod";
import { pageKinds, reportKeys } from "../report-section.ts";
import { anyItem, schema, variants } from "./schema.ts";

type JsonSchema = Record<string, unknown>;

export function experimentJsonSchema(): JsonSchema {
  const json = z.toJSONSchema(schema, {
    io: "input",
    override: ({ jsonSchema }) => {
      const node = jsonSchema as JsonSchema;
      if (node.maximum === Number.MAX_SAFE_INTEGER) delete node.maximum;
      if (node.oneOf) {
        node.anyOf = node.oneOf;
        delete node.oneOf;
      }
    },
  }) as JsonSchema;
  const properties = json.properties as Record<string, JsonSchema>;
  for (const { path, key } of variants) addShorthand(json, path, key);
  properties.evaluate = orNull(properties.evaluate!);
  dropRequired(json);
  return {
    $schema: json.$schema,
    title: "Hueristic experiment",
    description: "Generated from src/experiment/schema/schema.ts by `npm run schema`.",
    ...json,
    properties: { extends: extendsSchema, ...properties, report: reportSchema },
  };
}

/** Sets, and all of them, may be null to take away those of a file below (withoutCleared). */
function orNull(evaluate: JsonSchema): JsonSchema {
  const set = evaluate.additionalProperties as JsonSchema;
  const sets = { ...set, anyOf: [...(set.anyOf as JsonSchema[]), { type: "null" }] };
  return { ...evaluate, type: [evaluate.type, "null"], additionalProperties: sets };
}

const extendsSchema: JsonSchema = {
  description: "File, or list of files, that this one is laid over; paths start at this file's folder.",
  anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
};

const words: JsonSchema = { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] };

const reportSchema: JsonSchema = {
  description: "How `hueristic report` arranges its page about this file's runs; it changes no number.",
  type: "object",
  additionalProperties: false,
  properties: {
    title: { description: reportKeys.title, type: "string" },
    text: { description: reportKeys.text, type: "string" },
    page: { description: reportKeys.page, enum: [...pageKinds] },
    runs: { description: reportKeys.runs, ...words },
    panels: { description: reportKeys.panels, ...words },
    max_size: { description: reportKeys.max_size, type: ["string", "number"] },
  } satisfies Record<keyof typeof reportKeys, JsonSchema>,
};

function addShorthand(node: JsonSchema, path: readonly string[], key: string): void {
  for (const section of nodesAt(node, path)) {
    const options = section.anyOf as {
      properties?: Record<string, { const: string }>;
      required?: string[];
    }[];
    const short = options.filter(({ properties, required = [] }) => {
      return properties?.[key] !== undefined && required.every((needed) => needed === key);
    });
    const names = short.map((option) => option.properties![key]!.const);
    if (names.length > 0) section.anyOf = [{ enum: names }, ...options];
  }
}

/** The unions at the end of a path, which may lead through variants and what may be null. */
function nodesAt(node: JsonSchema, path: readonly string[]): JsonSchema[] {
  const options = ((node.anyOf as JsonSchema[] | undefined) ?? []).flatMap((option) => nodesAt(option, path));
  const [name, ...rest] = path;
  if (name === undefined) return options.length > 0 ? options : node.anyOf ? [node] : [];
  const properties = node.properties as Record<string, JsonSchema> | undefined;
  const inner =
    name === anyItem
      ? ((node.items ?? node.additionalProperties) as JsonSchema | undefined)
      : properties?.[name];
  return inner ? [...options, ...nodesAt(inner, rest)] : options;
}

function dropRequired(node: unknown): void {
  if (typeof node !== "object" || node === null) return;
  if ("required" in node && Array.isArray(node.required)) delete (node as JsonSchema).required;
  for (const inner of Object.values(node)) dropRequired(inner);
}

/** The text of experiments/schema.json. */
export function jsonSchemaText(): string {
  return `${JSON.stringify(experimentJsonSchema(), null, 2)}\n`;
}
