/**
 * What a launch would do, told before it: the engine's own decisions on everybody in the
 * audience, and the message written for as many of them as there is time for.
 */
import type { EndEstimate } from "#domain/campaign/end-estimate.ts";
import { codesNeeded } from "#domain/codes/needed.ts";
import { dueAt, startByHand } from "#domain/campaign/launch.ts";
import type { Instant } from "#domain/core/time.ts";
import {
  leftOf,
  monthLeft,
  nothingSpent,
  type Left,
  type MonthLimit,
  type Spent,
} from "#domain/limits/budget.ts";
import { costIn, type Cost } from "#domain/report/cost.ts";
import type { Fate } from "../store/preflight-store.ts";
import type { PreflightDeps, PreflightOf } from "./preflight-deps.ts";
import { endOf } from "./preflight-end.ts";
import { fallbackOutlook, type FallbackOutlook } from "./preflight-fallback.ts";
import { look, nobody, type Seen } from "./preflight-look.ts";

export interface Preflight {
  /** Whom it counts: who is in the audience now, or who is frozen in the campaign. */
  readonly audience: "now" | "frozen";
  /** Contacts in the audience now; messages of the campaign where they are frozen. */
  readonly total: number;
  /** Messages that were decided already: 0 before the launch. */
  readonly decided: number;
  /** Those who would be written to. */
  readonly recipients: number;
  /** The others, by what would be decided, largest first. */
  readonly skips: readonly Fate[];
  /** Segments of all messages together; null where the channel has none. */
  readonly segments: number | null;
  /** What that costs; null where the account has no price. */
  readonly cost: Cost | null;
  /** Text messages to whoever it does not reach, at the most; null: none, or the audience is frozen. */
  readonly fallback: FallbackOutlook | null;
  /** Messages that cannot be written from the template. */
  readonly unwritable: number;
  /** Messages that quiet hours or recipients' own clocks would hold, and the last such moment. */
  readonly waits: Waits | null;
  /** Messages whose time would not come before the campaign ends. */
  readonly missed: number;
  /** Codes that it needs, and those that its pool has left; null where its messages carry none. */
  readonly codes: { readonly needed: number; readonly left: number } | null;
  /** How many of the recipients the tightest budget lets it reach; null: nothing limits it. */
  readonly budget: { readonly what: BudgetLeft["what"]; readonly reaches: number } | null;
  readonly startsAt: Instant;
  /** When the last message would be handed over; null where nothing is known of the speed. */
  readonly endsAt: Instant | null;
  /** What that rests on; null where it is not known. */
  readonly end: Omit<EndEstimate, "at"> | null;
  /** Recipients whose message was written to know this; fewer than there are: the rest is estimated. */
  readonly looked: number;
}

export interface Waits {
  readonly n: number;
  /** When the time of the last one comes. */
  readonly until: Instant;
  /** By the hour in which it comes, the next first. */
  readonly spread: readonly Spread[];
}

export interface Spread {
  /** When the time of the first of them comes. */
  readonly from: Instant;
  readonly n: number;
  /** By whose clocks, most of them first; "" stands for the workspace's own. */
  readonly zones: readonly string[];
}

/** A limit, with what is left of it. */
type BudgetLeft = Left & { readonly what: "campaign" | MonthLimit };

export async function preflight(deps: PreflightDeps, of: PreflightOf): Promise<Preflight> {
  const { campaign, account } = of;
  const now = deps.clock();
  const { isFrozen, total, fates, spent } = await audienceOf(deps, of, now);
  const startsAt = isFrozen ? now : await startOf(deps, of, now);
  const recipients = fates.find(({ reason }) => reason === "none")?.n ?? 0;
  const seen = recipients === 0 ? nobody() : await look(deps, of, { start: startsAt, isFrozen });
  const scale = seen.looked === 0 ? 0 : recipients / seen.looked;
  const scaled = (n: number): number => Math.min(recipients, Math.round(n * scale));
  const unwritable = scaled(seen.unwritable);
  const missed = scaled(seen.missed);
  const micros = Math.round(seen.micros * scale);
  const units = Math.round(seen.segments * scale);
  const told = { recipients: recipients - unwritable, units, micros, startsAt };
  const budget = await budgetFor(deps, of, told, spent);
  const going = Math.min(recipients - unwritable - missed, budget?.reaches ?? Infinity);
  const { at: endsAt, ...end } = await endOf(deps, of, { seen, going, scale, startsAt });
  return {
    audience: isFrozen ? "frozen" : "now",
    total,
    decided: total - fates.reduce((all, { n }) => all + n, 0),
    recipients,
    skips: fates.filter(({ reason }) => reason !== "none"),
    segments: campaign.type === "sms" ? units : null,
    cost: costIn(account.price, { units, micros }),
    fallback: isFrozen ? null : await fallbackOutlook(deps, of, { start: startsAt, now }),
    unwritable,
    waits: waitsOf(seen, scaled),
    missed,
    codes: await codesFor(deps, of, { fates, isFrozen }),
    budget,
    startsAt,
    endsAt,
    end: endsAt === null ? null : end,
    looked: Math.min(recipients, seen.looked),
  };
}

