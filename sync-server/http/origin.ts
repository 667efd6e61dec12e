/** Whether a request that changes something came from the app's own pages. */
import type { IncomingHttpHeaders } from "node:http";

/**
 * Browsers send Origin with every unsafe request, and Sec-Fetch-Site besides; a script that
 * sends neither carries no one's cookie unless it was given one, and a page cannot leave both out.
 */
export function isOurOrigin(headers: IncomingHttpHeaders, origins: readonly string[]): boolean {
  const { origin } = headers;
  if (origin !== undefined) return origins.includes(origin);
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin";
  return headers.cookie === undefined;
}

/** The addresses under which the app is its own site: the public one, and on one machine all names of it. */
export function ourOrigins(publicUrl: string): readonly string[] {
  const { origin, hostname, protocol, port } = new URL(publicUrl);
  if (hostname !== "localhost" && hostname !== "127.0.0.1" && hostname !== "[::1]") return [origin];
  const end = port === "" ? "" : `:${port}`;
  return ["localhost", "127.0.0.1", "[::1]"].map((host) => `${protocol}//${host}${end}`);
}
