/** How state classes write: decided at once by the domain's rule, stored with its command in one transaction. */
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import type { Act, CommandName, Review } from "#domain/sync/command.ts";
import type { Refusal } from "#domain/sync/refusal.ts";

export interface Writer {
  /** Answers `value` when the rule allows it; the command is then safe on this device. */
  write<T>(act: Act, value: T): Promise<Result<T, Refusal>>;
  /** What this device holds of a campaign, as a review; null while audience or account is missing. */
  reviewOf(campaign: Id): Promise<Review | null>;
  /** The refusal of a launch without audience or account, naming the first missing part. */
  incomplete(campaign: Id): Promise<Result<never, Refusal>>;
  /** Takes back the newest unsent command of this name on this row; false when there is none. */
  takeBack(name: CommandName, id: Id): Promise<boolean>;
}
