// Builders of what campaigns are made of, valid and complete unless a test says otherwise.
import type { ConsentText } from "#domain/audience/consent-text.ts";
import type { SignUp } from "#domain/audience/sign-up.ts";
import { defaultAccessSettings } from "#domain/access/permission.ts";
import type { Audience } from "#domain/audience/audience.ts";
import type { Account } from "#domain/campaign/account.ts";
import { contentHash, type Campaign } from "#domain/campaign/campaign.ts";
import type { Id } from "#domain/core/id.ts";
import type { Review } from "#domain/sync/command.ts";
import type { DecideContext, View } from "#domain/sync/decision.ts";
import type { Documents, Kind } from "#domain/sync/document.ts";

export const noon = Date.UTC(2026, 10, 21, 12);

/** A valid id that is easy to tell apart in a failure. */
export function anId(n: number): Id {
  return `00000000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
}

export const ana = anId(0xa);
export const ben = anId(0xb);

export function anAudience(fields: Partial<Audience> = {}): Audience {
  return {
    id: anId(0x200),
    rev: 1,
    name: "Everyone",
    rule: { kind: "all" },
    count: null,
    reachable: null,
    countedAt: null,
    createdAt: noon,
    updatedAt: noon,
    ...fields,
  };
}

export function anAccount(fields: Partial<Account> = {}): Account {
  return {
    id: anId(0x300),
    rev: 1,
    name: "Sandbox",
    channel: "sms",
    provider: "sandbox",
    summary: {},
    limits: { perSecond: null, concurrency: 4 },
    createdAt: noon,
    updatedAt: noon,
    ...fields,
  };
}

/** A complete SMS campaign of Ana's. */
export function aCampaign(fields: Partial<Campaign> = {}): Campaign {
  return {
    id: anId(0x100),
    number: 1001,
    rev: 3,
    name: "Spring offer",
    group: "messaging",
    type: "sms",
    content: { subject: "", text: "Hello {{ first_name }}", html: "" },
    audienceId: anAudience().id,
    accountId: anAccount().id,
    schedule: null,
    phase: "pending",
    pausedFrom: null,
    pauseReason: null,
    waiting: null,
    createdAt: noon,
    createdBy: ana,
    updatedAt: noon,
    launchedAt: null,
    startedAt: null,
    submittedAt: null,
    completedAt: null,
    total: null,
    ...fields,
  };
}

/** What somebody saw who reviewed exactly this. */
export function aReview(campaign: Campaign, audience = anAudience()): Review {
  return {
    rev: campaign.rev,
    contentHash: contentHash(campaign),
    audienceId: campaign.audienceId ?? audience.id,
    audienceRev: audience.rev,
    accountId: campaign.accountId ?? anAccount().id,
  };
}

export function aConsentText(fields: Partial<ConsentText> = {}): ConsentText {
  return {
    id: anId(0x500),
    rev: 1,
    channel: "email",
    version: 1,
    text: "Write to me.",
    createdAt: noon,
    by: ana,
    ...fields,
  };
}

/** Somebody whom Ana added at the stand. */
export function aSignUp(fields: Partial<SignUp> = {}): SignUp {
  return {
    id: anId(0x600),
    rev: 1,
    firstName: "Ann",
    lastName: "Lee",
    email: "ann@example.org",
    phone: null,
    country: "",
    sealed: [],
    consents: {},
    addedBy: ana,
    addedAt: noon,
    updatedAt: noon,
    ...fields,
  };
}

export function aContext(fields: Partial<DecideContext> = {}): DecideContext {
  return {
    now: noon,
    user: ana,
    role: "office",
    access: defaultAccessSettings,
    authority: true,
    ...fields,
  };
}

/** A view of these documents and nothing else. */
export function aView(rows: { readonly [K in Kind]?: readonly Documents[K][] } = {}): View {
  return { get: (kind, id) => rows[kind]?.find((doc) => doc.id === id) };
}
