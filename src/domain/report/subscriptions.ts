/**
 * The messaging subscriptions of a workspace (S4-23): the accounts through which messages go, how
 * each stands, and what it sent in a month. Their sums are those of the month's usage.
 */
import type { Account, Standing } from "../campaign/account.ts";
import type { Campaign } from "../campaign/campaign.ts";
import type { Channel } from "../campaign/channel.ts";
import { fallbackOf } from "../campaign/fallback.ts";
import type { Id } from "../core/id.ts";
import type { Reason } from "../message/reason.ts";
import { monthOf, type Month } from "../schedule/month.ts";
import { partsByWay } from "./by-way.ts";
import type { SubscriptionStatus } from "./subscription-status.ts";
import { countsOf, segmentsByStatus, usageOf, type MonthUsage, type UsageRow } from "./usage.ts";

type SendingAccount = Pick<Account, "id" | "name" | "channel" | "standing">;

export interface SubscriptionRow extends UsageRow {
  readonly campaign: UsageRow["campaign"] & Pick<Campaign, "accountId" | "fallback">;
}

export interface Subscription {
  /** null: its campaigns name no account. */
  readonly accountId: Id | null;
  /** "" where it was deleted. */
  readonly name: string;
  readonly channel: Channel;
  readonly status: SubscriptionStatus;
  /** Why it stands still; null: it does not. */
  readonly reason: Reason | null;
  /** The provider's own words; "" without any. */
  readonly detail: string;
  /** Sent in the month. */
  readonly messages: number;
  readonly segments: number;
  readonly costs: MonthUsage["costs"];
  /** Of campaigns that were launched in the month: what was not sent because of it (S4-10). */
  readonly ignored: { readonly messages: number; readonly segments: number };
}

export interface SubscriptionsAsked {
  readonly month: Month;
  /** In which months begin. */
  readonly zone: string;
  /** Whether nothing is left of the month's budget for this account. */
  readonly isSpent: (account: SendingAccount) => boolean;
}

/** Accounts by their names, and after them what deleted ones sent. */
export function subscriptionsOf(
  accounts: readonly SendingAccount[],
  rows: readonly SubscriptionRow[],
  asked: SubscriptionsAsked,
): readonly Subscription[] {
  const rowsOf = Map.groupBy(rows.flatMap(byAccount), ({ campaign: { accountId } }) => accountId);
  const known = new Set<Id | null>(accounts.map(({ id }) => id));
  const living = accounts
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map(({ id, name, channel, standing = null, ...rest }): Subscription => {
      const status = statusOf(standing, asked.isSpent({ id, name, channel, standing, ...rest }));
      const told = { reason: standing?.reason ?? null, detail: standing?.detail ?? "" };
      const use = useOf(rowsOf.get(id) ?? [], asked);
      return { accountId: id, name, channel, status, ...told, ...use };
    });
  const deleted = [...rowsOf].flatMap(([accountId, own]): Subscription[] => {
    if (known.has(accountId)) return [];
    const facts = { accountId, name: "", status: "deleted", reason: null, detail: "" } as const;
    return [...Map.groupBy(own, ({ campaign }) => campaign.type)].flatMap(([channel, part]) => {
      const use = useOf(part, asked);
      return use.messages + use.ignored.messages === 0 ? [] : [{ ...facts, channel, ...use }];
    });
  });
  return [...living, ...deleted];
}

/** Each of its channels has an account of its own. */
function byAccount({ campaign, rollup }: SubscriptionRow): readonly SubscriptionRow[] {
  const { id, type, launchedAt, accountId } = campaign;
  const second = fallbackOf(campaign)?.accountId ?? null;
  if (rollup === null) return [{ campaign, rollup }];
  return partsByWay(type, rollup).map((part) => ({
    campaign: { id, launchedAt, type: part.channel, accountId: part.isSecond ? second : accountId },
    rollup: part.rollup,
  }));
}

const byReason: Partial<Readonly<Record<Reason, SubscriptionStatus>>> = {
  payment_required: "unpaid",
  account_suspended: "inactive",
  auth_failed: "inactive",
  sender_invalid: "inactive",
  quota_reached: "at_budget",
};

function statusOf(standing: Standing | null, isSpent: boolean): SubscriptionStatus {
  if (standing !== null) return byReason[standing.reason] ?? "stopped";
  return isSpent ? "at_budget" : "active";
}

type Use = Pick<Subscription, "messages" | "segments" | "costs" | "ignored">;

function useOf(rows: readonly SubscriptionRow[], { month, zone }: SubscriptionsAsked): Use {
  const whole = { from: -Infinity, to: Infinity, type: null, carrier: null };
  const used = usageOf(rows, whole, zone).months.filter((use) => use.month === month);
  const launched = rows.filter(
    ({ campaign: { launchedAt } }) => launchedAt !== null && monthOf(launchedAt, zone) === month,
  );
  const counts = launched.flatMap(({ rollup }) => (rollup === null ? [] : countsOf(rollup)));
  const { messages, segments } = segmentsByStatus(counts);
  return {
    messages: used.reduce((sum, use) => sum + use.messages, 0),
    segments: used.reduce((sum, use) => sum + use.segments, 0),
    costs: sumCosts(used.flatMap(({ costs }) => costs)),
    ignored: { messages: messages.ignored, segments: segments.ignored },
  };
}

function sumCosts(all: MonthUsage["costs"]): MonthUsage["costs"] {
  const groups = Map.groupBy(all, ({ currency }) => currency);
  return [...groups].map(([currency, own]) => {
    return { currency, amount: own.reduce((sum, { amount }) => sum + amount, 0) };
  });
}
