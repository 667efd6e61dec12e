/** Reports that come to the caller by themselves, and what they want to hear of at once. */
import { randomUUIDv7 } from "node:crypto";
import { nextReportAt } from "#domain/report/subscription.ts";
import {
  alertAnswer,
  alertBody,
  alertList,
  subscriptionAnswer,
  subscriptionBody,
  subscriptionList,
} from "#protocol/rest/subscriptions.ts";
import { id } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import { reportOf } from "../notices/reports.ts";
import type { Store } from "../store/store.ts";
import type { PlannedSubscription } from "../store/subscription-store.ts";
import { HttpProblem } from "./problem.ts";
import { route, type Caller } from "./route.ts";

export interface SubscriptionDeps {
  readonly store: Pick<Store, "reports" | "subscriptions" | "sync">;
  readonly clock: () => number;
  /** Something is to be told. */
  readonly wake: () => void;
}

const url = "/api/v1/subscriptions";
const params = v.strictObject({ id });

export function registerSubscriptions(app: FastifyInstance, deps: SubscriptionDeps): void {
  const { clock, store } = deps;
  route(app, {
    method: "GET",
    url,
    summary: "Reports that come to the caller by themselves",
    permission: "report.read",
    answers: { 200: subscriptionList },
    handle: async ({ caller: { workspace, user } }) => {
      const mine = await store.subscriptions.subscriptions({ workspace, user });
      return { items: mine.map(toAnswer) };
    },
  });
  route(app, {
    method: "POST",
    url,
    summary: "Have a report come by itself, by e-mail and as a notification",
    permission: "report.read",
    body: subscriptionBody,
    answers: { 201: subscriptionAnswer },
    handle: async ({ caller, body }) => {
      const subscription = { id: randomUUIDv7(), ...body, nextAt: nextReportAt(body, clock()) };
      const isKept = await store.subscriptions.putSubscription({ ...own(caller), subscription });
      if (!isKept) throw tooMany();
      return toAnswer(subscription);
    },
  });
  route(app, {
    method: "PATCH",
    url: `${url}/:id`,
    summary: "Change a report that comes by itself: all of it",
    permission: "report.read",
    params,
    body: subscriptionBody,
    answers: { 200: subscriptionAnswer },
    handle: async ({ caller, body, params: { id: of } }) => {
      await found(deps, caller, of);
      const subscription = { id: of, ...body, nextAt: nextReportAt(body, clock()) };
      await store.subscriptions.putSubscription({ ...own(caller), subscription });
      return toAnswer(subscription);
    },
  });
  registerOne(app, deps);
  registerAlerts(app, deps);
}

function registerOne(app: FastifyInstance, deps: SubscriptionDeps): void {
  const { clock, store, wake } = deps;
  route(app, {
    method: "POST",
    url: `${url}/:id/test`,
    summary: "Send the caller the report now, as it would come by itself",
    permission: "report.read",
    params,
    answers: { 204: "none" },
    handle: async ({ caller, params: { id: of } }) => {
      const subscription = await found(deps, caller, of);
      const now = clock();
      const { workspace } = caller;
      const said = await reportOf({ store, clock }, { ...subscription, workspace }, now);
      await store.subscriptions.tell({
        ...own(caller),
        id: of,
        dueAt: now,
        nextAt: null,
        said,
        now,
      });
      wake();
    },
  });
  route(app, {
    method: "DELETE",
    url: `${url}/:id`,
    summary: "Stop a report that comes by itself",
    permission: "report.read",
    params,
    answers: { 204: "none" },
    handle: async ({ caller, params: { id: of } }) => {
      const isGone = await store.subscriptions.removeSubscription({ ...own(caller), id: of });
      if (!isGone) throw new HttpProblem("not_found");
    },
  });
}

function registerAlerts(app: FastifyInstance, { store }: SubscriptionDeps): void {
  const path = "/api/v1/alerts";
  route(app, {
    method: "GET",
    url: path,
    summary: "What the caller wants to hear of at once",
    permission: "report.read",
    answers: { 200: alertList },
    handle: async ({ caller: { workspace, user } }) => {
      const mine = await store.subscriptions.alerts({ workspace, user });
      return {
        items: mine.map(({ language = "en", ...alert }) => ({
          ...alert,
          language,
          channels: [...alert.channels],
        })),
      };
    },
  });
  route(app, {
    method: "POST",
    url: path,
    summary: "Hear at once when a share of a campaign's messages is greater than a threshold",
    permission: "report.read",
    body: alertBody,
    answers: { 201: alertAnswer },
    handle: async ({ caller, body }) => {
      const alert = { id: randomUUIDv7(), ...body };
      if (!(await store.subscriptions.putAlert({ ...own(caller), alert }))) throw tooMany();
      return alert;
    },
  });
  route(app, {
    method: "DELETE",
    url: `${path}/:id`,
    summary: "Do not hear of it any more",
    permission: "report.read",
    params,
    answers: { 204: "none" },
    handle: async ({ caller, params: { id: of } }) => {
      if (!(await store.subscriptions.removeAlert({ ...own(caller), id: of }))) {
        throw new HttpProblem("not_found");
      }
    },
  });
}

/** What an API key asks for would reach nobody. */
function own({ workspace, user, viaKey }: Caller): Pick<Caller, "workspace" | "user"> {
  if (viaKey) throw new HttpProblem("forbidden", "An API key is no person who could be told.");
  return { workspace, user };
}

async function found(
  { store }: SubscriptionDeps,
  caller: Caller,
  of: string,
): Promise<PlannedSubscription> {
  const mine = await store.subscriptions.subscriptions(own(caller));
  const one = mine.find((each) => each.id === of);
  if (one === undefined) throw new HttpProblem("not_found");
  return one;
}

function tooMany(): HttpProblem {
  return new HttpProblem("invalid", "You have as many as one person may have: remove one first.");
}

function toAnswer({
  nextAt,
  channels,
  language = "en",
  ...plan
}: PlannedSubscription): v.InferOutput<typeof subscriptionAnswer> {
  return { ...plan, language, channels: [...channels], nextAt: new Date(nextAt).toISOString() };
}
