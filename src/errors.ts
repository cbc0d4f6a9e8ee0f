import { escaped } from "./escaped.ts";

/**
 * The one error class for what the user can mend: a wrong key, a missing folder, a full disk.
 * The command line prints its message alone and exits with 2. Every other error is a bug and keeps its stack.
 * What names and files bring into the message is no command to a terminal: control characters are escaped.
 */
export class UserError extends Error {
  override readonly name = "UserError";
  constructor(message: string, options?: ErrorOptions) {
    super(escaped(message), options);
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** What a record keeps of what was thrown: the message, and the stack of a bug. */
export function failureOf(thrown: unknown): string {
  const isBug = thrown instanceof Error && !(thrown instanceof UserError);
  return (isBug && thrown.stack) || messageOf(thrown);
}
