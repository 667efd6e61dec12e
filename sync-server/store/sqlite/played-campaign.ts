/**
 * Writes a campaign that ran in the past by the very operations that the engine works with, on a
 * clock of its own: so its counters, buckets and phases keep every rule that real ones keep.
 */
import { fingerprint } from "#domain/core/hash.ts";
import { minuteMs, secondMs, type Instant } from "#domain/core/time.ts";
import type { PlayedCampaign, PlayedEnd } from "../admin-store.ts";
import type { Proof, Settlement } from "../delivery-store.ts";
import type { Intended } from "../distribution.ts";
import type { DistributionSeq } from "../live-store.ts";
import { simulatedCarrier } from "../../numbers/simulated-carriers.ts";
import type { Database } from "./database.ts";
import { deliveryOperations } from "./delivery-operations.ts";
import { campaignOf, movedOn, publishCampaign } from "./delivery-rows.ts";
import { addActivity } from "./activity-lines.ts";

const engine = deliveryOperations.operations;
const batch = 500;
/** When those of whom nobody heard count as not confirmed. */
const receiptWindowMs = 60 * minuteMs;

export function playCampaign(db: Database, played: PlayedCampaign): void {
  const distribution = launch(db, played);
  const sent = sendAll(db, played, distribution);
  engine.advance(db, { distribution, rate: 0, now: sent.at });
  for (let from = 0; from < sent.proofs.length; from += batch) {
    const proofs = sent.proofs.slice(from, from + batch);
    engine.prove(db, { distribution, proofs, now: sent.at });
  }
  const now = sent.at + receiptWindowMs;
  for (;;) {
    const found = engine.awaiting(db, { distribution, now });
    if (found === null) break;
    const { k, ver } = found;
    const times = { unconfirmedBefore: now, nextAt: null, soonAt: now, now };
    const looked = { distribution, k, ver, proofs: [], ...times };
    engine.lookedAfter(db, looked);
  }
  engine.advance(db, { distribution, rate: 0, now });
}

function launch(db: Database, { workspace, campaign }: PlayedCampaign): DistributionSeq {
  const { id: campaignId, name, createdAt, createdBy: by } = campaign;
  const now = campaign.launchedAt ?? createdAt;
  const detail = { id: campaignId, name };
  publishCampaign(db, workspace, campaign, now);
  addActivity(db, workspace, { campaignId, event: "campaign.create", by, at: createdAt, detail });
  addActivity(db, workspace, { campaignId, event: "campaign.send", by, at: now, detail });
  engine.launch(db, { workspace, campaignId, keyed: ["sandbox"], now });
  const row = db.get(
    "select seq from distribution where workspace = ? and campaign = ?",
    workspace,
    campaignId,
  );
  const distribution = Number(row?.["seq"]);
  while (engine.freeze(db, { distribution, batch: 5_000, now }) === "more");
  return distribution;
}

interface Sent {
  readonly proofs: readonly Proof[];
  /** When the last message was handed over. */
  readonly at: Instant;
}

function sendAll(db: Database, played: PlayedCampaign, distribution: DistributionSeq): Sent {
  const { campaign, canceledAfter } = played;
  const apartMs = minuteMs / played.perMinute;
  const proofs: Proof[] = [];
  let now = (campaign.launchedAt ?? campaign.createdAt) + 5 * secondMs;
  let handed = 0;
  for (;;) {
    const limit = Math.min(batch, (canceledAfter ?? Number.POSITIVE_INFINITY) - handed);
    if (limit <= 0) break;
    const claim = { distribution, boot: "history", limit, columns: [], now };
    const answer = engine.intent(db, claim);
    if (answer.messages.length === 0 && answer.decided === 0) break;
    const begun = now;
    const calls = answer.messages.map((message, index) => {
      const at = begun + Math.round(index * apartMs);
      return { message, at, end: endOf(played, message.n) };
    });
    const settlements = calls.map((call) => settlementOf(played, call));
    now = begun + Math.ceil(answer.messages.length * apartMs);
    engine.settle(db, { distribution, settlements, lookAt: now + minuteMs, now });
    proofs.push(...calls.flatMap(proofsOf));
    handed += answer.messages.length + answer.decided;
  }
  if (canceledAfter !== null) cancel(db, played, { distribution, now });
  return { proofs, at: now };
}

function cancel(
  db: Database,
  { workspace, campaign: { id, createdBy: by, name } }: PlayedCampaign,
  { distribution, now }: { readonly distribution: DistributionSeq; readonly now: Instant },
): void {
  const known = campaignOf(db, workspace, id);
  const canceled = known === null ? null : movedOn(known, "cancel", now);
  if (canceled === null) return;
  publishCampaign(db, workspace, { ...canceled, completedAt: now }, now);
  const line = { campaignId: id, event: "campaign.cancel", by, at: now, detail: { id, name } };
  addActivity(db, workspace, line);
  while (engine.cancel(db, { distribution, limit: 5_000, now }) === "more");
}

interface Call {
  readonly message: Intended;
  readonly at: Instant;
  readonly end: PlayedEnd;
}

function settlementOf(played: PlayedCampaign, { message, at, end }: Call): Settlement {
  const { n, gen, try: attempt } = message;
  const isRefused = end.state === "failed";
  return {
    n,
    gen,
    try: attempt,
    state: isRefused ? "failed" : "submitted",
    reason: isRefused ? end.reason : "none",
    at,
    dueAt: null,
    renews: false,
    counts: true,
    segments: played.segments,
    providerId: null,
    attempt: isRefused ? { code: end.reason, words: "Refused by the simulated carrier" } : null,
  };
}

/** What the carrier said later; nothing of those that it refused or lost sight of. */
function proofsOf({ message: { n, gen, address }, at, end }: Call): readonly Proof[] {
  if (end.state === "failed" || end.state === "unconfirmed") return [];
  const afterMs = Math.round((2 + 40 * chance(`receipt ${n} ${at}`) ** 3) * secondMs);
  const carrier = simulatedCarrier(address, chance(`carrier ${address}`));
  const proof = { n, gen, code: "", words: "", ...(carrier === null ? {} : { carrier }) };
  const state = end.state === "read" ? "delivered" : end.state;
  const first: Proof = { ...proof, state, reason: end.reason, at: at + afterMs };
  if (end.state !== "read") return [first];
  const readMs = Math.round(chance(`read ${n} ${at}`) ** 2 * 50 * minuteMs);
  return [first, { ...proof, state: "read", reason: "none", at: first.at + readMs }];
}

function endOf({ campaign, ends }: PlayedCampaign, n: number): PlayedEnd {
  const whole = ends.reduce((sum, { parts }) => sum + parts, 0);
  let left = chance(`${campaign.id} ${n}`) * whole;
  for (const end of ends) {
    left -= end.parts;
    if (left < 0) return end;
  }
  return { state: "delivered", reason: "none", parts: 1 };
}

/** From 0 to 1, always the same for the same words. */
function chance(words: string): number {
  return Number.parseInt(fingerprint(words).slice(0, 8), 16) / 2 ** 32;
}
