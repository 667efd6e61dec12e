/** Asks the server for the words of a campaign's earlier texts: devices keep only the newest. */
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import { editionsAnswer, type EditionsAnswer } from "#protocol/rest/edition.ts";
import type { Api, Failure } from "./api.ts";

export type { EditionsAnswer } from "#protocol/rest/edition.ts";

export function askEditions(api: Api, campaign: Id): Promise<Result<EditionsAnswer, Failure>> {
  return api.request(editionsAnswer, "GET", `/api/v1/campaigns/${campaign}/editions`);
}
