import { isRejectReason, type RejectReason } from "#domain/audience/reject.ts";

/** Why rows were turned away, as short names of their counts. */
const labels: Readonly<Record<RejectReason, string>> = {
  no_address: "No e-mail address and no number",
  bad_email: "Bad e-mail address, no number",
  bad_phone: "Bad phone number, no e-mail address",
  bad_email_and_phone: "Bad e-mail address and phone number",
  duplicate_email: "E-mail address twice in the file",
  column_count: "Wrong number of columns",
  broken_quotes: "Broken quotation marks",
  broken_encoding: "Unreadable characters",
};

export interface ReasonCount {
  readonly reason: string;
  readonly label: string;
  readonly count: number;
}

/** The reasons that occurred, most frequent first. */
export function reasonCounts(reasons: Readonly<Record<string, number>>): readonly ReasonCount[] {
  return Object.entries(reasons)
    .map(([reason, count]) => ({
      reason,
      label: isRejectReason(reason) ? labels[reason] : reason,
      count,
    }))
    .toSorted((a, b) => b.count - a.count);
}
