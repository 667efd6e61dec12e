/** The recipients of all runs of a campaign that repeats, page by page: only the server has them together. */
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import { messagePage, type MessagePage } from "#protocol/rest/report.ts";
import type { Api, Failure } from "./api.ts";

export type { MessagePage } from "#protocol/rest/report.ts";

export function askRunRows(
  api: Api,
  campaign: Id,
  asked: URLSearchParams,
  cursor: string | null,
): Promise<Result<MessagePage, Failure>> {
  const params = new URLSearchParams(asked);
  params.set("limit", "50");
  if (cursor !== null) params.set("cursor", cursor);
  return api.request(messagePage, "GET", `/api/v1/campaigns/${campaign}/messages?${params}`);
}
