/** Asks the server what a launch would do. */
import type { Schedule } from "#domain/campaign/campaign.ts";
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import type { Repeat } from "#domain/schedule/repeat.ts";
import {
  preflightAnswer,
  type PreflightAnswer,
  type PreflightOf,
} from "#protocol/rest/preflight.ts";
import type { Api, Failure } from "./api.ts";

export type { PreflightAnswer } from "#protocol/rest/preflight.ts";

type Rule = NonNullable<NonNullable<PreflightOf["schedule"]>["repeat"]>;

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

function toSent(schedule: Schedule): NonNullable<PreflightOf["schedule"]> {
  const { at, wall, zone, local, repeat } = schedule;
  const planned = { at: wall ?? new Date(at).toISOString(), zone };
  return {
    ...planned,
    ...(local === undefined ? {} : { local }),
    ...(repeat === undefined ? {} : { repeat: toSentRule(repeat) }),
  };
}

/** The rule alone: it begins where its schedule does. */
function toSentRule({ every, interval, weekdays, monthDay, until, times }: Repeat): Rule {
  return {
    every,
    interval,
    ...(weekdays === undefined ? {} : { weekdays: [...weekdays] }),
    ...(monthDay === undefined ? {} : { monthDay }),
    ...(until === undefined ? {} : { until }),
    ...(times === undefined ? {} : { times }),
  };
}
