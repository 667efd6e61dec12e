/**
 * What a launch would do, told before it: the engine's own decisions on everybody in the
 * audience, and the message written for as many of them as there is time for.
 */
import type { AudienceRule } from "#domain/audience/audience.ts";
import { limitsOf, type Account } from "#domain/campaign/account.ts";
import { codesNeeded } from "#domain/codes/needed.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { createTariff, type Micros, type Tariff } from "#domain/campaign/price.ts";
import { dueAt } from "#domain/campaign/launch.ts";
import { secondMs, type Instant } from "#domain/core/time.ts";
import {
  leftOf,
  monthLeft,
  nothingSpent,
  type Left,
  type MonthLimit,
  type Spent,
} from "#domain/limits/budget.ts";
import type { Templates } from "#domain/message/template.ts";
import { cold, lastAt } from "#domain/message/warm-up.ts";
import { costIn, type Cost } from "#domain/report/cost.ts";
import type { Candidate, Fate } from "../store/preflight-store.ts";
import type { Store } from "../store/store.ts";
import { senderOf } from "./sender.ts";
import { createWriter, type Writer } from "./writer.ts";

export interface Preflight {
  /** Contacts in the audience now. */
  readonly total: number;
  /** Those who would be written to. */
  readonly recipients: number;
  /** The others, by what would be decided, largest first. */
  readonly skips: readonly Fate[];
  /** Segments of all messages together; null where the channel has none. */
  readonly segments: number | null;
  /** What that costs; null where the account has no price. */
  readonly cost: Cost | null;
  /** Messages that cannot be written from the template. */
  readonly unwritable: number;
  /** Messages that quiet hours or recipients' own clocks would hold, and the last such moment. */
  readonly waits: { readonly n: number; readonly until: Instant } | null;
  /** Messages whose time would not come before the campaign ends. */
  readonly missed: number;
  /** Codes that it needs, and those that its pool has left; null where its messages carry none. */
  readonly codes: { readonly needed: number; readonly left: number } | null;
  /** How many of the recipients the tightest budget lets it reach; null: nothing limits it. */
  readonly budget: { readonly what: BudgetLeft["what"]; readonly reaches: number } | null;
  readonly startsAt: Instant;
  /** When the last message would be handed over; null where nothing limits the account's speed. */
  readonly endsAt: Instant | null;
  /** Recipients whose message was written to know this; fewer than there are: the rest is estimated. */
  readonly looked: number;
}

/** A limit, with what is left of it. */
type BudgetLeft = Left & { readonly what: "campaign" | MonthLimit };

export interface PreflightDeps {
  readonly store: Pick<Store, "preflight" | "codes" | "budgets"> & {
    readonly delivery: Pick<Store["delivery"], "warmth">;
  };
  readonly templates: Templates;
  /** As long as the links that the messages will have. */
  readonly leaveUrl: string;
  readonly clock: () => Instant;
}

export interface PreflightOf {
  readonly workspace: string;
  readonly campaign: Campaign;
  readonly account: Account;
  readonly rule: AudienceRule;
}

/** What writing messages may take; the rest is estimated from those that were written. */
const writingMs = 1.5 * secondMs;
const pageSize = 1_000;

export async function preflight(deps: PreflightDeps, of: PreflightOf): Promise<Preflight> {
  const { store, clock } = deps;
  const { workspace, campaign, account, rule } = of;
  const now = clock();
  const { schedule } = campaign;
  const startsAt = Math.max(now, schedule === null ? now : dueAt(schedule));
  const channel = campaign.type;
  const fates = await store.preflight.fates({ workspace, rule, channel, now });
  const recipients = fates.find(({ reason }) => reason === "none")?.n ?? 0;
  const seen = recipients === 0 ? nobody : await look(deps, of, startsAt);
  const scale = seen.looked === 0 ? 0 : recipients / seen.looked;
  const scaled = (n: number): number => Math.min(recipients, Math.round(n * scale));
  const sentBy = await lastSendAt(deps, of, { recipients, startsAt });
  const until = seen.until ?? startsAt;
  const unwritable = scaled(seen.unwritable);
  const micros = Math.round(seen.micros * scale);
  const units = Math.round(seen.segments * scale);
  return {
    total: fates.reduce((all, { n }) => all + n, 0),
    recipients,
    skips: fates.filter(({ reason }) => reason !== "none"),
    segments: channel === "sms" ? units : null,
    cost: costIn(account.price, { units, micros }),
    unwritable,
    waits: seen.waits === 0 ? null : { n: scaled(seen.waits), until },
    missed: scaled(seen.missed),
    codes: await codesFor(deps, of, fates),
    budget: await budgetFor(deps, of, {
      recipients: recipients - unwritable,
      units,
      micros,
      startsAt,
    }),
    startsAt,
    endsAt: sentBy === null ? seen.until : Math.max(sentBy, until),
    looked: Math.min(recipients, seen.looked),
  };
}

