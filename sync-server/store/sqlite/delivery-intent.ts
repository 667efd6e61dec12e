/**
 * Deciding who is written to next. An opt-out or a pause that was committed before this
 * transaction is honoured, because both are read inside it; and what is claimed is in flight on
 * disk before any byte leaves: fresh rows by their chunk's `next` (see migration 6), repeats
 * one by one.
 */
import { awaitsYes } from "#domain/campaign/approval.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { hasProperties } from "#domain/campaign/trigger.ts";
import type { Instant } from "#domain/core/time.ts";
import type { DeliveryStore } from "../delivery-store.ts";
import type { ContactColumn, Intended } from "../distribution.ts";
import { contactAt, contactOf } from "./contact-columns.ts";
import type { Database, Row } from "./database.ts";
import { createCodeGiver, type CodeGiver } from "./delivery-codes.ts";
import type { Claim } from "./delivery-candidates.ts";
import { openAllowance, type Allowance } from "./delivery-allowance.ts";
import { takeFresh, takeRepeats, type Round } from "./delivery-claims.ts";
import { keepAccountState } from "./delivery-guards.ts";
import { editionFor } from "./delivery-said.ts";
import { createOldKeys } from "./delivery-doubts.ts";
import { createJudge } from "./delivery-judge.ts";
import { createMover, toMessage, type Message, type Mover } from "./delivery-moves.ts";
import { chunkRows } from "./delivery-place.ts";
import {
  campaignOf,
  distributionOf,
  publishCampaign,
  setTimer,
  tellActivity,
  type Distribution,
} from "./delivery-rows.ts";
import { createTiming, quietHoursOf } from "./delivery-timing.ts";
import { capOf, notePressure } from "./limits-settings.ts";
import type { Operations } from "./operation.ts";

