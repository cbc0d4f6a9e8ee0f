// What can be fuzzed: files of one kind that are whole, and what reads them.

export type Original = {
  /** A file's name, which says to a reader what it is. */
  readonly name: string;
  readonly content: Buffer;
};

/** What became of a file that reading did not refuse with an error. */
export type Reading =
  | "loaded"
  /** Passed over, in these words. */
  | { readonly refused: string };

export type Target = {
  readonly originals: readonly Original[];
  /** Lines that a refusal may have; one where it is left out. */
  readonly mostLines?: number;
  /** Makes what was mutated whole again outside of the change, such as the length of a header: half of them come so. */
  repaired?(original: Original, mutated: Buffer): Buffer;
  /** Reads `content` in place of an original. Throws as reading does, and Error where what it gives must not be. */
  read(original: Original, content: Buffer): Promise<Reading>;
};

/** `folder` is empty and the target's alone. */
export type MakeTarget = (folder: string) => Promise<Target>;
