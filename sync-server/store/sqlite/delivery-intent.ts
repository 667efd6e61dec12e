/**
 * Deciding who is written to next. An opt-out or a pause that was committed before this
 * transaction is honoured, because both are read inside it; and what is claimed is in flight on
 * disk before any byte leaves: fresh rows by their chunk's `next` (see migration 6), repeats
 * one by one.
 */
import { addressKindOf } from "#domain/campaign/channel.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { dayMs, type Instant } from "#domain/core/time.ts";
import type { FrequencyCap } from "#domain/limits/people-limits.ts";
import { hasMark, type Mark } from "#domain/message/marks.ts";
import { reasonOf, type Reason } from "#domain/message/reason.ts";
import { maxTries } from "#domain/message/retry.ts";
import type { ContactColumn, DeliveryStore, Intended } from "../delivery-store.ts";
import { contactOf, storedAs } from "./contact-columns.ts";
import type { Database, Row, Value } from "./database.ts";
import { keepAccountState } from "./delivery-guards.ts";
import { createMover, toMessage, type Message, type Mover } from "./delivery-moves.ts";
import { chunkRows } from "./delivery-place.ts";
import {
  accountOf,
  campaignOf,
  distributionOf,
  publishCampaign,
  setTimer,
  tellActivity,
  type Distribution,
} from "./delivery-rows.ts";
import { createTiming, quietHoursOf, type Timing, type TimingRule } from "./delivery-timing.ts";
import { capOf, notePressure } from "./limits-settings.ts";
import type { Operations } from "./operation.ts";

/** At most this many rows are looked at in one transaction, however few of them may be sent. */
const maxLooked = 2_000;

export const intending: Pick<Operations<DeliveryStore>, "intent"> = {
  intent: (
    db,
    { distribution: seq, isProbe = false, account = null, boot, limit, columns, now },
  ) => {
    const distribution = distributionOf(db, seq);
    if (account !== null) keepAccountState(db, distribution, account, now);
    const campaign = campaignOf(db, distribution.workspace, distribution.campaign);
    if (campaign === null || !mayClaim(campaign, isProbe)) return { messages: [], decided: 0 };
    const cap = capOf(db, distribution.workspace, distribution.channel);
    const timing = createTiming(campaign, quietHoursOf(db, distribution.workspace), now);
    const claim = { boot, limit, cap, columns, timing, now };
    const round = createRound(db, distribution, claim);
    takeRepeats(db, distribution, round, claim);
    takeFresh(db, distribution, round, claim);
    const answer = round.finish();
    if (answer.messages.length > 0 && campaign.startedAt === null) {
      const started = { ...campaign, rev: campaign.rev + 1, startedAt: now, updatedAt: now };
      publishCampaign(db, distribution.workspace, started, now);
      const line = { campaignId: campaign.id, event: "engine.started", at: now };
      tellActivity(db, distribution.workspace, line);
    }
    return answer;
  },
};

/** A campaign that the breaker paused gives one message to find out whether its way is mended. */
function mayClaim({ phase, pauseReason, pausedFrom }: Campaign, isProbe: boolean): boolean {
  if (phase === "active") return true;
  if (!isProbe || phase !== "paused" || pausedFrom !== "active") return false;
  return pauseReason === "breaker" || pauseReason === "provider_auth" || pauseReason === "quota";
}

interface Round {
  readonly count: () => number;
  /** A row that nobody looked at yet, which its chunk's `next` is about to pass. */
  takeFresh(row: Row): void;
  /** A row whose timer came due. */
  takeRepeat(row: Row): void;
  finish(): { readonly messages: readonly Intended[]; readonly decided: number };
}

