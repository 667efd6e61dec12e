/**
 * What people are told outside of the app when the system itself stops a campaign, when one is
 * through and when one waits for their yes: which causes there are, in which words, and how often. A notice names campaigns and nothing else: it goes to
 * mailboxes and lock screens, where no recipient's address or content belongs.
 */
import { dayMs, hourMs, minuteMs, type Instant } from "../core/time.ts";
import { inText, spokenIn, type SpokenLanguage } from "../report/spoken.ts";
import type { PauseReason } from "./lifecycle.ts";

/**
 * Why the system paused, what it warns of before it cancels, what it did not start, and what is
 * spent; then what is no trouble: all is sent, a launch waits for a yes, a share is beyond what a
 * person set, and a report that they asked for.
 */
export const noticeCauses = [
  "breaker",
  "failure_ratio",
  "provider_auth",
  "quota",
  "disk",
  "restore",
  "clock",
  "codes",
  "not_ready",
  "expiring",
  "expired",
  "missed",
  "missed_restore",
  "month_nearly_spent",
  "month_spent",
  "missed_times",
  "finished",
  "approval",
  "alert",
  "report",
] as const satisfies readonly (
  | Exclude<PauseReason, "user">
  | "expiring"
  | "expired"
  | "missed"
  | "missed_restore"
  | "month_nearly_spent"
  | "month_spent"
  | "missed_times"
  | "finished"
  | "approval"
  | "alert"
  | "report"
)[];

export type NoticeCause = (typeof noticeCauses)[number];

/** The ways to a person outside of the app. */
export const noticeWays = ["email", "push"] as const;

export type NoticeWay = (typeof noticeWays)[number];

/** In this time a campaign's people hear of one cause once, however often it comes back. */
export const noticeQuietMs = 15 * minuteMs;

/** What could not be told for so long is old news: the card in the app says it. */
export const noticeStaleMs = dayMs;

/** After each try that failed, the wait for the next; after the last one nobody tries again. */
const waitsMs = [minuteMs, 5 * minuteMs, 15 * minuteMs, hourMs, 3 * hourMs];

/** When to try again after so many tries; null: not again. */
export function nextNoticeTry(tries: number, now: Instant): Instant | null {
  const wait = waitsMs[tries - 1];
  return wait === undefined ? null : now + wait;
}

interface Words {
  /** What happened, after a campaign's name or a number of campaigns. */
  readonly what: string;
  readonly why: string;
  readonly cure: string;
  /** It is about the whole workspace, whichever campaign it happened in. */
  readonly isOfAll?: boolean;
}

const resumeCure = "Mend the cause, then resume.";

