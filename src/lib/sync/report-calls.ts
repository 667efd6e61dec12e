/** Report blocks and activity from the server. */
import type { Id } from "#domain/core/id.ts";
import { ok, type Result } from "#domain/core/result.ts";
import { activityPage } from "#protocol/rest/activity.ts";
import {
  blockDynamic,
  blockList,
  blockStatic,
  type BlockDynamic,
  type BlockList,
  type BlockStatic,
} from "#protocol/rest/blocks.ts";
import type { ActivityEntry } from "../db/client-db.ts";
import type { Api, Failure, RequestOptions } from "./api.ts";

export type { BlockDynamic, BlockList, BlockStatic } from "#protocol/rest/blocks.ts";

export function fetchBlockList(
  api: Api,
  campaign: Id,
  options: RequestOptions,
): Promise<Result<BlockList, Failure>> {
  return api.request(blockList, "GET", `/api/v1/campaigns/${campaign}/blocks`, undefined, options);
}

export interface PartName {
  readonly campaign: Id;
  readonly n: number;
  readonly hash: string;
}

export function fetchStatic(
  api: Api,
  { campaign, n, hash }: PartName,
  options: RequestOptions,
): Promise<Result<BlockStatic, Failure>> {
  const path = `/api/v1/campaigns/${campaign}/blocks/${n}/static/${hash}`;
  return api.request(blockStatic, "GET", path, undefined, options);
}

export function fetchDynamic(
  api: Api,
  { campaign, n, hash }: PartName,
  options: RequestOptions,
): Promise<Result<BlockDynamic, Failure>> {
  const path = `/api/v1/campaigns/${campaign}/blocks/${n}/dynamic/${hash}`;
  return api.request(blockDynamic, "GET", path, undefined, options);
}

/** The newest lines; of one campaign, or of the workspace. */
export async function fetchActivity(
  api: Api,
  campaign: Id | null,
  options: RequestOptions,
): Promise<Result<readonly ActivityEntry[], Failure>> {
  const of = campaign === null ? "/api/v1/activity" : `/api/v1/campaigns/${campaign}/activity`;
  const answer = await api.request(activityPage, "GET", `${of}?limit=200`, undefined, options);
  if (!answer.ok) return answer;
  return ok(
    answer.value.items.map(({ seq, at, ...item }) => ({
      ...item,
      key: String(seq),
      at: Date.parse(at),
    })),
  );
}
