/** What mail servers mean by their enhanced status codes (RFC 3463), as our reasons. */
import type { Reason } from "#domain/message/reason.ts";

/** By subject and detail of a permanent failure, `5.1.1` as `1.1`. */
const byPermanent: Readonly<Record<string, Reason>> = {
  "1.1": "unknown_recipient",
  "1.2": "unknown_recipient",
  "1.3": "invalid_address",
  "1.6": "unknown_recipient",
  "1.7": "sender_invalid",
  "1.8": "sender_invalid",
  "1.10": "unknown_recipient",
  "2.1": "unknown_recipient",
  "2.2": "unreachable",
  "2.3": "too_long",
  "3.4": "too_long",
  // There is no such domain, as Postfix tells it.
  "4.4": "invalid_address",
  "4.6": "carrier_rejected",
  "4.7": "expired",
  "5.0": "provider_error",
  "7.0": "spam_filtered",
  "7.1": "spam_filtered",
  "7.8": "auth_failed",
  "7.26": "auth_failed",
};

/** null: the code says nothing that we know. */
export function reasonOfPermanent(subject: string, detail: string): Reason | null {
  return byPermanent[`${subject}.${detail}`] ?? null;
}

/** Why a mail came back, by the status of its report (RFC 3464): `5.1.1`, or `4.4.7` when a server gave up. */
export function reasonOfStatus(status: string): Reason {
  const [, kind = "", subject = "", detail = ""] =
    /^([245])\.(\d{1,3})\.(\d{1,3})$/.exec(status) ?? [];
  if (kind === "5") return reasonOfPermanent(subject, detail) ?? bySubject[subject] ?? "unknown";
  if (kind !== "4") return "unknown";
  // It was tried until its time was over: what was in the way by then counts.
  if (subject === "2") return "unreachable";
  return subject === "7" ? "carrier_rejected" : "expired";
}

const bySubject: Readonly<Record<string, Reason>> = {
  "2": "unreachable",
  "3": "carrier_rejected",
  "4": "unreachable",
  "5": "carrier_rejected",
  "6": "content_rejected",
  "7": "carrier_rejected",
};