const words = {
  breaker: {
    what: "paused after 5 failures in a row",
    why: "Five messages in a row could not be handed over.",
    cure: "Look at the reasons in the report: check the sending account, or the list where the addresses are wrong, then resume. What was not handed over is tried again.",
  },
  failure_ratio: {
    what: "paused because too many messages failed",
    why: "More of the last messages failed than the account allows.",
    cure: `Look at the reasons in the report. ${resumeCure}`,
  },
  provider_auth: {
    what: "paused because the provider refuses the account",
    why: "The account's credentials are expired or wrong, or it is locked or unpaid.",
    cure: "Put it right in Settings or with the provider, then resume.",
  },
  quota: {
    what: "paused because the provider's limit is reached",
    why: "The provider takes no more messages for now.",
    cure: "Wait until the limit is lifted, usually the next day, then resume.",
  },
  disk: {
    what: "paused because the server's disk is full",
    why: "Nothing can be written down, so nothing is sent. Nothing was lost.",
    cure: "It goes on by itself once there is space again: ask your administrator to free some.",
  },
  restore: {
    what: "paused after the server was restored from a back-up",
    why: "What was sent after the back-up was made is not known here.",
    cure: "Check that nobody is sent to twice, then resume.",
  },
  clock: {
    what: "paused because the server's clock is wrong",
    why: "Messages would go out at the wrong time.",
    cure: "Ask your administrator to correct the clock, then resume.",
  },
  codes: {
    what: "paused because its code pool is empty",
    why: "There are fewer codes left than people to write to. Nobody was written to without a code.",
    cure: "Add codes to the pool, then resume.",
  },
  not_ready: {
    what: "stopped before its start",
    why: "Its text, audience or account cannot be used any more. Nobody was written to.",
    cure: resumeCure,
  },
  expiring: {
    what: "will be canceled within a day unless resumed",
    why: "What the system paused is canceled when nobody resumes it within 72 hours.",
    cure: resumeCure,
  },
  expired: {
    what: "canceled: nobody resumed within 72 hours",
    why: "The system had paused it, and a pause by the system lasts 72 hours.",
    cure: "Whoever was not written to is in the report. Duplicate it to send again.",
  },
  missed: {
    what: "not sent: the planned time passed while the server was down",
    why: "Its time was so long ago that a person has to decide.",
    cure: "Send it now, or choose another time.",
  },
  missed_restore: {
    what: "not planned any more: the server was restored from a back-up",
    why: "Its time may have come already in what was lost.",
    cure: "Make sure that it did not go out already, then send it or choose another time.",
  },
  month_nearly_spent: {
    isOfAll: true,
    what: "80 % of the month's budget is spent",
    why: "What campaigns cost this month nears the limit that the workspace set.",
    cure: "Whoever does not fit into it is left out. Settings say what is spent, and may allow more.",
  },
  month_spent: {
    isOfAll: true,
    what: "The month's budget is spent",
    why: "Nobody more is written to this month at the workspace's cost: who was left out is in the reports.",
    cure: "Allow more in Settings, or wait for the next month, then send again to whoever was left out.",
  },
  missed_times: {
    what: "left out times that passed while the server was down",
    why: "Times that are too long ago are not made up for, and of several only the last one.",
    cure: "It goes on with its next time. What has to go out before then, send yourself: duplicate it.",
  },
  finished: {
    what: "all sent",
    why: "Nothing of it waits any more.",
    cure: "Receipts may still come in: the report goes on counting.",
  },
  approval: {
    what: "waiting for approval",
    why: "Somebody asked to send it, and another person has to agree.",
    cure: "Look at it, then approve or reject it.",
  },
  alert: {
    what: "beyond what you set",
    why: "You asked to hear of that.",
    cure: "The report says why.",
  },
  report: {
    isOfAll: true,
    what: "Your report",
    why: "You asked for it.",
    cure: "",
  },
} as const satisfies Record<NoticeCause, Words>;

export interface NoticeWords {
  readonly title: string;
  readonly why: string;
  readonly cure: string;
}

const mostNameLetters = 80;

/**
 * What is said of these campaigns, of which there are at least as many as are named; `said`: a
 * title and a text that take the place of the usual ones.
 */
export function noticeWords(
  cause: NoticeCause,
  names: readonly string[],
  {
    count = names.length,
    said = null,
  }: { readonly count?: number; readonly said?: OwnWords | null } = {},
): NoticeWords {
  const { what, why, cure, isOfAll = false } = wordsOf(cause, said);
  if (isOfAll) return { title: what, why, cure };
  const [first = ""] = names;
  const language = said?.language ?? "en";
  const { several } = spokenIn(language);
  const which = count === 1 ? inText(noticeName(first), language) : several(count);
  return { title: `${which}: ${what}`, why, cure };
}

interface OwnWords {
  readonly title: string;
  readonly text: string;
  /** Left out: English. */
  readonly language?: SpokenLanguage;
}

function wordsOf(cause: NoticeCause, said: OwnWords | null): Words {
  const usual: Words = words[cause];
  if (said === null) return usual;
  const { title, text, language = "en" } = said;
  const cure = usual.cure === "" ? "" : spokenIn(language).look;
  return { ...usual, what: title, why: text, cure };
}

/** The name as it may stand in a notice: a person's own words, on one line, without what looks like an address. */
export function noticeName(name: string): string {
  const line = name
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[^\s<>"']+@[^\s<>"']+/g, "•••@•••")
    .replaceAll(/\+\d{7,15}|\d{9,15}/g, "•••")
    .trim();
  return line.length > mostNameLetters ? `${line.slice(0, mostNameLetters - 1)}…` : line;
}
