/** Pushes and pulls over HTTP. */
import { announcement, pullReply, pushReply } from "#protocol/down.ts";
import type { Api } from "./api.ts";
import type { Transport } from "./core.ts";

/** A push of a long e-mail over a slow network may take its time. */
const pushTimeoutMs = 20_000;

export function createHttpTransport(api: Api): Transport {
  return {
    push: (request) =>
      api.request(pushReply, "POST", "/sync/push", request, { timeoutMs: pushTimeoutMs }),
    pull: (request) => api.request(pullReply, "POST", "/sync/pull", request),
    announced: () => api.request(announcement, "GET", "/sync/version"),
  };
}
