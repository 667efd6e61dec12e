/** Asks the server for the clicks on a campaign's links, page by page. */
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import type { Visitor } from "#domain/engagement/click.ts";
import { clickPage, type ClickPage } from "#protocol/rest/links.ts";
import type { Api, Failure } from "./api.ts";

export type { ClickItem, ClickPage } from "#protocol/rest/links.ts";

/** Which clicks: null is any. */
export interface ClickChoice {
  readonly link: number | null;
  readonly visitor: Visitor | null;
}

/** `cursor`: what the page before this one named as its `next`; null: the first page. */
export function askClicks(
  api: Api,
  { campaign, choice }: { readonly campaign: Id; readonly choice: ClickChoice },
  { cursor, limit }: { readonly cursor: string | null; readonly limit: number },
): Promise<Result<ClickPage, Failure>> {
  const params = clickParams(choice);
  params.set("limit", String(limit));
  if (cursor !== null) params.set("cursor", cursor);
  return api.request(clickPage, "GET", `/api/v1/campaigns/${campaign}/clicks?${params}`);
}

/** The same clicks as a file. */
export function clicksFileHref(campaign: Id, choice: ClickChoice): string {
  return `/api/v1/campaigns/${campaign}/clicks.csv?${clickParams(choice)}`;
}

function clickParams({ link, visitor }: ClickChoice): URLSearchParams {
  return new URLSearchParams({
    ...(link === null ? {} : { link: String(link) }),
    ...(visitor === null ? {} : { visitor }),
  });
}
