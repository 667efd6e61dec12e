/**
 * A simulated carrier, for trying campaigns without writing to anybody. What becomes of a
 * message depends on its key and the account's seed alone, so a repeated call, a restart and a
 * second look always tell the same story: that is how its receipts need no memory.
 */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ok } from "#domain/core/result.ts";
import { minuteMs, secondMs } from "#domain/core/time.ts";
import { reasons, type Reason } from "#domain/message/reason.ts";
import * as v from "valibot";
import { simulatedCarrier } from "../../numbers/simulated-carriers.ts";
import type {
  Asked,
  Carrier,
  CarrierDeps,
  Outcome,
  Provider,
  Receipt,
  Reply,
} from "../provider.ts";
import { parseSettings, percent, wholeNumber } from "../settings.ts";

const weight = v.pipe(v.number(), v.minValue(0), v.maxValue(1_000));

const schema = v.strictObject({
  /** How long the carrier takes to answer; each call takes from half to one and a half of it. */
  latencyMs: v.optional(wholeNumber(0, 10_000), 40),
  /** Messages that end badly. */
  failurePercent: v.optional(percent, 4),
  /** Why they end badly, by weight. */
  failures: v.optional(v.record(v.picklist(reasons), weight), {
    invalid_address: 3,
    unknown_recipient: 2,
    unreachable: 3,
    carrier_rejected: 1,
    expired: 1,
  }),
  /** Messages of which nobody ever hears again. */
  unconfirmedPercent: v.optional(percent, 2),
  /** Accepted messages whose answer gets lost on the way. */
  lostAnswerPercent: v.optional(percent, 0),
  /** More than this in a second are asked to come later; 0: no limit. */
  perSecond: v.optional(wholeNumber(0, 100_000), 0),
  /** When receipts come; each from half to one and a half of it. */
  receiptDelayMs: v.optional(wholeNumber(0, 20_000), 2_000),
  /** Recipients who answer STOP once it arrived. */
  stopPercent: v.optional(percent, 0),
  /** Whether simulated bounces and replies count: they suppress addresses and withdraw consent. */
  actsOnContacts: v.optional(v.boolean("must be true or false"), false),
  /** Another seed, another luck. */
  seed: v.optional(v.pipe(v.string(), v.maxLength(100)), ""),
});

type SandboxSettings = v.InferOutput<typeof schema>;

/** A simulated carrier's day is short. */
const windowMs = minuteMs;

export const provider: Provider = {
  name: "sandbox",
  title: "Sandbox",
  hint: "A simulated carrier for trying things out. Writes to nobody.",
  channels: ["email", "sms"],
  fields: [
    {
      name: "failurePercent",
      label: "Messages that fail (%)",
      kind: "number",
      default: 4,
    },
    {
      name: "unconfirmedPercent",
      label: "Messages without a receipt (%)",
      kind: "number",
      default: 2,
    },
    {
      name: "lostAnswerPercent",
      label: "Answers that get lost (%)",
      kind: "number",
      default: 0,
      hint: "Accepted, but the carrier's answer never arrives.",
    },
    {
      name: "latencyMs",
      label: "Time to answer (ms)",
      kind: "number",
      default: 40,
      group: "advanced",
    },
    {
      name: "receiptDelayMs",
      label: "Receipts come after (ms)",
      kind: "number",
      default: 2000,
      group: "advanced",
    },
    {
      name: "perSecond",
      label: "The carrier's limit a second",
      kind: "number",
      default: 0,
      hint: "0: no limit",
      group: "advanced",
    },
    {
      name: "stopPercent",
      label: "Recipients who answer STOP (%)",
      kind: "number",
      default: 0,
    },
    {
      name: "actsOnContacts",
      label: "Simulated bounces and replies count",
      kind: "switch",
      default: false,
      hint: "They suppress addresses and withdraw consent, as real ones do. Only for contacts made up for trying things out.",
    },
    {
      name: "seed",
      label: "Seed",
      kind: "text",
      default: "",
      optional: true,
      hint: "Another seed, another luck.",
      group: "advanced",
    },
  ],
  line: "{failurePercent}% fail",
  // What becomes of a message depends on its key alone.
  keyRetentionMs: Infinity,
  receipts: "pull",
  receiptWindowMs: windowMs,
  // A quarter of an hour passes in a second.
  resendScale: 1 / 900,
  parse: (settings) => parseSettings(schema, settings),
  open: (settings, deps) => openSandbox(v.parse(schema, settings), deps),
};

