// What a server's answer to a request for a file, or for the rest of one, means.

import { UserError } from "../../errors.ts";
import { formatCount } from "../../runs/format/numbers.ts";
import type { RemoteFile } from "./download.ts";

/** A transfer that broke but may be tried again. */
export class BrokenTransfer extends Error {
  override readonly name = "BrokenTransfer";
}

/** What is here already, to go on with. */
export type Begun = { readonly bytes: number; readonly version: string };

/**
 * Where the body begins, and how long the whole file is, null where the server does not say; "anew" where what is here
 * cannot be gone on with. Throws UserError or BrokenTransfer where the answer is not the file.
 */
export async function readAnswer(
  response: Response,
  file: RemoteFile,
  begun: Begun | null,
): Promise<{ readonly start: number; readonly total: number | null } | "anew"> {
  const { status, headers } = response;
  if (status === 416) return "anew";
  const isPage = /^text\/html\b/i.test(headers.get("content-type") ?? "");
  if (!response.ok || isPage) throw await refusal(response, file);

  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
  const start = status === 206 ? Number(range?.[1]) : 0;
  // A server may ignore If-Range and go on with another version.
  const now = headers.get(begun?.version.startsWith('"') ? "etag" : "last-modified");
  const isOther = now !== null && now !== begun?.version;
  if (status === 206 && (start !== begun?.bytes || isOther)) return "anew";
  const said =
    status === 206 ? range?.[2] : headers.get("content-encoding") ? null : headers.get("content-length");
  const total = /^\d+$/.test(said ?? "") ? Number(said) : null;
  if (file.bytes !== null && total !== null && total !== file.bytes)
    throw anotherFile(file, `offers ${formatCount(total)}`);
  return { start, total: file.bytes ?? total };
}

export function anotherFile({ name, url, bytes }: RemoteFile, what: string): UserError {
  return new UserError(
    `${name}: expected ${formatCount(bytes ?? 0)} bytes, ${url} ${what}: another file, or a changed one; name another address or folder with --from`,
  );
}

/** Google Drive answers with a page when too many people have fetched a file; a hotel or a proxy wants a login. */
async function refusal(response: Response, { name, url, byHand }: RemoteFile): Promise<Error> {
  const { status, statusText } = response;
  const text = await response.text().catch(() => "");
  const { hostname } = new URL(url);
  const said = `${hostname} answered ${response.ok ? "with a web page" : `${status} ${statusText}`.trim()}`;
  const advice = `download it by hand from ${byHand} and name its folder with --from`;
  if (/quota exceeded|too many users/i.test(text))
    return new UserError(
      `${name}: too many people have fetched it today: ${said}; try again in a day, or ${advice}`,
    );
  if (response.ok)
    return new UserError(
      `${name}: expected the file, ${said}; see whether a login or a proxy is in the way, or ${advice}`,
    );
  if (status === 408 || status === 429 || status >= 500) return new BrokenTransfer(said);
  const what = status === 404 || status === 410 ? "the file is not there" : "the server refuses the file";
  return new UserError(`${name}: ${said}: ${what} (${url}); try again later, or ${advice}`);
}
