/** Which rows of a report somebody asks for, and may. */
import { may } from "#domain/access/permission.ts";
import type { messageFilter } from "#protocol/rest/report.ts";
import type * as v from "valibot";
import type { RowFilter } from "../store/report-store.ts";
import type { Caller } from "./route.ts";

export function maySee({ role, access }: Caller): boolean {
  return may(role, "address.see", access);
}

/** Whoever may not see addresses may not find out about them by searching, either. */
export function toFilter(query: v.InferOutput<typeof messageFilter>, caller: Caller): RowFilter {
  const q = query.q?.trim() ?? "";
  return {
    states: query.state ?? [],
    reasons: query.reason ?? [],
    carrier: query.carrier ?? null,
    edition: query.edition ?? null,
    q: q === "" ? null : q,
    inAddress: maySee(caller),
  };
}
