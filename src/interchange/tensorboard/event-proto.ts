// The part of TensorBoard's messages that scalars, pictures and hyperparameters need (event.proto, summary.proto, tensor.proto of
// TensorFlow; plugin_data.proto and api.proto of the hparams plugin), by protobufjs.

import protobuf from "protobufjs/light.js";
import { field } from "../proto-field.ts";

/** From texts. */
const mapField = (id: number, type: string): protobuf.IMapField => ({ id, type, keyType: "string" });

const root = protobuf.Root.fromJSON({
  nested: {
    Event: {
      fields: {
        wallTime: field(1, "double"),
        step: field(2, "int64"),
        fileVersion: field(3, "string"),
        summary: field(5, "Summary"),
        sessionLog: field(7, "SessionLog"),
      },
      oneofs: { what: { oneof: ["fileVersion", "summary", "sessionLog"] } },
    },
    SessionLog: { fields: { status: field(1, "int32") } },
    Summary: { fields: { value: field(1, "Value", "repeated") } },
    Value: {
      fields: {
        tag: field(1, "string"),
        metadata: field(9, "SummaryMetadata"),
        simpleValue: field(2, "float"),
        image: field(4, "Image"),
        tensor: field(8, "TensorProto"),
      },
      oneofs: { value: { oneof: ["simpleValue", "image", "tensor"] } },
    },
    SummaryMetadata: {
      fields: { pluginData: field(1, "PluginData"), summaryDescription: field(3, "string") },
    },
    PluginData: { fields: { pluginName: field(1, "string"), content: field(2, "bytes") } },
    Image: {
      fields: {
        height: field(1, "int32"),
        width: field(2, "int32"),
        colorspace: field(3, "int32"),
        encodedImageString: field(4, "bytes"),
      },
    },
    TensorProto: {
      fields: {
        dtype: field(1, "int32"),
        tensorShape: field(2, "TensorShapeProto"),
        tensorContent: field(4, "bytes"),
        floatVal: field(5, "float", "repeated"),
        doubleVal: field(6, "double", "repeated"),
        intVal: field(7, "int32", "repeated"),
        stringVal: field(8, "bytes", "repeated"),
        int64Val: field(10, "int64", "repeated"),
      },
    },
    TensorShapeProto: { fields: { dim: field(2, "Dim", "repeated") } },
    Dim: { fields: { size: field(1, "int64") } },
    HParamsPluginData: {
      fields: {
        version: field(1, "int32"),
        sessionStartInfo: field(3, "SessionStartInfo"),
        sessionEndInfo: field(4, "SessionEndInfo"),
      },
    },
    SessionStartInfo: {
      fields: {
        hparams: mapField(1, "JsonValue"),
        groupName: field(4, "string"),
        startTimeSecs: field(5, "double"),
      },
    },
    SessionEndInfo: { fields: { status: field(1, "int32"), endTimeSecs: field(2, "double") } },
    JsonValue: {
      fields: {
        numberValue: field(2, "double"),
        stringValue: field(3, "string"),
        boolValue: field(4, "bool"),
      },
      oneofs: { kind: { oneof: ["numberValue", "stringValue", "boolValue"] } },
    },
  },
});

const eventType = root.lookupType("Event");
const hparamsType = root.lookupType("HParamsPluginData");

/** DataType of TensorProto. */
export const dataTypes = { float: 1, double: 2, int32: 3, string: 7, int64: 9 } as const;

export type TensorMessage = {
  readonly dtype?: number;
  readonly tensorShape?: { readonly dim?: readonly { readonly size?: number }[] };
  readonly tensorContent?: Uint8Array;
  readonly floatVal?: readonly number[];
  readonly doubleVal?: readonly number[];
  readonly intVal?: readonly number[];
  readonly stringVal?: readonly Uint8Array[];
  readonly int64Val?: readonly number[];
};

export type ValueMessage = {
  readonly tag?: string;
  readonly metadata?: {
    readonly pluginData?: { readonly pluginName?: string; readonly content?: Uint8Array };
    readonly summaryDescription?: string;
  };
  readonly simpleValue?: number;
  readonly image?: {
    readonly height?: number;
    readonly width?: number;
    readonly colorspace?: number;
    readonly encodedImageString?: Uint8Array;
  };
  readonly tensor?: TensorMessage;
};

export type EventMessage = {
  /** Seconds since 1970. */
  readonly wallTime?: number;
  readonly step?: number;
  readonly fileVersion?: string;
  readonly summary?: { readonly value?: readonly ValueMessage[] };
  readonly sessionLog?: { readonly status?: number };
};

export type HParamsMessage = {
  readonly version: 0;
  readonly sessionStartInfo?: {
    readonly hparams: Readonly<Record<string, JsonValueMessage>>;
    readonly groupName: string;
    readonly startTimeSecs: number;
  };
  readonly sessionEndInfo?: { readonly status: number; readonly endTimeSecs: number };
};

export type JsonValueMessage =
  | { readonly numberValue: number }
  | { readonly stringValue: string }
  | { readonly boolValue: boolean };

export function encodeEvent(event: EventMessage): Uint8Array {
  return eventType.encode(event).finish();
}

/** Fields that are not there are left out. Throws where the bytes are no such message. */
export function decodeEvent(bytes: Uint8Array): EventMessage {
  return eventType.toObject(eventType.decode(bytes), { longs: Number }) as EventMessage;
}

/** The settings of a session's start; none where the bytes say something else. */
export function decodeSettings(content: Uint8Array): Record<string, number | string | boolean> {
  const { sessionStartInfo } = hparamsType.toObject(hparamsType.decode(content)) as Partial<HParamsMessage>;
  return Object.fromEntries(
    Object.entries(sessionStartInfo?.hparams ?? {}).flatMap(([name, value]) =>
      Object.values(value).map((one) => [name, one]),
    ),
  );
}

export function encodeHParams(message: HParamsMessage): Uint8Array {
  return hparamsType.encode(message).finish();
}
