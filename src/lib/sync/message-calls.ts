/** Asks the server for every try of one recipient. */
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import { messageAnswer, type MessageAnswer } from "#protocol/rest/report.ts";
import type { Api, Failure } from "./api.ts";

export type { MessageAnswer } from "#protocol/rest/report.ts";

export function askMessage(
  api: Api,
  campaign: Id,
  n: number,
): Promise<Result<MessageAnswer, Failure>> {
  return api.request(messageAnswer, "GET", `/api/v1/campaigns/${campaign}/messages/${n}`);
}
