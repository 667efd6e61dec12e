/** A person whom a workspace may write to. */
import type { AddressKind, Channel } from "../campaign/channel.ts";
import type { Id } from "../core/id.ts";
import type { Instant } from "../core/time.ts";

export interface Contact {
  readonly id: Id;
  /** Lower case; null when unknown. Unique in a workspace. */
  readonly email: string | null;
  /** E.164 (`+14155550123`); null when unknown. Several contacts may share one. */
  readonly phone: string | null;
  readonly firstName: string;
  readonly lastName: string;
  /** ISO 3166-1 alpha-2 in capitals, or "". */
  readonly country: string;
  readonly city: string;
  /** IANA zone, or "". */
  readonly timeZone: string;
  /** Every other column of the import, by its heading: text stays text. */
  readonly fields: Readonly<Record<string, string>>;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** The channels that consent is asked for in this version. */
export const consentChannels = ["email", "sms"] as const satisfies readonly Channel[];

export type ConsentChannel = (typeof consentChannels)[number];

/** What a contact allows on a channel, and how we know. The latest `at` wins; at the same moment, `no` wins. */
export interface Consent {
  readonly contactId: Id;
  readonly channel: ConsentChannel;
  readonly granted: boolean;
  /** When the person said so. */
  readonly at: Instant;
  /** Where they said so: `import:<file name>`, `api`, `unsubscribe link`, … */
  readonly source: string;
}

/** Whether `heard` replaces what is known. Withdrawal wins a tie: nobody is written to by accident. */
export function consentWins(
  heard: Pick<Consent, "granted" | "at">,
  known: Pick<Consent, "granted" | "at">,
): boolean {
  if (heard.at !== known.at) return heard.at > known.at;
  return !heard.granted && known.granted;
}

/** Shows who is meant without showing the address: `a•••@example.org`, `+84•••567`. */
export function maskAddress(address: string, kind: AddressKind): string {
  if (kind === "phone") return `${address.slice(0, 3)}•••${address.slice(-3)}`;
  const at = address.lastIndexOf("@");
  if (at < 1) return "•••";
  return `${address.slice(0, 1)}•••${address.slice(at)}`;
}
