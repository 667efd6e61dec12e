/** Reports that come by themselves, and alerts: asked of the server. */
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import {
  alertAnswer,
  alertList,
  subscriptionAnswer,
  subscriptionList,
  type alertBody,
  type subscriptionBody,
} from "#protocol/rest/subscriptions.ts";
import * as v from "valibot";
import type { Api, Failure } from "./api.ts";

export type SubscriptionAnswer = v.InferOutput<typeof subscriptionAnswer>;
export type SubscriptionBody = v.InferOutput<typeof subscriptionBody>;
export type AlertAnswer = v.InferOutput<typeof alertAnswer>;
export type AlertBody = v.InferOutput<typeof alertBody>;

type Answer<T> = Promise<Result<T, Failure>>;

const reports = "/api/v1/subscriptions";
const alerts = "/api/v1/alerts";

export function subscriptionCalls(api: Api) {
  return {
    list: (): Answer<{ readonly items: readonly SubscriptionAnswer[] }> =>
      api.request(subscriptionList, "GET", reports),
    add: (body: SubscriptionBody): Answer<unknown> =>
      api.request(subscriptionAnswer, "POST", reports, body),
    sendNow: (id: Id): Answer<unknown> => api.request(v.unknown(), "POST", `${reports}/${id}/test`),
    remove: (id: Id): Answer<unknown> => api.request(v.unknown(), "DELETE", `${reports}/${id}`),
    alerts: (): Answer<{ readonly items: readonly AlertAnswer[] }> =>
      api.request(alertList, "GET", alerts),
    addAlert: (body: AlertBody): Answer<unknown> => api.request(alertAnswer, "POST", alerts, body),
    removeAlert: (id: Id): Answer<unknown> => api.request(v.unknown(), "DELETE", `${alerts}/${id}`),
  };
}