export const intending: Pick<Operations<DeliveryStore>, "intent"> = {
  intent: (
    db,
    { distribution: seq, way, isProbe = false, account = null, edition, boot, limit, columns, now },
  ) => {
    const distribution = distributionOf(db, seq, way);
    if (account !== null) keepAccountState(db, distribution, account, now);
    const campaign = campaignOf(db, distribution.workspace, distribution.campaign);
    if (campaign === null || !mayClaim(campaign, isProbe)) return nothing;
    // Who asks would write what the campaign said before it was edited.
    if (edition !== undefined && edition !== distribution.edition) return nothing;
    const cap = capOf(db, distribution.workspace, distribution.channel);
    const timing = createTiming(campaign, quietHoursOf(db, distribution.workspace), now);
    const allowance = openAllowance(db, distribution, campaign, now);
    const isLimited = allowance !== null;
    const claim = { boot, limit, cap, columns, timing, isProbe, isLimited, now };
    const codes = createCodeGiver(db, distribution, now);
    const say = createSay(db, distribution, campaign, codes);
    const round = createRound(db, distribution, { ...claim, allowance, say, codes });
    takeRepeats(db, distribution, round, claim);
    // Whoever goes by the second way waits with a timer from the beginning.
    if (distribution.way === "own") takeFresh(db, distribution, round, claim);
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

const nothing = { messages: [], decided: 0 } as const;

/** A campaign that the breaker paused gives one message to find out whether its way is mended. */
function mayClaim(campaign: Campaign, isProbe: boolean): boolean {
  const { phase, pauseReason, pausedFrom } = campaign;
  if (phase === "active") return true;
  if (!isProbe || phase !== "paused" || pausedFrom !== "active") return false;
  if (awaitsYes(campaign)) return false;
  return pauseReason === "breaker" || pauseReason === "provider_auth" || pauseReason === "quota";
}

/** What a round of claims needs to know. */
interface Rounding extends Claim {
  readonly say: Say;
  /** null: nothing limits what it spends. */
  readonly allowance: Allowance | null;
  /** null where messages carry no codes. */
  readonly codes: CodeGiver | null;
}

interface Going {
  readonly units: number | null;
  readonly keyIsOld: boolean;
}

function createRound(
  db: Database,
  distribution: Distribution,
  { boot, cap, columns, timing, allowance, say, codes, now }: Rounding,
): Round {
  const mover = createMover(db, distribution);
  const messages: Intended[] = [];
  const chunks = new Set<number>();
  let decided = 0;
  const oldKeyOf = createOldKeys(db, distribution, now);
  const judge = createJudge(db, distribution, mover, { timing, allowance, codes, oldKeyOf, now });
  const press = createPress(db, distribution, { cap, now });
  const hand = (row: Row, message: Message, { units, keyIsOld }: Going): void => {
    chunks.add(Math.floor((message.n - 1) / chunkRows));
    const said = { ...say(message), ...(units === null ? {} : { units }) };
    const intended = toIntended(row, message, columns, said);
    messages.push(keyIsOld ? { ...intended, keyIsOld } : intended);
  };
  return {
    count: () => messages.length,
    takeFresh: (row) => {
      const message = toMessage(row);
      const units = judge(row, message);
      if (units === "decided") return void (decided += 1);
      if (units === null) mover.claim(message);
      else moveOut(mover, message, { units, isRisky: false, now });
      hand(row, message, { units, keyIsOld: false });
    },
    takePlain: (row) => {
      const first = firstTryOf(row, { edition: distribution.edition, columns, codes });
      if (first !== null) messages.push(first);
      return first !== null;
    },
    claimPlain: (n, times) => {
      if (times === 0) return;
      chunks.add(Math.floor((n - 1) / chunkRows));
      mover.claim({ n, state: "queued", reason: 0, segments: 1 }, times);
    },
    takeRepeat: (row) => {
      const message = toMessage(row);
      setTimer(db, distribution, message.n, null);
      if (message.state !== "queued" && message.state !== "ambiguous") return;
      const units = judge(row, message);
      if (units === "decided") return void (decided += 1);
      const keyIsOld = oldKeyOf(message) !== null;
      const isRisky = message.state === "ambiguous" && (keyIsOld || !distribution.isKeyed);
      moveOut(mover, message, { units, isRisky, now });
      hand(row, message, { units, keyIsOld });
      press([message.n]);
    },
    finish: () => {
      mover.finish();
      codes?.finish();
      allowance?.finish();
      press(messages.map(({ n }) => n));
      own(db, distribution, { chunks, boot, now });
      return { messages, decided };
    },
  };
}

/** A message that goes as it was frozen, as `glances` reads it; null: there is no code for it. */
function firstTryOf(
  row: readonly unknown[],
  { edition, columns, codes }: Pick<Rounding, "columns" | "codes"> & Pick<Distribution, "edition">,
): Intended | null {
  const [n, , address] = row;
  const code = codes?.of(Number(n));
  if (code === null) return null;
  const contact = contactAt(row, 3, columns);
  const first = toFirstTry({ n: Number(n), edition, address: String(address), contact });
  return code === undefined ? first : { ...first, code };
}

/** Remembers for the frequency cap, where there is one, that these messages go out: at once, as who entered twice may have two in one round. */
function createPress(
  db: Database,
  distribution: Distribution,
  { cap, now }: Pick<Claim, "cap" | "now">,
): (ns: readonly number[]) => void {
  if (cap === null || distribution.isSimulated) return () => undefined;
  return (ns) => notePressure(db, distribution, { ns, now });
}

/** Kept with the message: however often it is tried, it says the same. */
function propertiesFor(
  db: Database,
  { ws, seq }: Distribution,
  n: number,
): Pick<Intended, "event"> {
  const row = db.get(
    "select properties from message_event where ws = ? and distribution = ? and n = ?",
    ws,
    seq,
    n,
  );
  return row === undefined ? {} : { event: String(row["properties"]) };
}

/** Which text a message carries, and what fills it in beside its contact. */
type Say = (message: Message) => Pick<Intended, "edition" | "event" | "code">;

function createSay(
  db: Database,
  distribution: Distribution,
  { trigger }: Campaign,
  codes: CodeGiver | null,
): Say {
  const isTold = hasProperties(trigger);
  return (message) => {
    const code = codes?.of(message.n) ?? null;
    return {
      edition: editionFor(db, distribution, message),
      ...(isTold ? propertiesFor(db, distribution, message.n) : {}),
      ...(code === null ? {} : { code }),
    };
  };
}

/** What is tried again, or counts against a budget, is written one by one. */
function moveOut(
  mover: Mover,
  message: Message,
  {
    units,
    isRisky,
    now: at,
  }: {
    readonly units: number | null;
    /** Whoever was perhaps reached may be reached twice. */
    readonly isRisky: boolean;
    readonly now: Instant;
  },
): void {
  const attempt = message.try + 1;
  mover.move(message, {
    ...(isRisky ? { mark: "duplicate_risk" as const } : {}),
    by: "engine",
    state: "sending",
    reason: "none",
    at,
    try: attempt,
    ...(units === null ? {} : { segments: units, isSpent: true }),
  });
}

/** The boot that has rows of these chunks in flight. */
function own(
  db: Database,
  { ws, seq }: Distribution,
  {
    chunks,
    boot,
    now,
  }: { readonly chunks: ReadonlySet<number>; readonly boot: string; readonly now: Instant },
): void {
  for (const k of chunks) {
    db.run(
      "update chunk set owner = ?, claimed_at = ? where ws = ? and distribution = ? and k = ?",
      boot,
      now,
      ws,
      seq,
      k,
    );
  }
}

/** As a literal, in the order of `toIntended`: it is what nearly every message is. */
function toFirstTry({
  n,
  edition,
  address,
  contact,
}: Pick<Intended, "n" | "edition" | "address" | "contact">): Intended {
  return { n, gen: 1, try: 1, isInDoubt: false, edition, address, contact };
}

function toIntended(
  row: Row,
  message: Message,
  columns: readonly ContactColumn[],
  said: ReturnType<Say> & Pick<Intended, "units">,
): Intended {
  return {
    n: message.n,
    gen: message.gen,
    try: message.try + 1,
    isInDoubt: message.state === "ambiguous",
    ...said,
    address: String(row["address"]),
    contact: contactOf(row, columns),
  };
}
