/** Asks the server who would be sent to again now. */
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import type { Picked } from "#domain/message/again.ts";
import { picksText, retryAnswer, type RetryAnswer } from "#protocol/rest/retry.ts";
import type { Api, Failure } from "./api.ts";

export type { RetryAnswer } from "#protocol/rest/retry.ts";

/** Each of them is looked at. */
const timeoutMs = 30_000;

export function askRetry(
  api: Api,
  campaign: Id,
  picks: readonly Picked[],
): Promise<Result<RetryAnswer, Failure>> {
  const query = new URLSearchParams({ picks: picksText(picks) });
  const path = `/api/v1/campaigns/${campaign}/retry?${query}`;
  return api.request(retryAnswer, "GET", path, undefined, { timeoutMs });
}