/** When the account's limits would let the last one go; null: it has none. */
async function lastSendAt(
  { store }: PreflightDeps,
  { workspace, account }: PreflightOf,
  { recipients, startsAt }: Pick<Preflight, "recipients" | "startsAt">,
): Promise<Instant | null> {
  const { perSecond, warmUp } = limitsOf(account);
  const pacedAt =
    perSecond === null ? null : startsAt + Math.ceil((recipients / perSecond) * secondMs);
  if (warmUp === null) return pacedAt;
  const sender = senderOf(workspace, account);
  const warmth = (await store.delivery.warmth({ workspace, sender })) ?? cold;
  return Math.max(pacedAt ?? startsAt, lastAt(warmth, warmUp, recipients, startsAt));
}

/** Whom the budgets let it reach; the one that reaches fewest. */
async function budgetFor(
  { store }: PreflightDeps,
  { workspace, campaign, account }: PreflightOf,
  told: Spent & Pick<Preflight, "recipients" | "startsAt">,
): Promise<Preflight["budget"]> {
  const { price = null } = account;
  const { budget: month, spent } = await store.budgets.budget({ workspace, now: told.startsAt });
  const limits: BudgetLeft[] = [];
  if (campaign.budget !== undefined && campaign.budget !== null) {
    limits.push({ what: "campaign", ...leftOf(campaign.budget, price, nothingSpent) });
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
  fates: readonly Fate[],
): Promise<Preflight["codes"]> {
  const { codePoolId = null } = campaign;
  if (codePoolId === null) return null;
  const counts = await store.codes.counts({ workspace, poolId: codePoolId });
  return { needed: codesNeeded(campaign, fates), left: counts?.left ?? 0 };
}

interface Seen {
  looked: number;
  segments: number;
  /** What they cost. */
  micros: Micros;
  unwritable: number;
  waits: number;
  missed: number;
  until: Instant | null;
}

const nobody: Seen = {
  looked: 0,
  segments: 0,
  micros: 0,
  unwritable: 0,
  waits: 0,
  missed: 0,
  until: null,
};

/** Page after page, until everybody was looked at or the time is over. */
async function look(
  deps: PreflightDeps,
  { workspace, campaign, account, rule }: PreflightOf,
  start: Instant,
): Promise<Seen> {
  const { store, templates, leaveUrl, clock } = deps;
  const { content, type } = campaign;
  const code = await sampleCode(deps, workspace, campaign);
  const writer = createWriter({ templates, content, channel: type, leaveUrl: () => leaveUrl });
  const tariff = createTariff(account.price);
  const seen = { ...nobody };
  const { columns } = writer;
  const until = clock() + writingMs;
  const limit = pageSize;
  for (let after = 0; ;) {
    const page = await store.preflight.candidates({
      campaign,
      workspace,
      rule,
      columns,
      after,
      limit,
      start,
    });
    for (const candidate of page) count(seen, { writer, tariff, code }, candidate);
    const last = page.at(-1);
    if (last === undefined || page.length < limit || clock() >= until) return seen;
    after = last.seq;
  }
}

/** A code as long as those that the messages will have; none where they have none. */
async function sampleCode(
  { store }: PreflightDeps,
  workspace: string,
  { codePoolId = null }: Campaign,
): Promise<string | undefined> {
  if (codePoolId === null) return undefined;
  const [first] = await store.codes.codes({ workspace, poolId: codePoolId, after: 0, limit: 1 });
  return "X".repeat(first?.code.length ?? 0);
}

interface Tools {
  readonly writer: Writer;
  readonly tariff: Tariff;
  readonly code: string | undefined;
}

function count(
  seen: Seen,
  { writer, tariff, code }: Tools,
  { seq, address, contact, waitsUntil, missed }: Candidate,
): void {
  const written = writer.write({ n: seq, contact, ...(code === undefined ? {} : { code }) });
  seen.looked += 1;
  if (written.ok) {
    seen.segments += written.value.segments;
    seen.micros += written.value.segments * tariff(address);
  } else seen.unwritable += 1;
  if (missed !== null) seen.missed += 1;
  if (waitsUntil === null) return;
  seen.waits += 1;
  seen.until = Math.max(seen.until ?? 0, waitsUntil);
}
