// A field of a message, as protobufjs describes it.

export const field = (id: number, type: string, rule?: "repeated") =>
  rule === undefined ? { id, type } : { id, type, rule };
