// The part of W&B's messages that settings, values and pictures of a run need (wandb/proto/wandb_internal.proto), by protobufjs.

import protobuf from "protobufjs/light.js";
import { field } from "../proto-field.ts";

const root = protobuf.Root.fromJSON({
  nested: {
    Record: {
      fields: {
        num: field(1, "int64"),
        history: field(2, "HistoryRecord"),
        summary: field(3, "UpdateRecord"),
        files: field(6, "FilesRecord"),
        run: field(17, "RunRecord"),
        exit: field(18, "RunExitRecord"),
      },
      oneofs: { recordType: { oneof: ["history", "summary", "files", "run", "exit"] } },
    },
    /** HistoryItem, SummaryItem and ConfigItem are alike. */
    Item: { fields: { key: field(1, "string"), valueJson: field(16, "string") } },
    HistoryRecord: { fields: { item: field(1, "Item", "repeated"), step: field(2, "HistoryStep") } },
    HistoryStep: { fields: { num: field(1, "int64") } },
    /** SummaryRecord and ConfigRecord are alike. */
    UpdateRecord: { fields: { update: field(1, "Item", "repeated") } },
    FilesRecord: { fields: { files: field(1, "FilesItem", "repeated") } },
    FilesItem: { fields: { path: field(1, "string") } },
    RunRecord: {
      fields: {
        runId: field(1, "string"),
        project: field(3, "string"),
        config: field(4, "UpdateRecord"),
        displayName: field(8, "string"),
        notes: field(9, "string"),
        tags: field(10, "string", "repeated"),
        host: field(13, "string"),
        startTime: field(17, "Timestamp"),
        git: field(21, "GitRepoRecord"),
      },
    },
    Timestamp: { fields: { seconds: field(1, "int64"), nanos: field(2, "int32") } },
    GitRepoRecord: { fields: { commit: field(2, "string") } },
    RunExitRecord: { fields: { exitCode: field(1, "int32"), runtime: field(2, "int32") } },
  },
});

const recordType = root.lookupType("Record");

export type Item = { readonly key: string; readonly valueJson: string };

type Update = { readonly update?: readonly Item[] };

type RecordFields = {
  readonly run: RunMessage;
  readonly history: { readonly item: readonly Item[]; readonly step: { readonly num: number } };
  readonly summary: Update;
  /** Paths within the folder `files`. */
  readonly files: { readonly files: readonly { readonly path: string }[] };
  /** `runtime` in seconds. */
  readonly exit: { readonly exitCode: number; readonly runtime: number };
};

/** One of them; without a number, which is its place in the file. */
export type RecordContent = {
  [Kind in keyof RecordFields]: Pick<RecordFields, Kind>;
}[keyof RecordFields];

export type RunMessage = {
  readonly runId: string;
  readonly project: string;
  readonly config: Update;
  readonly displayName: string;
  readonly notes: string;
  readonly tags: readonly string[];
  readonly host: string;
  readonly startTime: { readonly seconds: number; readonly nanos: number };
  /** null where it is unknown. */
  readonly git: { readonly commit: string } | null;
};

/** `num` counts from 1. */
export function encodeRecord(num: number, content: RecordContent): Uint8Array {
  return recordType.encode({ num, ...content }).finish();
}

/** A field that is not there has its zero. Throws where the bytes are no such message. */
export function decodeRecord(bytes: Uint8Array): { readonly num: number } & Partial<RecordFields> {
  const options = { longs: Number, defaults: true };
  return recordType.toObject(recordType.decode(bytes), options) as { num: number } & Partial<RecordFields>;
}
