/** Answers in the words that a device of an older version can read: its schemas refuse what came later. */
import { feeds, type Feed } from "#domain/sync/document.ts";
import type { RefusalType } from "#domain/sync/refusal.ts";
import type { PushReply, Verdict } from "./down.ts";
import { errors } from "./error.ts";
import { toleratesOthersSince } from "./version.ts";

/** The version of the protocol in which each refusal came. */
const refusalSince = {
  invalid: 1,
  forbidden: 1,
  gone: 1,
  exists: 1,
  already_sent: 1,
  illegal_move: 1,
  incomplete: 1,
  changed_since_review: 1,
  audience_gone: 1,
  account_gone: 1,
  channel_mismatch: 1,
  in_use: 1,
  schedule_in_past: 1,
  parent: 1,
  nothing_to_retry: 5,
  not_asked: 7,
  own_approval: 7,
  needs_approval: 7,
  codes_short: 10,
} as const satisfies Record<RefusalType, number>;

/** The version of the protocol in which each feed came. */
const feedSince = { org: 1, team: 1, roll: 1, user: 10 } as const satisfies Record<Feed, number>;

/** The value of the protocol's header in an answer to a device of this version. */
export function headerFor(version: number, own: number): number {
  return version < toleratesOthersSince ? version : own;
}

/** The verdicts as that version of the protocol can say them. */
export function replyFor(version: number, reply: PushReply): PushReply {
  return { ...reply, verdicts: reply.verdicts.map((verdict) => verdictFor(version, verdict)) };
}

function verdictFor(version: number, verdict: Verdict): Verdict {
  const { refusal, seqs } = verdict;
  const known = feeds.flatMap((feed): [Feed, number][] => {
    const ver = seqs[feed];
    return ver === undefined || feedSince[feed] > version ? [] : [[feed, ver]];
  });
  return {
    ...verdict,
    refusal: refusal === null ? null : refusalFor(version, refusal),
    seqs: Object.fromEntries(known),
  };
}

/** A refusal that it has no word for is told in a sentence. */
function refusalFor(version: number, refusal: NonNullable<Verdict["refusal"]>) {
  const { type, field } = refusal;
  if (refusalSince[type] <= version) return refusal;
  const { title, cure } = errors[type];
  return { type: "invalid" as const, field, detail: { message: `${title}. ${cure}` } };
}
