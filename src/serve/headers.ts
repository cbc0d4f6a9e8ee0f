// What every answer says to the browser, and which questions are answered at all.

import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";

/** On every answer; `policy` is the Content-Security-Policy of a page, which nothing else needs. */
export function securityHeaders(policy = "default-src 'none'"): Record<string, string> {
  return {
    "Content-Security-Policy": `${policy}; frame-ancestors 'none'`,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
  };
}

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  if (host === "localhost" || host === "::1") return true;
  return isIP(host) === 4 && host.startsWith("127.");
}

/**
 * Whether a Host header names this very server. A page of elsewhere whose name was made to point at 127.0.0.1 (DNS
 * rebinding) gives its own name. Any port will do: a tunnel has another one.
 */
export function isOwnHost(header: string | undefined): boolean {
  const [, name] = /^(\[[^\]]*\]|[^:]*)(?::\d+)?$/.exec(header ?? "") ?? [];
  return name !== undefined && isLoopback(name.replace(/^\[|\]$/g, "").toLowerCase());
}

/**
 * Whether a page of this server asked, or no page at all: browsers say with every POST where it comes from, and what a page
 * of elsewhere sends must not keep this machine busy.
 */
export function isOwnOrigin({ host, origin, "sec-fetch-site": site }: IncomingHttpHeaders): boolean {
  if (site !== undefined && site !== "same-origin") return false;
  return origin === undefined || origin === `http://${host}`;
}
