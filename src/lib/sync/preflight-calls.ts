/** Asks the server what a launch would do. */
import type { Schedule } from "#domain/campaign/campaign.ts";
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import {
  preflightAnswer,
  type PreflightAnswer,
  type PreflightOf,
} from "#protocol/rest/preflight.ts";
import type { Api, Failure } from "./api.ts";

export type { PreflightAnswer } from "#protocol/rest/preflight.ts";

/** Counting a large audience takes the server some seconds. */
const timeoutMs = 30_000;

/** As it is planned, or now; with a schedule, as if it were planned so. */
export function askPreflight(
  api: Api,
  campaign: Id,
  schedule: Schedule | null = null,
): Promise<Result<PreflightAnswer, Failure>> {
  const path = `/api/v1/campaigns/${campaign}/preflight`;
  const of: PreflightOf = schedule === null ? {} : { schedule: toSent(schedule) };
  return api.request(preflightAnswer, "POST", path, of, { timeoutMs });
}

function toSent({ at, wall, zone, local }: Schedule): NonNullable<PreflightOf["schedule"]> {
  const planned = { at: wall ?? new Date(at).toISOString(), zone };
  return local === undefined ? planned : { ...planned, local };
}
