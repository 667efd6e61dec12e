/** The messaging subscriptions (S4-23): each sending account, how it stands, and what it sent this month. */
import type { Account } from "#domain/campaign/account.ts";
import type { Id } from "#domain/core/id.ts";
import { monthLeft } from "#domain/limits/budget.ts";
import { reasonText } from "#domain/message/reason-text.ts";
import { csvLine } from "#domain/report/cell.ts";
import { subscriptionWords } from "#domain/report/subscription-words.ts";
import { subscriptionsOf } from "#domain/report/subscriptions.ts";
import { nameOfMonth } from "#domain/schedule/month.ts";
import { subscriptionsAnswer, type SubscriptionsAnswer } from "#protocol/rest/usage.ts";
import type { FastifyInstance } from "fastify";
import type { Store } from "../store/store.ts";
import { route } from "./route.ts";

export interface UsageSubscriptionsDeps {
  readonly store: Pick<Store, "budgets" | "reports" | "sync">;
  readonly clock: () => number;
}

const url = "/api/v1/usage/subscriptions";

export function registerUsageSubscriptions(
  app: FastifyInstance,
  deps: UsageSubscriptionsDeps,
): void {
  route(app, {
    method: "GET",
    url,
    summary: "The sending accounts: how each stands, and what it sent and ignored this month",
    permission: "report.read",
    answers: { 200: subscriptionsAnswer },
    handle: ({ caller: { workspace } }) => answerOf(deps, workspace),
  });
  route(app, {
    method: "GET",
    url: `${url}.csv`,
    summary: "The same as a file",
    permission: "report.export",
    answers: { 200: "csv" },
    handle: async ({ caller: { workspace }, reply }) => {
      reply.header("content-type", "text/csv; charset=utf-8");
      reply.header("content-disposition", 'attachment; filename="subscriptions.csv"');
      reply.header("cache-control", "no-store");
      return fileOf(await answerOf(deps, workspace));
    },
  });
}

async function answerOf(
  { store, clock }: UsageSubscriptionsDeps,
  workspace: Id,
): Promise<SubscriptionsAnswer> {
  const now = clock();
  const [accounts, rows, { budget, month, spent }] = await Promise.all([
    store.sync.list({ workspace, kind: "account" }),
    store.reports.counted({ workspace, now }),
    store.budgets.budget({ workspace, now }),
  ]);
  const prices = new Map(accounts.map(({ id, price = null }: Account) => [id, price]));
  const isSpent = ({ id, channel }: Pick<Account, "id" | "channel">): boolean =>
    monthLeft(budget, spent, { channel, price: prices.get(id) ?? null }).some(
      ({ left }) => left <= 0,
    );
  const items = subscriptionsOf(accounts, rows, { month, zone: budget.zone, isSpent });
  return {
    asOf: new Date(now).toISOString(),
    month: nameOfMonth(month),
    items: items.map(({ costs, ignored, ...item }) => ({
      ...item,
      statusText: subscriptionWords[item.status],
      costs: costs.map((cost) => ({ ...cost })),
      ignored: { ...ignored },
    })),
  };
}

const heading = csvLine([
  "account",
  "channel",
  "status",
  "reason",
  "provider's words",
  "month",
  "messages",
  "segments",
  "cost",
  "ignored messages",
  "ignored segments",
]);

function fileOf({ month, items }: SubscriptionsAnswer): string {
  const lines = items.map((item) => {
    const { name, channel, statusText, reason, detail, messages, segments, costs, ignored } = item;
    const why = reason === null ? "" : reasonText(reason);
    const cost = costs.map(({ currency, amount }) => `${amount} ${currency}`).join(" + ");
    const told = [messages, segments, cost, ignored.messages, ignored.segments];
    return csvLine([name, channel, statusText, why, detail, month, ...told]);
  });
  return [heading, ...lines].join("");
}
