/**
 * What must hold of campaigns as a whole, whatever happened:
 *
 * firing    a recurring campaign makes one run of a time, never before it, and no more than it may
 * entry     what happened brings a person in once, and whom the server said entered has a message
 * coming    whose date comes, and who comes into the audience, is brought in once, and nobody is missed
 * missed    people are told of times that were left out
 * pause     the system's pauses end after 72 hours, and a person's never do by themselves
 */
import { reasonCode } from "#domain/message/reason.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { pauseEndsMs } from "#domain/campaign/pause.ts";
import { hourMs, minuteMs } from "#domain/core/time.ts";
import type { Happening } from "#server/store/live-store.ts";
import { checkComings } from "./comings.ts";
import { addressOf, campaignsOf, isPaid } from "./people.ts";
import type { Run } from "./run.ts";
import { betweenFirings, firstFiringAt } from "./seeding.ts";
import { Violation } from "./violation.ts";

/** Pauses are looked at once a minute, and a run may rest for a day between two looks. */
const pauseSlackMs = 2 * minuteMs;

export async function checkCampaigns(run: Run): Promise<void> {
  const campaigns = await campaignsOf(run);
  const { kind } = run.plan;
  if (kind === "recurring") checkFirings(run, campaigns);
  if (kind === "triggered") checkEntries(run);
  if (kind === "dated" || kind === "entering") checkComings(run);
  checkPauses(run, campaigns);
}

/** Nothing goes on by itself any more, and every time of it was a run or was missed. */
export async function checkCampaignsEnd(run: Run): Promise<void> {
  const campaigns = await campaignsOf(run);
  for (const { id, phase } of campaigns) {
    const isOver = phase === "completed" || phase === "canceled" || phase === "pending";
    if (!isOver) throw new Violation("I9", `${id} is still ${phase}`);
  }
  const unmerged = run.ledger.unmerged();
  if (unmerged !== null) throw new Violation("I7", unmerged);
  if (run.plan.kind === "recurring") {
    checkSeries(run, campaigns);
    checkMissesTold(run);
  }
}

function checkMissesTold({ db }: Run): void {
  const missed = db.get("select 1 from activity where event = 'engine.missed' limit 1");
  const told = db.get("select 1 from notice where cause = 'missed_times' limit 1");
  if (missed !== undefined && told === undefined) {
    throw new Violation("missed", "times were left out, and nobody is told");
  }
}

function checkSeries(
  { campaignIds, canceled, isEnded, plan }: Run,
  campaigns: readonly Campaign[],
): void {
  const series = campaigns.find(({ id }) => campaignIds.includes(id));
  const runs = campaigns.length - campaignIds.length;
  if (series?.firings !== undefined && series.firings !== runs) {
    throw new Violation("firing", `${series.firings} firings made ${runs} runs`);
  }
  const isWhole = !isEnded && canceled.size === 0 && series?.phase === "completed";
  if (isWhole && runs !== plan.times) {
    throw new Violation("firing", `${runs} of ${plan.times} times went out`);
  }
}

function checkFirings({ clock, plan }: Run, campaigns: readonly Campaign[]): void {
  const times = new Set<number>();
  for (const { createdAt, firing } of campaigns) {
    if (firing === undefined || firing === null) continue;
    const { at } = firing;
    if (times.has(at)) throw new Violation("firing", `${clockOf(at)} has two runs`);
    times.add(at);
    const isPlanned = at >= firstFiringAt && (at - firstFiringAt) % betweenFirings === 0;
    if (!isPlanned) throw new Violation("firing", `nobody planned a run at ${clockOf(at)}`);
    if (at > clock.now || createdAt < at) {
      throw new Violation("firing", `the run of ${clockOf(at)} was made before`);
    }
    const isLate = plan.ifLate === "hold" && createdAt - at > 6 * hourMs;
    if (isLate) throw new Violation("firing", `the run of ${clockOf(at)} was made too late`);
  }
  if (times.size > plan.times) {
    throw new Violation("firing", `${times.size} runs, ${plan.times} planned`);
  }
}

function clockOf(at: number): string {
  return new Date(at).toISOString();
}

function checkEntries({ db, entries, plan }: Run): void {
  const rows = new Map(
    db
      .all(
        // What was told too late leaves a message behind, and is no entry.
        "select address, count(*) as n from message where reason <> ? group by address",
        reasonCode("too_late"),
      )
      .map(({ address, n }) => [String(address), Number(n)]),
  );
  const paid = [...entries.told.values()].filter(isPaid);
  const told = tally(paid);
  for (const [address, n] of rows) {
    const all = told.get(address) ?? 0;
    const most = plan.trigger.againAfterHours === null ? Math.min(1, all) : all;
    if (n > most) throw new Violation("entry", `${address} entered ${n} times`);
  }
  for (const [address, n] of tally(paid.filter(({ id }) => entries.entered.has(id)))) {
    const found = rows.get(address) ?? 0;
    if (found < n) throw new Violation("entry", `${address} entered ${n} times and has ${found}`);
  }
}

function tally(happenings: readonly Happening[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const happening of happenings) {
    const address = addressOf(happening);
    counts.set(address, (counts.get(address) ?? 0) + 1);
  }
  return counts;
}

/** A full disk ends by itself, however long that takes. */
const lasting = new Set<Campaign["pauseReason"]>(["user", "disk"]);

/** To be called before so much time passes that a pause may have begun and ended unseen. */
export function checkPauses(run: Run, campaigns: readonly Campaign[]): void {
  if (run.plan.jumps) return;
  for (const campaign of campaigns) {
    if (campaign.phase === "canceled") checkEnd(run, campaign);
    else if (campaign.phase === "paused" && !lasting.has(campaign.pauseReason)) {
      checkPause(run, campaign);
    } else run.pausedSince.delete(campaign.id);
  }
}

function checkEnd({ canceled, clock, pausedSince }: Run, { firing, id }: Campaign): void {
  if (canceled.has(id) || canceled.has(firing?.of ?? "")) return;
  const since = pausedSince.get(id);
  const isDue = since !== undefined && since + pauseEndsMs <= clock.now;
  if (!isDue) throw new Violation("pause", `nobody canceled ${id}`);
}

function checkPause({ clock, lookedAt, pausedSince }: Run, { id, pausedAt }: Campaign): void {
  const since = pausedAt ?? clock.now;
  pausedSince.set(id, since);
  if (lookedAt > since + pauseEndsMs + pauseSlackMs) {
    throw new Violation("pause", `${id} is paused for longer than 72 hours`);
  }
}
