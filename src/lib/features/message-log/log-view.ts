/** Which messages of the log are shown, as the address says it. */
import { openChannels } from "#domain/campaign/channel.ts";
import { messageStates } from "#domain/message/state.ts";
import { readRange, writeRange, type DateRange } from "#domain/report/date-range.ts";
import type { LogAsked } from "#lib/state/message-log.svelte.ts";

export interface LogView extends Omit<LogAsked, "from" | "to"> {
  readonly range: DateRange;
  /** Whose words the column Status has. */
  readonly words: "fieldcast" | "messangi";
}

const directions = ["outbound", "inbound"] as const;

export function logViewOf(params: Pick<URLSearchParams, "get">): LogView {
  const chosen = <T extends string>(name: string, list: readonly T[]): T | null =>
    list.find((each) => each === params.get(name)) ?? null;
  return {
    range:
      readRange({ show: params.get("show"), from: params.get("from"), to: params.get("to") }) ??
      "30d",
    channel: chosen("channel", openChannels),
    direction: chosen("direction", directions),
    state: chosen("state", messageStates),
    carrier: params.get("carrier"),
    q: params.get("q") ?? "",
    words: params.get("words") === "messangi" ? "messangi" : "fieldcast",
  };
}

export function logHref({ range, words, ...chosen }: LogView): string {
  const params = new URLSearchParams({ tab: "messages" });
  for (const [name, value] of Object.entries({ ...writeRange(range), ...chosen })) {
    if (value !== null && value !== "") params.set(name, value);
  }
  if (words === "messangi") params.set("words", words);
  return `/reports?${params}`;
}
