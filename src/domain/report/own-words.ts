/**
 * One campaign as each of five systems would tell it: their words, what these mean there, and the
 * sums that must hold. For people who come from one of them, and for whoever compares.
 */
import { isLive } from "../campaign/live.ts";
import type { Campaign } from "../campaign/campaign.ts";
import { messagingLabel, messagingStatusLabels } from "../campaign/labels.ts";
import type { Reason } from "../message/reason.ts";
import { messageStates, type MessageState } from "../message/state.ts";
import { distributionStatus } from "./distribution-status.ts";
import { headline } from "./headline.ts";
import { outcomeOf, type Outcome } from "./outcome.ts";
import type { Rollup } from "./rollup.ts";
import {
  broadcastCounters,
  dashboardCounters,
  flowCounters,
  segmentCounters,
  type SegmentCounters,
} from "./vocabulary.ts";

export const wordSystems = ["unifonic", "messangi", "fiko", "blackbird", "voucherify"] as const;

export type WordSystem = (typeof wordSystems)[number];

export const systemNames = {
  unifonic: "Unifonic",
  messangi: "Messangi",
  fiko: "Fiko",
  blackbird: "Blackbird",
  voucherify: "Voucherify",
} as const satisfies Record<WordSystem, string>;

/** A count in a system's word. */
export interface OwnCount {
  readonly key: string;
  readonly label: string;
  /** What the word means there. */
  readonly meaning: string;
  readonly n: number;
  /** The count that it is a part of, where it stands below that. */
  readonly of?: string;
}

/** A state in a system's word. */
export interface OwnState {
  readonly label: string;
  readonly word: string;
  readonly meaning: string;
}

/** `whole` is always the sum of `parts`: keys of counts. */
export interface OwnSum {
  readonly whole: string;
  readonly parts: readonly string[];
}

export interface OwnWords {
  readonly system: WordSystem;
  /** What is counted. */
  readonly unit: "message" | "segment";
  readonly states: readonly OwnState[];
  readonly counts: readonly OwnCount[];
  readonly sums: readonly OwnSum[];
}

type Told = Pick<Campaign, "phase" | "schedule" | "trigger" | "endedAt">;
type Counted = Pick<Rollup, "total" | "states" | "segments" | "reasons" | "marks" | "codes">;

/** The same campaign in the words of a system. */
export function ownWords(system: WordSystem, campaign: Told, rollup: Counted): OwnWords {
  switch (system) {
    case "unifonic":
      return unifonic(rollup);
    case "messangi":
      return messangi(campaign, rollup);
    case "fiko":
      return fiko(campaign, rollup);
    case "blackbird":
      return blackbird(rollup);
    case "voucherify":
      return voucherify(campaign, rollup);
  }
}

function unifonic(rollup: Counted): OwnWords {
  const c = flowCounters(rollup);
  return {
    system: "unifonic",
    unit: "message",
    states: [],
    counts: [
      count("total", "Total", c.total, "Contacts added to the campaign as recipients."),
      count(
        "submitted",
        "Submitted to flow studio",
        c.submitted,
        "Messages queued up to the engine.",
      ),
      count("success", "Success", c.success, "Executed successfully through the flow."),
      count(
        "notConfirmed",
        "Delivery not confirmed",
        c.notConfirmed,
        "Accepted by the engine; no execution report was received yet.",
      ),
      count(
        "failed",
        "Failed",
        c.failed,
        "Failed to be executed through the flow, or rejected by the flow studio.",
      ),
      count(
        "notSubmitted",
        "Not submitted",
        c.notSubmitted,
        "Not queued because of a wrong campaign configuration, an internal error or a rule.",
      ),
      count(
        "waiting",
        "Waiting",
        c.waiting,
        "Their turn has not come. Unifonic has no word for them.",
      ),
    ],
    sums: [
      { whole: "total", parts: ["submitted", "notSubmitted", "waiting"] },
      { whole: "submitted", parts: ["success", "notConfirmed", "failed"] },
    ],
  };
}

const messangiMeanings = {
  pending: "No delivery date is set.",
  scheduled: "Delivery is specified for a future date.",
  "in-progress": "Messages are being sent; it stays so until all are.",
  completed: "All messages to be sent have been submitted to the carrier.",
} as const;

