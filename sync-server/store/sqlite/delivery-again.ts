/**
 * Who would be sent to again: what `requeue` and the intents after it would do, counted before.
 * Each message is put back in thought as `requeue` puts it back, and the intent's own verdict is
 * asked on it, in the order in which the intents would come to it.
 */
import { createTariff, type Micros } from "#domain/campaign/price.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { retriedStates, type Picked } from "#domain/message/again.ts";
import { withResendPlanned } from "#domain/message/marks.ts";
import { reasonOf, type Reason } from "#domain/message/reason.ts";
import type { Instant } from "#domain/core/time.ts";
import type { AgainFate, AgainFates, PreflightStore } from "../preflight-store.ts";
import { codeSeqOf, leftIn } from "./code-ranges.ts";
import type { Database } from "./database.ts";
import { openAllowance } from "./delivery-allowance.ts";
import { candidates, joined } from "./delivery-candidates.ts";
import { toMessage, type Message } from "./delivery-moves.ts";
import { backAt, kindsOf } from "./delivery-retry.ts";
import {
  accountOf,
  bySecondWay,
  campaignOf,
  distributionOf,
  type Distribution,
} from "./delivery-rows.ts";
import { priceOfWay, toPrice } from "./delivery-spend.ts";
import { createOutlook, quietHoursOf } from "./delivery-timing.ts";
import { createVerdicts, type Verdict } from "./delivery-verdict.ts";
import { goesBy } from "./fallen.ts";
import { capOf } from "./limits-settings.ts";
import type { Operations } from "./operation.ts";

const nobody: AgainFates = { fates: [], waits: null, currency: null };

export const countAgain: Operations<PreflightStore>["again"] = (
  db,
  { workspace, campaignId, picks, now },
) => {
  const row = db.get(
    "select seq, price from distribution where workspace = ? and campaign = ?",
    workspace,
    campaignId,
  );
  const campaign = campaignOf(db, workspace, campaignId);
  if (row === undefined || campaign === null) return nobody;
  const own = distributionOf(db, Number(row["seq"]));
  const price = toPrice(row["price"]);
  const counting = createCounting();
  for (const distribution of own.fallsBack ? [own, bySecondWay(db, own)] : [own]) {
    countBy(db, distribution, counting, { campaign, picks, now });
  }
  return { ...counting.answer(), currency: price?.currency ?? null };
};

interface Counted {
  readonly campaign: Campaign;
  readonly picks: readonly Picked[];
  readonly now: Instant;
}

/** Those that would go by this way. */
function countBy(
  db: Database,
  distribution: Distribution,
  counting: Counting,
  { campaign, picks, now }: Counted,
): void {
  const { workspace } = distribution;
  const cap = capOf(db, workspace, distribution.channel);
  const timing = createOutlook(campaign, quietHoursOf(db, workspace), now);
  const verdictOn = createVerdicts(distribution, {
    timing,
    allowance: openAllowance(db, distribution, campaign, now),
    hasCode: codesInThought(db, distribution),
    repeatsUnknown: () => accountOf(db, distribution)?.onUnknown === "resend",
    // A person who asks for it again wants it in spite of the doubt.
    oldKeyOf: () => null,
    now,
  });
  const tariff = createTariff(priceOfWay(db, distribution));
  const claim = { cap, columns: [], timing, now };
  const byThis = distribution.fallsBack ? `and ${goesBy(distribution.way, "m")}` : "";
  const sql = `${candidates(claim)} ${byThis} and m.state * 1000 + m.reason in (select value from json_each(?)) order by m.n`;
  for (const each of db.each(sql, ...joined(distribution, claim), kindsOf(picks))) {
    const message = toMessage(each);
    const perUnit = tariff(String(each["address"]));
    counting.add(message, verdictOn(each, putBack(message, now)), perUnit);
  }
}

/** The message as it stands in the queue after `requeue`. */
function putBack(message: Message, now: Instant): Message {
  const { state, gen = message.gen, isResend, ...back } = backAt(message, now);
  return {
    ...message,
    state,
    gen,
    try: back.try ?? message.try,
    marks: isResend === true ? withResendPlanned(message.marks) : message.marks,
    month: gen === message.gen ? message.month : null,
  };
}

/** Counts off the codes that are left, and takes none. */
export function codesInThought(
  db: Database,
  { codePool, seq }: Distribution,
): ((n: number) => boolean) | null {
  if (codePool === null) return null;
  let left = leftIn(db, codePool);
  return (n) => {
    if (codeSeqOf(db, seq, n) !== null) return true;
    left -= 1;
    return left >= 0;
  };
}

interface Counting {
  /** `perUnit`: what a unit of it costs. */
  add(message: Message, verdict: Verdict, perUnit: Micros): void;
  answer(): Pick<AgainFates, "fates" | "waits">;
}

function createCounting(): Counting {
  const fates = new Map<string, AgainFate>();
  let waiting = 0;
  let until: Instant = 0;
  return {
    add: ({ state, reason, segments }, verdict, perUnit) => {
      const known = retriedStates.find((each) => each === state);
      if (known === undefined) return;
      const fate = fateOf(verdict);
      const units = verdict.what === "go" ? (verdict.units ?? segments) : segments;
      const key = `${state} ${reason} ${fate}`;
      const before = fates.get(key) ?? { n: 0, units: 0, micros: 0 };
      fates.set(key, {
        state: known,
        reason: reasonOf(reason),
        fate,
        n: before.n + 1,
        units: before.units + units,
        micros: before.micros + units * perUnit,
      });
      if (verdict.what !== "wait") return;
      waiting += 1;
      until = Math.max(until, verdict.until);
    },
    answer: () => ({
      fates: [...fates.values()],
      waits: waiting === 0 ? null : { n: waiting, until },
    }),
  };
}

/** Whoever waits goes out when the time comes. */
function fateOf(verdict: Verdict): Reason {
  if (verdict.what === "go" || verdict.what === "wait") return "none";
  return verdict.reason ?? "outcome_unknown";
}
