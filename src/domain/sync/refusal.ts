/** Every way in which a command can be refused. Words, cause and cure: protocol/error.ts. */
export const refusalTypes = [
  "invalid",
  "forbidden",
  "gone",
  "exists",
  "already_sent",
  "illegal_move",
  "incomplete",
  "changed_since_review",
  "audience_gone",
  "account_gone",
  "channel_mismatch",
  "in_use",
  "schedule_in_past",
  "nothing_to_retry",
  "not_asked",
  "own_approval",
  "needs_approval",
  "codes_short",
  "parent",
] as const;

export type RefusalType = (typeof refusalTypes)[number];

export interface Refusal {
  readonly type: RefusalType;
  /** The field that it is about, as a path (`content.subject`); null when it is about the whole. */
  readonly field: string | null;
  /** What a sentence about it needs: the phase, who, when. Plain values. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}