function openSandbox(settings: SandboxSettings, { clock }: CarrierDeps): Carrier {
  const limit = createLimit(settings.perSecond);
  // An answer is lost once: whoever asks again under the same key is told.
  const lost = new Set<string>();
  return {
    send: async ({ key }) => {
      const fate = fateOf(key, settings);
      const waitMs = settings.latencyMs * (0.5 + fate.speed);
      if (waitMs >= 1) await sleep(waitMs);
      if (!limit.admits(clock())) return slowDown;
      const isFirstLoss = fate.losesAnswer && !lost.has(key);
      if (isFirstLoss) lost.add(key);
      return answerOf(key, { ...fate, losesAnswer: isFirstLoss });
    },
    ask: async (messages, now) => {
      const answers = messages.map((message) => receiptOf(message, settings));
      const receipts = answers.filter((receipt) => receipt !== null && receipt.at <= now);
      const later = answers.flatMap((receipt) =>
        receipt === null || receipt.at <= now ? [] : [receipt.at],
      );
      const nextAt = later.length === 0 ? null : Math.max(Math.min(...later), now + secondMs / 4);
      const heard = receipts.filter((receipt) => receipt !== null);
      return { receipts: heard, replies: repliesTo(messages, heard, settings), nextAt };
    },
    check: async () => ok("The sandbox is always ready. It writes to nobody."),
    close: async () => undefined,
  };
}

const slowDown: Outcome = {
  outcome: "later",
  reason: "rate_limited",
  afterMs: secondMs,
  code: "429",
  words: "More messages than this sandbox takes in a second",
};

/** What becomes of a message: decided by its key, before it is sent. */
interface Fate {
  /** 0 to 1. */
  readonly speed: number;
  /** null: it arrives. */
  readonly failure: Reason | null;
  readonly isSilent: boolean;
  readonly losesAnswer: boolean;
  /** 0.5 to 1.5. */
  readonly delay: number;
  readonly saysStop: boolean;
  /** Which carrier it is, from 0 up to 1. */
  readonly carrier: number;
}

function fateOf(key: string, settings: SandboxSettings): Fate {
  const bytes = createHash("sha256").update(`${settings.seed}\n${key}`).digest();
  const draw = (index: number): number => bytes.readUInt32BE(index * 4) / 2 ** 32;
  const fails = draw(0) * 100 < settings.failurePercent;
  return {
    speed: draw(1),
    failure: fails ? pick(settings.failures, draw(2)) : null,
    isSilent: draw(3) * 100 < settings.unconfirmedPercent,
    losesAnswer: draw(4) * 100 < settings.lostAnswerPercent,
    delay: 0.5 + draw(5),
    saysStop: draw(6) * 100 < settings.stopPercent,
    carrier: draw(7),
  };
}

function pick(weights: SandboxSettings["failures"], draw: number): Reason {
  const entries = Object.entries(weights);
  const sum = entries.reduce((total, [, each]) => total + each, 0);
  let left = draw * sum;
  for (const [name, each] of entries) {
    left -= each;
    if (left < 0) return reasons.find((reason) => reason === name) ?? "unknown";
  }
  return "unknown";
}

/** Seen only after the carrier tried: the others are refused at once. */
const lateFailures: ReadonlySet<Reason> = new Set<Reason>([
  "unreachable",
  "expired",
  "carrier_rejected",
  "spam_filtered",
  "blocked_by_recipient",
  "unknown",
]);

function answerOf(key: string, { failure, losesAnswer }: Fate): Outcome {
  if (failure !== null && !lateFailures.has(failure)) {
    return { outcome: "refused", reason: failure, code: `sandbox:${failure}`, words: "" };
  }
  if (losesAnswer) {
    const words = "The sandbox took the message and lost its answer";
    return { outcome: "unknown", reason: "provider_timeout", code: "sandbox:lost", words };
  }
  return { outcome: "accepted", state: "submitted", providerId: `sandbox-${key.slice(0, 12)}` };
}

function receiptOf({ key, to, since }: Asked, settings: SandboxSettings): Receipt | null {
  const { failure, isSilent, delay, carrier } = fateOf(key, settings);
  if (isSilent && failure === null) return null;
  const at = since + Math.round(settings.receiptDelayMs * delay);
  const by = carriedBy(to, carrier);
  if (failure === null) {
    return { key, state: "delivered", at, reason: "none", code: "", words: "", ...by };
  }
  const code = `sandbox:${failure}`;
  return { key, state: "undelivered", at, reason: failure, code, words: "", ...by };
}

function carriedBy(to: string, draw: number): Pick<Receipt, "carrier"> {
  const carrier = simulatedCarrier(to, draw);
  return carrier === null ? {} : { carrier };
}

/** Who got it and has enough says so at the same moment. */
function repliesTo(
  messages: readonly Asked[],
  receipts: readonly Receipt[],
  settings: SandboxSettings,
): readonly Reply[] {
  const arrived = new Map(
    receipts.filter(({ state }) => state === "delivered").map(({ key, at }) => [key, at]),
  );
  return messages.flatMap(({ key, to }) => {
    const at = arrived.get(key);
    if (at === undefined || !fateOf(key, settings).saysStop) return [];
    return [{ from: to, text: "STOP", isComplaint: false, key, at }];
  });
}

/** Counts by the second, as simple carriers do. */
function createLimit(perSecond: number): { readonly admits: (now: number) => boolean } {
  let second = 0;
  let taken = 0;
  return {
    admits: (now) => {
      if (perSecond === 0) return true;
      const current = Math.floor(now / secondMs);
      if (current !== second) taken = 0;
      second = current;
      taken += 1;
      return taken <= perSecond;
    },
  };
}