function messangi({ phase, ...campaign }: Told, rollup: Counted): OwnWords {
  const { status } = messagingLabel(phase, isLive(campaign));
  const c = headline(rollup);
  return {
    system: "messangi",
    unit: "message",
    states: [
      { label: "Status", word: messagingStatusLabels[status], meaning: messangiMeanings[status] },
    ],
    counts: [
      count("total", "Messages", c.total, "All messages of the campaign."),
      count(
        "sent",
        "Submitted to the carrier",
        c.sent,
        "Taken by the provider, with or without a receipt.",
      ),
      count("failed", "Failed", c.failed, "Refused, or not to be delivered."),
      count(
        "skipped",
        "Not sent",
        c.skipped,
        "Left out on purpose: blacklisted, without consent or canceled.",
      ),
      count("toGo", "Queue", c.toGo, "Still to be submitted."),
    ],
    sums: [{ whole: "total", parts: ["sent", "failed", "skipped", "toGo"] }],
  };
}

const fikoLifecycle = {
  draft: { word: "Draft", meaning: "Created, neither sent nor scheduled." },
  pending: { word: "Draft", meaning: "Created, neither sent nor scheduled." },
  scheduled: { word: "Scheduled", meaning: "Set for a future delivery." },
  preparing: { word: "Sending", meaning: "Actively delivering." },
  active: { word: "Sending", meaning: "Actively delivering." },
  paused: { word: "Paused", meaning: "It paused by itself after failures, or a person paused it." },
  settling: { word: "Sending", meaning: "Every message is out; receipts still come in." },
  completed: { word: "Completed", meaning: "Nothing more is sent." },
  canceled: { word: "Canceled", meaning: "Stopped before all was sent." },
} as const satisfies Record<Told["phase"], Omit<OwnState, "label">>;

const fikoOutcomes = {
  none: { word: "–", meaning: "It was not sent." },
  transit: { word: "Sending", meaning: "Messages are on their way." },
  sent: { word: "Sent", meaning: "All messages went out with zero failures." },
  partial: { word: "Partial", meaning: "Some were delivered and some failed." },
  failed: { word: "Failed", meaning: "All messages failed." },
  empty: { word: "–", meaning: "Nobody was in the audience." },
  stopped: { word: "–", meaning: "It was canceled before anything went out." },
} as const satisfies Record<Outcome, Omit<OwnState, "label">>;

function fiko({ phase }: Told, rollup: Counted): OwnWords {
  const c = broadcastCounters(rollup);
  const outcome = outcomeOf(phase, headline(rollup));
  return {
    system: "fiko",
    unit: "message",
    states: [
      { label: "Lifecycle", ...fikoLifecycle[phase] },
      { label: "Outcome", ...fikoOutcomes[outcome] },
    ],
    counts: [
      count("total", "Total Recipients", c.total, "People the campaign is sent to."),
      count("sent", "Sent Count", c.sent, "Sent so far. Each becomes delivered with its receipt."),
      count(
        "failed",
        "Failed Count",
        c.failed,
        "Failed, or not sent for a reason that each recipient shows.",
      ),
      count("remaining", "Remaining", c.remaining, "Still to be sent."),
    ],
    sums: [{ whole: "total", parts: ["sent", "failed", "remaining"] }],
  };
}

function blackbird(rollup: Counted): OwnWords {
  const c = segmentCounters(segmentRows(rollup));
  const counts = [
    count("total", "Total Segments", c.total, "All segments, whatever status they fell into."),
    count("queued", "Queued", c.queued, "Queued to send, not processed yet."),
    count("failed", "Failed", c.failed, "Failed because of invalid phone numbers."),
    count(
      "ignored",
      "Ignored",
      c.ignored,
      "Not sent: the messaging subscription is inactive or unpaid.",
    ),
    count(
      "unreachable",
      "Unreachable",
      c.unreachable,
      "Not sent because the customer unsubscribed before, or not delivered because of the carrier, the signal or what the device can receive.",
    ),
    ...unreachableParts(c),
    count(
      "undelivered",
      "Undelivered",
      c.undelivered,
      "The carrier attempted it, and it was not delivered.",
    ),
    count(
      "unconfirmed",
      "Delivery (Unconfirmed)",
      c.unconfirmed,
      "The carrier believes it was received; there is no final confirmation.",
    ),
    count("confirmed", "Delivery (Confirmed)", c.confirmed, "The carrier confirmed receipt."),
  ];
  return {
    system: "blackbird",
    unit: "segment",
    states: [],
    counts,
    sums: [
      { whole: "total", parts: segmentsInAll },
      { whole: "unreachable", parts: segmentsUnreachable },
    ],
  };
}

