/** The log of messages across campaigns, page by page: only the server has it. */
import type { Channel } from "#domain/campaign/channel.ts";
import type { Result } from "#domain/core/result.ts";
import type { MessageState } from "#domain/message/state.ts";
import { logPage, type LogItem, type LogPageAnswer } from "#protocol/rest/message-log.ts";
import type { Api, Failure } from "./api.ts";

export type { LogItem } from "#protocol/rest/message-log.ts";

/** As the page has it; an end that is infinite is none. */
export interface LogAsked {
  readonly from: number;
  readonly to: number;
  readonly channel: Channel | null;
  readonly direction: LogItem["direction"] | null;
  readonly state: MessageState | null;
  readonly carrier: string | null;
  readonly q: string;
}

export function askLog(
  api: Api,
  asked: LogAsked,
  cursor: string | null,
): Promise<Result<LogPageAnswer, Failure>> {
  const params = paramsOf(asked);
  params.set("limit", "50");
  if (cursor !== null) params.set("cursor", cursor);
  return api.request(logPage, "GET", `/api/v1/messages?${params}`);
}

/** The same log as a file that the server writes, with the column Status in these words. */
export function logFileHref(asked: LogAsked, words: "fieldcast" | "messangi"): string {
  const params = paramsOf(asked);
  params.set("words", words);
  return `/api/v1/messages.csv?${params}`;
}

function paramsOf({ from, to, q, ...chosen }: LogAsked): URLSearchParams {
  const params = new URLSearchParams();
  if (Number.isFinite(from)) params.set("from", new Date(from).toISOString());
  if (Number.isFinite(to)) params.set("to", new Date(to).toISOString());
  for (const [name, value] of Object.entries(chosen)) {
    if (value !== null) params.set(name, value);
  }
  if (q !== "") params.set("q", q);
  return params;
}