function createRound(
  db: Database,
  distribution: Distribution,
  { boot, cap, columns, timing, now }: Claim,
): Round {
  const mover = createMover(db, distribution);
  const messages: Intended[] = [];
  const chunks = new Set<number>();
  let decided = 0;
  const repeatsUnknown = (): boolean => accountOf(db, distribution)?.onUnknown === "resend";
  const isDecided = (row: Row, message: Message): boolean => {
    const time = timing.of(row);
    if (!decideWithoutCall(mover, distribution, { row, message, time, repeatsUnknown, now })) {
      if (time.what !== "wait") return false;
      hold(db, distribution, mover, { message, time, now });
    }
    decided += 1;
    return true;
  };
  const hand = (row: Row, message: Message): void => {
    chunks.add(Math.floor((message.n - 1) / chunkRows));
    messages.push(toIntended(row, message, columns));
  };
  return {
    count: () => messages.length,
    takeFresh: (row) => {
      const message = toMessage(row);
      if (isDecided(row, message)) return;
      mover.claim(message);
      hand(row, message);
    },
    takeRepeat: (row) => {
      const message = toMessage(row);
      setTimer(db, distribution, message.n, null);
      if (message.state !== "queued" && message.state !== "ambiguous") return;
      if (isDecided(row, message)) return;
      const attempt = message.try + 1;
      const risk = riskOf(message, distribution);
      mover.move(message, {
        ...risk,
        by: "engine",
        state: "sending",
        reason: "none",
        at: now,
        try: attempt,
      });
      hand(row, message);
    },
    finish: () => {
      mover.finish();
      if (cap !== null && !distribution.isSimulated) {
        notePressure(db, distribution, { ns: messages.map(({ n }) => n), now });
      }
      own(db, distribution, chunks, boot);
      return { messages, decided };
    },
  };
}

/** The boot that has rows of these chunks in flight. */
function own(
  db: Database,
  { ws, seq }: Distribution,
  chunks: ReadonlySet<number>,
  boot: string,
): void {
  for (const k of chunks) {
    db.run(
      "update chunk set owner = ? where ws = ? and distribution = ? and k = ?",
      boot,
      ws,
      seq,
      k,
    );
  }
}

interface Undecided {
  readonly row: Row;
  readonly message: Message;
  readonly time: Timing;
  /** Whether the account wants a doubt repeated though no key is honoured. */
  readonly repeatsUnknown: () => boolean;
  readonly now: Instant;
}

/** A message whose time has not come is looked at again when it has. */
function hold(
  db: Database,
  distribution: Distribution,
  mover: Mover,
  {
    message,
    time: { reason, until },
    now,
  }: {
    readonly message: Message;
    readonly time: Extract<Timing, { readonly what: "wait" }>;
    readonly now: Instant;
  },
): void {
  setTimer(db, distribution, message.n, until);
  if (message.state === "queued")
    mover.move(message, { by: "engine", state: "queued", reason, at: now });
}

/** Where no key is honoured, whoever was perhaps reached may be reached twice. */
function riskOf({ state }: Message, { isKeyed }: Distribution): { readonly mark?: Mark } {
  return state === "ambiguous" && !isKeyed ? { mark: "duplicate_risk" } : {};
}

function isFirst(message: Message): boolean {
  return message.try === 0 && !hasMark(message.marks, "resent");
}

/** No try yet in this round: a person wants it sent again in spite of the doubt. */
function mayRepeat(message: Message, repeatsUnknown: () => boolean): boolean {
  return message.try === 0 || repeatsUnknown();
}

/** Skips who must not be written to, and gives up doubt that may not be tried again. */
function decideWithoutCall(
  mover: Mover,
  { isKeyed }: Distribution,
  { row, message, time, repeatsUnknown, now }: Undecided,
): boolean {
  const ruled = refusalOf(row) ?? (time.what === "skip" ? time.reason : null);
  if (message.state === "ambiguous") {
    // It may have arrived: what a person withdrew since then cannot make it `skipped`.
    const isWanted = isKeyed || mayRepeat(message, repeatsUnknown);
    if (isWanted && ruled === null && message.try < maxTries) return false;
    mover.move(message, {
      by: "engine",
      state: "unconfirmed",
      reason: reasonOf(message.reason),
      at: now,
    });
    return true;
  }
  // Whoever was let through once is not held back from a repeat by what came between.
  const isOver = row["over"] === 1 && isFirst(message);
  const refusal = ruled ?? (isOver ? "frequency_cap" : null);
  if (refusal === null) return false;
  mover.move(message, { by: "engine", state: "skipped", reason: refusal, at: now });
  return true;
}

