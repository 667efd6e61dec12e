/** Asks the server what a launch would do now. */
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import { preflightAnswer, type PreflightAnswer } from "#protocol/rest/preflight.ts";
import type { Api, Failure } from "./api.ts";

export type { PreflightAnswer } from "#protocol/rest/preflight.ts";

/** Counting a large audience takes the server some seconds. */
const timeoutMs = 30_000;

export function askPreflight(api: Api, campaign: Id): Promise<Result<PreflightAnswer, Failure>> {
  const path = `/api/v1/campaigns/${campaign}/preflight`;
  return api.request(preflightAnswer, "POST", path, {}, { timeoutMs });
}
