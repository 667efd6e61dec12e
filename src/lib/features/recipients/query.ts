/** The filter of the recipients as it stands in the address, so that a view can be shared. */
import type { Id } from "#domain/core/id.ts";
import { reasons, type Reason } from "#domain/message/reason.ts";
import { messageStates, type MessageState } from "#domain/message/state.ts";
import {
  recipientSorts,
  type FileKind,
  type RecipientFilter,
  type RecipientSort,
} from "#lib/state/recipients.svelte.ts";

export interface RecipientView {
  readonly filter: RecipientFilter;
  readonly sort: { readonly by: RecipientSort; readonly descending: boolean };
  /** From 0. */
  readonly page: number;
}

export const emptyFilter: RecipientFilter = { states: [], reasons: [], q: "" };

/** What does not fit is left out: an address that somebody typed never breaks the page. */
export function viewOf(params: Pick<URLSearchParams, "get">): RecipientView {
  const order = params.get("sort") ?? "";
  return {
    filter: {
      states: manyOf(params.get("state"), messageStates),
      reasons: manyOf(params.get("reason"), reasons),
      q: (params.get("q") ?? "").slice(0, 200),
    },
    sort: orderOf(order),
    page: pageOf(params.get("page")),
  };
}

/** `-at`: by time, the newest first. */
export function orderOf(text: string): RecipientView["sort"] {
  const by = recipientSorts.find((name) => name === text.replace("-", ""));
  return { by: by ?? "index", descending: text.startsWith("-") };
}

/** By another column from its beginning; by the same one the other way round. */
export function pressedOrder(
  { by, descending }: RecipientView["sort"],
  key: string,
): RecipientView["sort"] {
  return by === key ? { by, descending: !descending } : orderOf(key);
}

export function hrefOf({ filter, sort, page }: RecipientView): string {
  const params = new URLSearchParams({ tab: "recipients", ...paramsOf(filter) });
  if (sort.by !== "index" || sort.descending) {
    params.set("sort", `${sort.descending ? "-" : ""}${sort.by}`);
  }
  if (page > 0) params.set("page", String(page + 1));
  return `?${params.toString()}`;
}

/** The same rows as a file that the server writes. */
export function serverFileHref(campaign: Id, filter: RecipientFilter, kind: FileKind): string {
  const params = new URLSearchParams(paramsOf(filter));
  return `/api/v1/campaigns/${campaign}/export.${kind}?${params.toString()}`;
}

function paramsOf({ states, reasons: why, q }: RecipientFilter): Record<string, string> {
  return {
    ...(states.length > 0 ? { state: states.join(",") } : {}),
    ...(why.length > 0 ? { reason: why.join(",") } : {}),
    ...(q === "" ? {} : { q }),
  };
}

/** The recipients behind a number of the report. */
export function recipientsHref(filter: RecipientFilter): string {
  return hrefOf({ filter, sort: { by: "index", descending: false }, page: 0 });
}

function manyOf<T extends MessageState | Reason>(
  text: string | null,
  known: readonly T[],
): readonly T[] {
  const asked = new Set<string>((text ?? "").split(","));
  return known.filter((name) => asked.has(name));
}

function pageOf(text: string | null): number {
  const page = Number(text ?? "1");
  return Number.isSafeInteger(page) && page > 0 ? page - 1 : 0;
}
