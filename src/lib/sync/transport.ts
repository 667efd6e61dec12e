/** Pushes and pulls over HTTP. */
import type { Result } from "#domain/core/result.ts";
import {
  announcement,
  pullReply,
  pushReply,
  type Announcement,
  type PullReply,
  type PushReply,
} from "#protocol/down.ts";
import type { PullRequest, PushRequest } from "#protocol/up.ts";
import { deviceHeader } from "#protocol/version.ts";
import * as v from "valibot";
import { linesType, type Api, type RequestOptions } from "./api.ts";
import type { TransportFailure } from "./failures.ts";

/** How requests reach the server. Both moments are by the monotonic clock. */
export interface Transport {
  push(request: PushRequest): Promise<Result<PushReply, TransportFailure>>;
  /** The answer may be of several pages: `onPage` takes all but the last, in order. */
  pull(
    request: PullRequest,
    onPage: (page: PullReply) => Promise<unknown>,
  ): Promise<Result<PullReply, TransportFailure>>;
  /** What a server understands that is older than this app; left out where all are of one version. */
  announced?(): Promise<Result<Announcement, TransportFailure>>;
}

/** A push of a long e-mail over a slow network may take its time. */
const pushTimeoutMs = 20_000;

export function createHttpTransport(api: Api): Transport {
  return {
    push: (request) =>
      api.request(pushReply, "POST", "/sync/push", request, {
        ...from(request),
        timeoutMs: pushTimeoutMs,
      }),
    pull: (request, onPage) =>
      api.request(pullReply, "POST", "/sync/pull", request, {
        headers: { ...from(request).headers, accept: `${linesType}, application/json` },
        onLine: async (line) => {
          await onPage(v.parse(pullReply, JSON.parse(line)));
        },
      }),
    announced: () => api.request(announcement, "GET", "/sync/version"),
  };
}

/** Whose request it is: a revoked device hears of it also when nobody is signed in any more. */
function from({ client }: { readonly client: string }): RequestOptions {
  return { headers: { [deviceHeader]: client } };
}
