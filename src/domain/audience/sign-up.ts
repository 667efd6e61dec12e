/**
 * A sign-up: a contact as somebody added it at the stand. Its device keeps it for as long as the
 * person works there; the server knows by it which contact a later command means. On a device the
 * addresses are masked, and `sealed` names what was typed of them.
 */
import type { Id } from "../core/id.ts";
import type { Instant } from "../core/time.ts";
import type { ConsentChannel } from "./contact.ts";

/** How a person agreed: they ticked the box, or they signed. */
export const consentWays = ["tick", "signature"] as const;

export type ConsentWay = (typeof consentWays)[number];

/** A consent as it is given at the stand. */
export interface GivenConsent {
  readonly channel: ConsentChannel;
  /** The text that was shown; null: the words of version 0. */
  readonly text: Id | null;
  readonly how: ConsentWay;
  /** What was drawn, as the path of an SVG of 600 by 200. */
  readonly signature?: string;
}

/** What the device knows of a consent. */
export interface SignUpConsent {
  readonly granted: boolean;
  readonly at: Instant;
  readonly text: Id | null;
  /** Null: it was given elsewhere, or withdrawn. */
  readonly how: ConsentWay | null;
}

export interface SignUp {
  readonly id: Id;
  readonly rev: number;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string | null;
  readonly phone: string | null;
  /** ISO 3166-1 alpha-2 in capitals, or "". */
  readonly country: string;
  /** Names what was typed, in its order, as the device keeps it sealed; none on the server. */
  readonly sealed: readonly Id[];
  readonly consents: Readonly<Partial<Record<ConsentChannel, SignUpConsent>>>;
  readonly addedBy: Id;
  readonly addedAt: Instant;
  readonly updatedAt: Instant;
}

/** A signature as a path: moves and lines with whole numbers, nothing else. */
export const signaturePattern = /^(?:M\d{1,3} \d{1,3}(?:L\d{1,3} \d{1,3})*)+$/;

export const maxSignature = 12_000;

/** Where a consent was given, as its source tells it: `stand`, `stand: Lisbon fair`. */
export function sourceOf(place: string): string {
  const name = place.trim();
  return name === "" ? "stand" : `stand: ${name}`;
}

/** What a person is called on a screen: their name, or the address that they gave. */
export function nameOfPerson({
  firstName,
  lastName,
  email,
  phone,
}: Pick<SignUp, "firstName" | "lastName" | "email" | "phone">): string {
  return [firstName, lastName].filter((part) => part !== "").join(" ") || email || phone || "";
}