/** When it would begin: at its planned time, or by hand after the wait that the workspace asks for. */
async function startOf(
  { store }: PreflightDeps,
  { workspace, campaign }: PreflightOf,
  now: Instant,
): Promise<Instant> {
  const { schedule, trigger = null } = campaign;
  if (schedule !== null) return Math.max(now, dueAt(schedule));
  if (trigger !== null) return now;
  const [home] = await store.sync.list({ workspace, kind: "workspace" });
  return home === undefined ? now : startByHand(home.access, now);
}

interface Whom {
  readonly isFrozen: boolean;
  readonly total: number;
  readonly fates: readonly Fate[];
  /** Of the campaign's budget. */
  readonly spent: Spent;
}

/** The rows of a campaign that has them, else who is in its audience now. */
async function audienceOf(
  { store }: PreflightDeps,
  { workspace, campaign, rule }: PreflightOf,
  now: Instant,
): Promise<Whom> {
  const frozen = await store.preflight.frozen({ workspace, campaignId: campaign.id, now });
  if (frozen !== null) return { isFrozen: true, ...frozen };
  const channel = campaign.type;
  const fates = await store.preflight.fates({ workspace, rule, channel, now });
  const total = fates.reduce((all, { n }) => all + n, 0);
  return { isFrozen: false, total, fates, spent: nothingSpent };
}

function waitsOf(seen: Seen, scaled: (n: number) => number): Waits | null {
  if (seen.waits === 0 || seen.until === null) return null;
  const spread = [...seen.hours.values()]
    .toSorted((a, b) => a.from - b.from)
    .map(({ from, n, zones }) => ({ from, n: scaled(n), zones: mostFirst(zones) }));
  return { n: scaled(seen.waits), until: seen.until, spread };
}

function mostFirst(counts: ReadonlyMap<string, number>): readonly string[] {
  return [...counts].toSorted((a, b) => b[1] - a[1]).map(([name]) => name);
}

/** Whom the budgets let it reach; the one that reaches fewest. */
async function budgetFor(
  { store }: PreflightDeps,
  { workspace, campaign, account }: PreflightOf,
  told: Spent & Pick<Preflight, "recipients" | "startsAt">,
  spentBefore: Spent,
): Promise<Preflight["budget"]> {
  const { price = null } = account;
  const { budget: month, spent } = await store.budgets.budget({ workspace, now: told.startsAt });
  const limits: BudgetLeft[] = [];
  if (campaign.budget !== undefined && campaign.budget !== null) {
    limits.push({ what: "campaign", ...leftOf(campaign.budget, price, spentBefore) });
  }
  // A sandbox costs nothing.
  if (account.provider !== "sandbox" || account.summary["actsOnContacts"] === true) {
    limits.push(...monthLeft(month, spent, { channel: campaign.type, price }));
  }
  const reaches = limits.map((limit) => {
    const all = told[limit.in];
    const reached = all <= limit.left ? 1 : Math.max(0, limit.left) / Math.max(1, all);
    // A sum of decimals may fall short of a whole number by the last of its digits.
    return { what: limit.what, reaches: Math.floor(told.recipients * reached + 1e-6) };
  });
  return reaches.toSorted((a, b) => a.reaches - b.reaches)[0] ?? null;
}

/** What the launch would ask of the code pool. */
async function codesFor(
  { store }: PreflightDeps,
  { workspace, campaign }: PreflightOf,
  { fates, isFrozen }: { readonly fates: readonly Fate[]; readonly isFrozen: boolean },
): Promise<Preflight["codes"]> {
  const { codePoolId = null } = campaign;
  // Whoever is frozen has a code already, or is told among the skips.
  if (codePoolId === null || isFrozen) return null;
  const counts = await store.codes.counts({ workspace, poolId: codePoolId });
  return { needed: codesNeeded(campaign, fates), left: counts?.left ?? 0 };
}
