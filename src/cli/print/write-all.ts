// What is too long to be printed at once: at the pace of whoever reads it, and no further than they do, as in `sql --csv | head`.

/** Of one write, characters. */
const pieceLength = 65_536;

/** Asks for no more texts once the stream takes none; the stream tells its error. */
export async function writeAll(stream: NodeJS.WritableStream, texts: Iterable<string>): Promise<void> {
  let piece = "";
  for (const text of texts) {
    piece += text;
    if (piece.length < pieceLength) continue;
    if (!(await isTaken(stream, piece))) return;
    piece = "";
  }
  if (piece !== "") await isTaken(stream, piece);
}

function isTaken(stream: NodeJS.WritableStream, text: string): Promise<boolean> {
  return new Promise((resolve) => stream.write(text, (error) => resolve(!error)));
}
