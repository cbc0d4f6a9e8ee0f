// A web page that came instead of a file: Google Drive asks whether a large file is wanted without a virus scan, or
// says that too many people have fetched it (pytorch/vision#1920, #8268); a hotel or a proxy wants a login.

import { UserError } from "../../errors.ts";

export type PageOrigin = {
  /** Name of the file that was wanted. */
  readonly name: string;
  /** Where the page came from. */
  readonly url: string;
  /** Where a person can download the file. */
  readonly byHand: string;
};

export function looksLikePage(head: Uint8Array): boolean {
  const text = Buffer.from(head.subarray(0, 256)).toString("latin1");
  return /^(\u00ef\u00bb\u00bf)?\s*<(!doctype|html|head|\?xml|!--)/i.test(text);
}

/** The address behind the button "Download anyway"; null where the page has none. */
export function confirmedAddress(html: string, pageUrl: string): string | null {
  const form = /<form[^>]*\bid="download-form"[^>]*>[\s\S]*?<\/form>/i.exec(html)?.[0];
  const action = form === undefined ? null : attribute(form, "action");
  if (form === undefined || action === null || !URL.canParse(action, pageUrl)) return null;
  const address = new URL(action, pageUrl);
  const page = new URL(pageUrl);
  const isGoogle = /(^|\.)google(usercontent)?\.com$/.test(address.hostname) && address.protocol === "https:";
  if (address.origin !== page.origin && !isGoogle) return null;
  for (const [input] of form.matchAll(/<input[^>]*>/gi)) {
    const name = attribute(input, "name");
    if (name !== null) address.searchParams.set(name, attribute(input, "value") ?? "");
  }
  return address.href;
}

export function pageError(html: string, { name, url, byHand }: PageOrigin): UserError {
  const { hostname } = new URL(url);
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(html)?.[1]?.replaceAll(/\s+/g, " ").trim() ?? "";
  const quoted = title === "" ? "" : ` (${JSON.stringify(title.slice(0, 80))})`;
  const advice = `download ${name} by hand from ${byHand} and name its folder with --from`;
  if (/quota|too many users/i.test(html))
    return new UserError(
      `${name}: too many people have fetched it from ${hostname} today, which answered with a web page${quoted}; try again in a day, or ${advice}`,
    );
  return new UserError(
    `${name}: expected the file, ${hostname} answered with a web page${quoted}; see whether a login or a proxy is in the way, or ${advice}`,
  );
}

function attribute(tag: string, name: string): string | null {
  const value = new RegExp(`\\b${name}="([^"]*)"`, "i").exec(tag)?.[1];
  return value?.replaceAll("&amp;", "&") ?? null;
}
