// What is too long to be printed at once: at the pace of whoever reads it, and no further than they do, as in `sql --csv | head`.

/** Texts or bytes. */
export type Pieces = Iterable<string> | Iterable<Uint8Array>;

/** Of one write, characters. */
const pieceLength = 65_536;

/** Asks for no more pieces once the stream takes none; the stream tells its error. */
export async function writeAll(stream: NodeJS.WritableStream, pieces: Pieces): Promise<void> {
  for (const piece of gathered(pieces)) if (!(await isTaken(stream, piece))) return;
}

/** Short texts together. */
function* gathered(pieces: Pieces): Generator<string | Uint8Array> {
  let text = "";
  for (const piece of pieces) {
    if (typeof piece !== "string") {
      yield piece;
      continue;
    }
    text += piece;
    if (text.length < pieceLength) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}

function isTaken(stream: NodeJS.WritableStream, piece: string | Uint8Array): Promise<boolean> {
  return new Promise((resolve) => stream.write(piece, (error) => resolve(!error)));
}
