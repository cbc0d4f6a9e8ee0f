// docs/reference.md: every key of experiment, report and sweep files, from the schemas that check them.

import { z } from "zod";
import { experimentJsonSchema } from "../src/experiment/schema/json-schema.ts";
import { sweepSchema } from "../src/sweep/file/sweep-schema.ts";

type Node = {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly additionalProperties?: Node | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
};

/** A mapping among the values of a key, often told from others by one of its own, such as `{kind: beta}`. */
type Mapping = {
  readonly path: string;
  /** Of the key that tells it; null where none does. */
  readonly told: { readonly key: string; readonly name: string; readonly description: string } | null;
  readonly keys: Readonly<Record<string, Node>>;
};
type Row = { readonly path: string; readonly node: Node };

/** Of headings below those of the three kinds of files. */
const topLevel = 3;

export function referenceText(): string {
  const experiment = experimentJsonSchema() as Node;
  const { report, ...keys } = experiment.properties!;
  const sweep = z.toJSONSchema(sweepSchema, { io: "input", unrepresentable: "any" }) as Node;
  return [
    "# Reference",
    "Every key of an experiment, its `report:` and a sweep. Written by `npm run schema` from the definitions that check the files: edit those. What they are for: [data.md](data.md), [networks.md](networks.md), [metrics.md](metrics.md), [reports.md](reports.md), [sweeps.md](sweeps.md).",
    "## Experiment",
    ...mapping({ properties: keys }, topLevel),
    "## Report",
    `\`report:\` of an experiment, or a file of its own. ${report!.description}`,
    ...mapping(report!, topLevel),
    "## Sweep",
    ...mapping(sweep, topLevel),
  ]
    .join("\n\n")
    .concat("\n");
}

/** A table of the keys, then a section for every mapping that is a value of one of them. */
function mapping(node: Node, level: number): string[] {
  const rows = rowsOf(node, "");
  const table = [
    "| key | value | default | |",
    "|---|---|---|---|",
    ...rows.map(
      ({ path, node }) =>
        `| \`${path}\` | ${cell(valueWords(node))} | ${cell(defaultWords(node))} | ${cell(node.description ?? "")} |`,
    ),
  ].join("\n");
  const below = rows
    .filter(({ path, node }) => !isElsewhere(path, node, level))
    .flatMap(({ path, node }) => mappingsOf(node, path))
    .flatMap(({ path, told, keys }) => [
      `${"#".repeat(level)} \`${path}${told ? `: {${told.key}: ${told.name}}` : ""}\``,
      ...(told && told.description !== told.name ? [told.description] : []),
      ...(Object.keys(keys).length > 0 ? mapping({ properties: keys }, level + 1) : []),
    ]);
  return [...(rows.length > 0 ? [table] : []), ...below];
}

/** Keys of mappings that are always there stand in the table of those around them. */
function rowsOf(node: Node, path: string): Row[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, inner]) => {
    const here = path === "" ? name : `${path}.${name}`;
    return inner.properties === undefined ? [{ path: here, node: inner }] : rowsOf(inner, here);
  });
}

/** What a set under `evaluate` or a part of a union may be stands under `dataset`. */
function isElsewhere(path: string, node: Node, level: number): boolean {
  const isDataset = mappingsOf(node, path).some(({ told }) => told?.name === "coco");
  return (isDataset && (path !== "dataset" || level > topLevel)) || path.endsWith("discriminator_optimizer");
}

function mappingsOf(node: Node, path: string): readonly Mapping[] {
  const options = node.anyOf ?? node.oneOf;
  if (options !== undefined) return options.flatMap((option) => mappingsOf(option, path));
  if (node.items) return mappingsOf(node.items, `${path}[]`);
  if (typeof node.additionalProperties === "object")
    return mappingsOf(node.additionalProperties, `${path}.…`);
  if (node.properties === undefined) return [];
  const [key, own] = Object.entries(node.properties).find(([, { const: name }]) => name !== undefined) ?? [];
  if (key === undefined) return [{ path, told: null, keys: node.properties }];
  const { [key]: _, ...keys } = node.properties;
  const name = String(own!.const);
  return [{ path, told: { key, name, description: own!.description ?? name }, keys }];
}

function valueWords(node: Node): string {
  const options = node.anyOf ?? node.oneOf;
  if (options !== undefined) {
    const names = options.flatMap((option) => toldName(option) ?? []);
    // Beside mappings an enum is their short form.
    const others = options.filter(
      (option) => toldName(option) === null && !(names.length > 0 && option.enum),
    );
    const words = names.length > 0 ? [`one of ${names.map(code).join(", ")}`] : [];
    return [...new Set([...words, ...others.map(valueWords)])].filter(Boolean).join(" or ");
  }
  if (node.enum) return node.enum.map((value) => code(String(value))).join(", ");
  if (node.const !== undefined) return code(String(node.const));
  if (node.items) return `list of ${valueWords(node.items).replace(/^one of /, "") || "values"}`;
  if (typeof node.additionalProperties === "object")
    return `name → ${valueWords(node.additionalProperties) || "value"}`;
  if (node.properties) return "mapping";
  const types: readonly string[] = typeof node.type === "string" ? [node.type] : (node.type ?? []);
  return types.map((type) => `${typeWords[type] ?? type}${rangeWords(node)}`).join(" or ");
}

function toldName(node: Node): string | null {
  return node.properties === undefined ? null : (mappingsOf(node, "")[0]?.told?.name ?? null);
}

const typeWords: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true or false",
  null: "null",
};

function rangeWords({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Node): string {
  const bounds = [
    ...(minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? [`from ${minimum}`] : []),
    ...(exclusiveMinimum !== undefined ? [`above ${exclusiveMinimum}`] : []),
    ...(maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? [`to ${maximum}`] : []),
    ...(exclusiveMaximum !== undefined ? [`below ${exclusiveMaximum}`] : []),
  ];
  return bounds.length > 0 ? ` ${bounds.join(" ")}` : "";
}

function defaultWords({ default: value }: Node): string {
  if (value === undefined) return "";
  if (value === "") return '`""`';
  if (typeof value !== "object" || value === null) return code(String(value));
  if (Array.isArray(value))
    return value.length === 0 ? "`[]`" : value.map((each) => shortOf(each)).join(", ");
  return shortOf(value);
}

/** `{name: adam}` as one writes it: adam. */
function shortOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return code(String(value));
  const [[key, told] = [], ...others] = Object.entries(value);
  const isShort = others.length === 0 && /^(kind|name|type)$/.test(key ?? "");
  return code(isShort ? String(told) : JSON.stringify(value));
}

const code = (text: string) => `\`${text}\``;
const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
