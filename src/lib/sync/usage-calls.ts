/** What of usage only the server's messages tell: who was reached, and whom nothing reached. */
import type { Channel } from "#domain/campaign/channel.ts";
import type { Result } from "#domain/core/result.ts";
import {
  stoppedPage,
  subscriptionsAnswer,
  usageAnswer,
  type stopKinds,
  type StoppedItem,
  type SubscriptionsAnswer,
  type UsageAnswer,
} from "#protocol/rest/usage.ts";
import type { Api, Failure } from "./api.ts";

export type { StoppedItem, SubscriptionsAnswer, UsageAnswer } from "#protocol/rest/usage.ts";

export type StopKind = (typeof stopKinds)[number];

/** As the page has it; an end that is infinite is none. */
export interface UsageAsked {
  readonly from: number;
  readonly to: number;
  readonly type: Channel | null;
  readonly carrier: string | null;
  /** Of whose clocks months are. */
  readonly zone: string;
}

type Answer<T> = Promise<Result<T, Failure>>;

export function usageCalls(api: Api) {
  return {
    usage: (asked: UsageAsked): Answer<UsageAnswer> =>
      api.request(usageAnswer, "GET", `/api/v1/usage?${withZone(asked)}`),
    subscriptions: (): Answer<SubscriptionsAnswer> =>
      api.request(subscriptionsAnswer, "GET", "/api/v1/usage/subscriptions"),
    stopped(
      asked: UsageAsked,
      kind: StopKind,
      cursor: string | null,
    ): Answer<{ readonly items: readonly StoppedItem[]; readonly next: string | null }> {
      const params = paramsOf(asked);
      params.set("kind", kind);
      params.set("limit", "10");
      if (cursor !== null) params.set("cursor", cursor);
      return api.request(stoppedPage, "GET", `/api/v1/usage/messages?${params}`);
    },
  };
}

/** The same list as a file that the server writes. */
export function stoppedFileHref(asked: UsageAsked, kind: StopKind): string {
  const params = withZone(asked);
  params.set("kind", kind);
  return `/api/v1/usage/messages.csv?${params}`;
}

function withZone(asked: UsageAsked): URLSearchParams {
  const params = paramsOf(asked);
  params.set("zone", asked.zone);
  return params;
}

function paramsOf({ from, to, type, carrier }: UsageAsked): URLSearchParams {
  const params = new URLSearchParams();
  if (Number.isFinite(from)) params.set("from", new Date(from).toISOString());
  if (Number.isFinite(to)) params.set("to", new Date(to).toISOString());
  if (type !== null) params.set("type", type);
  if (carrier !== null) params.set("carrier", carrier);
  return params;
}