function refusalOf(row: Row): Reason | null {
  if (row["known"] === null) return "no_address";
  if (row["suppressed"] === 1) return "suppressed";
  return row["granted"] === 1 ? null : "no_consent";
}

/** How many other campaigns wrote to the person of late; nothing is looked up where no cap is set. */
const overSql = `(select count(*) from pressure p where p.ws = m.ws and p.contact = m.contact
  and p.channel = ? and p.distribution <> m.distribution and p.at > ?) >= ?`;

/** The address is the frozen one; consent and suppression are those of this moment. */
function candidates({ cap, columns, timing }: Pick<Claim, "cap" | "columns" | "timing">): string {
  return `select m.n, m.state, m.gen, m.try, m.reason, m.segments, m.marks, m.at, m.address,
    c.seq as known, ${columns.map((column) => `c.${storedAs[column]}, `).join("")}${timing.needs}s.granted,
    exists (select 1 from suppression x where x.workspace = ? and x.kind = ?
      and x.address = m.address and (x.until is null or x.until > ?)) as suppressed,
    ${cap === null ? "0" : overSql} as over
  from message m
  left join contact c on c.seq = m.contact and c.workspace = ?
  left join consent s on s.workspace = ? and s.contact = m.contact and s.channel = ?
  where m.ws = ? and m.distribution = ?`;
}

function joined(
  { workspace, channel, ws, seq }: Distribution,
  { cap, now }: Pick<Claim, "cap" | "now">,
): readonly Value[] {
  const capped = cap === null ? [] : [channel, now - cap.days * dayMs, cap.messages];
  const kind = addressKindOf[channel];
  return [workspace, kind, now, ...capped, workspace, workspace, channel, ws, seq];
}

interface Claim {
  readonly boot: string;
  readonly limit: number;
  readonly cap: FrequencyCap | null;
  readonly columns: readonly ContactColumn[];
  readonly timing: TimingRule;
  readonly now: Instant;
}

function takeRepeats(db: Database, distribution: Distribution, round: Round, claim: Claim): void {
  const { limit, now } = claim;
  const due = db.all(
    "select n from timer where ws = ? and distribution = ? and at <= ? order by at, n limit ?",
    distribution.ws,
    distribution.seq,
    now,
    limit,
  );
  const select = `${candidates(claim)} and m.n = ?`;
  for (const { n } of due) {
    const row = db.get(select, ...joined(distribution, claim), Number(n));
    if (row !== undefined) round.takeRepeat(row);
  }
}

/** Rows that nobody looked at yet, chunk by chunk, from where each chunk was left. */
function takeFresh(db: Database, distribution: Distribution, round: Round, claim: Claim): void {
  const { ws, seq } = distribution;
  const { boot, limit, now } = claim;
  const select = `${candidates(claim)} and m.n between ? and ? and m.state = 0 order by m.n`;
  for (let looked = 0; round.count() < limit && looked < maxLooked;) {
    const chunk = db.get(
      `select k, next, last from chunk indexed by chunk_fresh where ws = ? and distribution = ? and next <= last
          and due_at <= ? and (owner is null or owner = ?) order by due_at, k limit 1`,
      ws,
      seq,
      now,
      boot,
    );
    if (chunk === undefined) return;
    const first = Number(chunk["next"]);
    const last = Math.min(Number(chunk["last"]), first + limit - round.count() - 1);
    const rows = db.all(select, ...joined(distribution, claim), first, last);
    for (const row of rows) round.takeFresh(row);
    db.run(
      "update chunk set next = ? where ws = ? and distribution = ? and k = ?",
      last + 1,
      ws,
      seq,
      Number(chunk["k"]),
    );
    looked += last - first + 1;
  }
}

function toIntended(row: Row, message: Message, columns: readonly ContactColumn[]): Intended {
  return {
    n: message.n,
    gen: message.gen,
    try: message.try + 1,
    isInDoubt: message.state === "ambiguous",
    address: String(row["address"]),
    contact: contactOf(row, columns),
  };
}
