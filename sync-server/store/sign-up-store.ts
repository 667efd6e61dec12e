/** Contacts that were added at the stand, what was said there, and its proof. */
import type { ConsentChannel } from "#domain/audience/contact.ts";
import type { ConsentWay, GivenConsent, SignUp } from "#domain/audience/sign-up.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { ConsentText } from "#domain/audience/consent-text.ts";

/** What an accepted command of a device does to a contact and to what the person allows. */
export interface StandEffect {
  /** Whom it is about, as it was decided: open addresses. */
  readonly signUp: SignUp;
  readonly what: "add" | "edit" | "consent";
  readonly said: readonly SaidAtStand[];
  /** The id of the command: names its proof. */
  readonly uid: Id;
  readonly client: Id;
  readonly by: Id;
  readonly source: string;
  /** What the device's clock showed, and what that is by the server's; untrusted: it was not compared within a day. */
  readonly claim: { readonly wall: Instant; readonly at: Instant; readonly isTrusted: boolean };
}

export type SaidAtStand =
  | ({ readonly granted: true } & GivenConsent)
  | { readonly granted: false; readonly channel: ConsentChannel };

/** Why a consent does not count at once: the clock cannot be believed, or a withdrawal is as late or later. */
export const reviewCauses = ["clock", "withdrawn"] as const;

export type ReviewCause = (typeof reviewCauses)[number];

export type EvidenceState = "counts" | "review" | "accepted" | "declined";

/** The proof of one word of a person. */
export interface ConsentEvidence {
  readonly id: Id;
  readonly channel: ConsentChannel;
  readonly granted: boolean;
  readonly at: Instant;
  /** What the device's clock showed. */
  readonly wall: Instant;
  readonly isTrusted: boolean;
  readonly heardAt: Instant;
  readonly source: string;
  /** The words that were agreed to, and their version; null for a withdrawal. */
  readonly textVersion: number | null;
  readonly words: string | null;
  readonly how: ConsentWay | null;
  readonly signature: string | null;
  readonly client: Id;
  readonly by: Id;
  readonly state: EvidenceState;
  readonly why: ReviewCause | null;
}

/** A consent that waits for a person to look, with whom it is about. */
export interface ConsentReview {
  readonly evidence: ConsentEvidence;
  readonly contactId: Id;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string | null;
  readonly phone: string | null;
}

interface InWorkspace {
  readonly workspace: Id;
}

export interface SignUpStore {
  /** Whether another contact than the sign-up's has the e-mail address. */
  isEmailTaken(args: InWorkspace & { readonly id: Id; readonly email: string }): Promise<boolean>;
  /** The proof of everything that was said at the stand, newest first. */
  evidenceOf(args: InWorkspace & { readonly contactId: Id }): Promise<readonly ConsentEvidence[]>;
  /** What waits for a person to look, oldest first. */
  reviews(args: InWorkspace): Promise<readonly ConsentReview[]>;
  /**
   * Lets the consent count, or not. `withdrawn`: the person took everything back since it was
   * heard, so it cannot count any more and is declined.
   */
  decideReview(
    args: InWorkspace & {
      readonly id: Id;
      readonly channel: ConsentChannel;
      readonly accept: boolean;
      readonly by: Id;
      readonly now: Instant;
    },
  ): Promise<"done" | "gone" | "withdrawn">;
  /** Publishes the next version of a channel's consent text. */
  publishText(
    args: InWorkspace & {
      readonly id: Id;
      readonly channel: ConsentChannel;
      readonly text: string;
      readonly by: Id;
      readonly now: Instant;
    },
  ): Promise<ConsentText>;
}
