/** The filter of the recipients as it stands in the address, so that a view can be shared. */
import type { Id } from "#domain/core/id.ts";
import { reasons, type Reason } from "#domain/message/reason.ts";
import { messageStates, type MessageState } from "#domain/message/state.ts";
import { recipientSorts, type RecipientSort } from "#lib/state/recipient-sorts.ts";
import type { FileKind, RecipientFilter } from "#lib/state/recipients.svelte.ts";

export interface RecipientView {
  readonly filter: RecipientFilter;
  readonly sort: { readonly by: RecipientSort; readonly descending: boolean };
  /** From 0. */
  readonly page: number;
}

export const emptyFilter: RecipientFilter = {
  states: [],
  reasons: [],
  carrier: null,
  edition: null,
  q: "",
};

/** What does not fit is left out: an address that somebody typed never breaks the page. */
export function viewOf(params: Pick<URLSearchParams, "get">): RecipientView {
  const order = params.get("sort") ?? "";
  return {
    filter: {
      states: manyOf(params.get("state"), messageStates),
      reasons: manyOf(params.get("reason"), reasons),
      carrier: params.get("carrier")?.slice(0, 100) || null,
      edition: editionIn(params.get("edition")),
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

/** What the server is asked for. */
export function filterParams(filter: RecipientFilter): URLSearchParams {
  return new URLSearchParams(paramsOf(filter));
}

/** What there is to choose from, as counters tell it. */
export interface Choices {
  readonly reasons: readonly { readonly reason: Reason; readonly n: number }[];
  readonly carriers: readonly { readonly carrier: string | null; readonly n: number }[];
  readonly editions: readonly { readonly edition: number; readonly n: number }[];
}

/** The same rows as a file that the server writes. */
export function serverFileHref(campaign: Id, filter: RecipientFilter, kind: FileKind): string {
  const params = new URLSearchParams(paramsOf(filter));
  return `/api/v1/campaigns/${campaign}/export.${kind}?${params.toString()}`;
}

function paramsOf({
  states,
  reasons: why,
  carrier,
  edition,
  q,
}: RecipientFilter): Record<string, string> {
  return {
    ...(states.length > 0 ? { state: states.join(",") } : {}),
    ...(why.length > 0 ? { reason: why.join(",") } : {}),
    ...(carrier === null ? {} : { carrier }),
    ...(edition === null ? {} : { edition: String(edition) }),
    ...(q === "" ? {} : { q }),
  };
}

/** The recipients behind a number of the report. */
export function recipientsHref(filter: Partial<RecipientFilter>): string {
  const narrowed = { ...emptyFilter, ...filter };
  return hrefOf({ filter: narrowed, sort: { by: "index", descending: false }, page: 0 });
}

function manyOf<T extends MessageState | Reason>(
  text: string | null,
  known: readonly T[],
): readonly T[] {
  const asked = new Set<string>((text ?? "").split(","));
  return known.filter((name) => asked.has(name));
}

function editionIn(text: string | null): number | null {
  return /^[1-9]\d{0,5}$/.test(text ?? "") ? Number(text) : null;
}

function pageOf(text: string | null): number {
  const page = Number(text ?? "1");
  return Number.isSafeInteger(page) && page > 0 ? page - 1 : 0;
}
