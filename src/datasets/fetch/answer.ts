// What a server's answer to a request for the rest of a file means.

import { UserError } from "../../errors.ts";
import { type PageOrigin, pageError } from "./web-page.ts";

/** A transfer that broke but may be tried again. */
export class BrokenTransfer extends Error {
  override readonly name = "BrokenTransfer";
}

export type Wanted = {
  readonly origin: PageOrigin;
  /** How many bytes are here already. */
  readonly have: number;
  readonly validator: string | null;
  /** Of the whole file; null where it may differ. */
  readonly bytes: number | null;
};

export type Answer =
  /** The body begins at byte `start` of `total`, null where the server does not say. */
  | { readonly kind: "body"; readonly start: number; readonly total: number | null }
  | { readonly kind: "page" }
  /** What is here cannot be gone on with. */
  | { readonly kind: "begin-anew" };

/** Throws UserError or BrokenTransfer where the answer is neither the file nor a page. */
export async function readAnswer(response: Response, wanted: Wanted): Promise<Answer> {
  const { origin, have, bytes } = wanted;
  if (response.status === 416) return { kind: "begin-anew" };
  if (!response.ok) throw await refusal(response, origin);
  if (/^text\/html\b/i.test(response.headers.get("content-type") ?? "")) return { kind: "page" };

  const isPartial = response.status === 206;
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "");
  const start = isPartial ? Number(range?.[1] ?? Number.NaN) : 0;
  if (isPartial && (start !== have || changed(response.headers, wanted))) return { kind: "begin-anew" };
  const total = isPartial ? numberOf(range?.[2]) : announcedLength(response.headers);
  if (bytes !== null && total !== null && total !== bytes)
    throw new UserError(
      `${origin.name}: expected ${count(bytes)} bytes, ${origin.url} offers ${count(total)}: another file, or a changed one; name another address or folder with --from`,
    );
  return { kind: "body", start, total: bytes ?? total };
}

/** A server may ignore If-Range and go on with another version. */
function changed(headers: Headers, { validator }: Wanted): boolean {
  const now = validator?.startsWith('"') ? headers.get("etag") : headers.get("last-modified");
  return now !== null && now !== validator;
}

function announcedLength(headers: Headers): number | null {
  const encoding = headers.get("content-encoding") ?? "identity";
  return encoding === "identity" ? numberOf(headers.get("content-length") ?? undefined) : null;
}

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

async function refusal(response: Response, origin: PageOrigin): Promise<Error> {
  const { status, statusText } = response;
  const text = await response.text().catch(() => "");
  if (/quota exceeded|too many users/i.test(text)) return pageError(text, origin);
  const { hostname } = new URL(origin.url);
  const said = `${hostname} answered ${`${status} ${statusText}`.trim()}`;
  if (status === 408 || status === 429 || status >= 500) return new BrokenTransfer(said);
  const what = status === 404 || status === 410 ? "the file is not there" : "the server refuses the file";
  return new UserError(
    `${origin.name}: ${said}: ${what} (${origin.url}); try again later, or download it by hand from ${origin.byHand} and name its folder with --from`,
  );
}

function count(bytes: number): string {
  return bytes.toLocaleString("en-US");
}