/** The four sub-codes of AMB-16, and those of which none of them is true. */
function unreachableParts(c: SegmentCounters): readonly OwnCount[] {
  const otherwise = c.unreachable - c.unsubscribed - c.carrier - c.signal - c.device;
  const parts = [
    count(
      "unsubscribed",
      "Unsubscribed",
      c.unsubscribed,
      "They withdrew or never agreed, or the number was taken off the lists.",
    ),
    count("carrier", "Carrier", c.carrier, "The carrier did not take it to the phone."),
    count("signal", "Signal", c.signal, "The phone was off or had no signal."),
    count("device", "Device", c.device, "The phone cannot receive this kind of message."),
    count(
      "otherwise",
      "Not tried",
      otherwise,
      "Held back by a rule of ours or the campaign's end. Blackbird has no word for them.",
    ),
  ];
  return parts.map((part) => ({ ...part, of: "unreachable" }));
}

const segmentsInAll = [
  "queued",
  "failed",
  "ignored",
  "unreachable",
  "undelivered",
  "unconfirmed",
  "confirmed",
];

const segmentsUnreachable = ["unsubscribed", "carrier", "signal", "device", "otherwise"];

function voucherify(campaign: Told, rollup: Counted): OwnWords {
  const c = dashboardCounters(rollup);
  const { codes } = rollup;
  return {
    system: "voucherify",
    unit: "message",
    states: [
      { label: "Distribution status", ...distributionStatus(campaign) },
      { label: "Channels", word: "1", meaning: "A message campaign has one channel." },
    ],
    counts: [
      count("sent", "Messages sent", c.sent, "Already sent: taken by the provider."),
      count("delivered", "Messages delivered", c.delivered, "Successfully delivered to customers."),
      count("unconfirmed", "On their way", c.unconfirmed, "Sent, and no receipt came yet."),
      count(
        "undelivered",
        "Failed after sending",
        rollup.states.undelivered,
        "Taken by the provider, then reported as not delivered.",
      ),
      count(
        "failed",
        "Messages failed",
        c.failed,
        "Failed, before or after the provider took them.",
      ),
      count(
        "recovered",
        "Messages recovered",
        c.recovered,
        "Delivered after a failure, by sending again.",
      ),
      ...(codes === undefined
        ? []
        : [
            count(
              "published",
              "Published codes",
              codes.published,
              "Codes published via the distribution.",
            ),
            count("redeemed", "Redeemed codes", codes.redeemed, "Codes sent and already redeemed."),
          ]),
    ],
    sums: [{ whole: "sent", parts: ["delivered", "unconfirmed", "undelivered"] }],
  };
}

/** Segments by state and reason, as the counters of a device know them; the rows add up to all. */
export function segmentRows({ segments, reasons }: Pick<Rollup, "segments" | "reasons">): {
  readonly state: MessageState;
  readonly reason: Reason;
  readonly segments: number;
}[] {
  return messageStates.flatMap((state) => {
    let rest = segments[state];
    const rows = reasons
      .filter((row) => row.state === state)
      .map((row) => {
        // Counters and reasons may be a frame apart: never more than there are.
        const n = Math.min(rest, row.segments ?? row.n);
        rest -= n;
        return { state, reason: row.reason, segments: n };
      });
    return [...rows, { state, reason: "none" as const, segments: rest }].filter(
      (row) => row.segments > 0,
    );
  });
}

function count(key: string, label: string, n: number, meaning: string): OwnCount {
  return { key, label, meaning, n };
}
