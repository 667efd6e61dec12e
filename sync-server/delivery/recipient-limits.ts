/**
 * Limits by recipient: what may go to one mail domain, and the seconds between two messages to one
 * person. A message that has to wait longer than a moment gets a turn, so that the others go past
 * it and everybody of a slow domain comes back one after another. Pure: moments come in.
 */
import type { Limits } from "#domain/campaign/account.ts";
import { secondMs, type Instant } from "#domain/core/time.ts";
import type { DomainRest } from "../store/guard-store.ts";
import { createDomainLimits, type DomainLimits } from "./domain-limits.ts";

export interface RecipientLimits {
  setLimits(limits: Limits): void;
  /** When a message to this address may go, and which limit says so; null: now. */
  waitOf(address: string, now: Instant): Wait | null;
  /** A turn among those of its domain that wait. */
  turnOf(address: string, now: Instant): Instant;
  began(address: string, now: Instant): void;
  /** Its mail host took a message. */
  took(address: string): void;
  /** Its mail host put a message off. Answers whether it did so too often to go on asking. */
  putOff(address: string, now: Instant, achieved: number): boolean;
  /** Domains that began or ended to rest since it was asked last. */
  takeChange(): readonly DomainRest[];
  /** What was taken last could not be stored. */
  keepChange(): void;
}

export interface Wait {
  readonly until: Instant;
  readonly by: "domain" | "recipient";
}

/** `since`: when messages were claimed last before this start; whom they were for is not known. */
export function createRecipientLimits(
  since: Instant,
  resting: readonly DomainRest[],
): RecipientLimits {
  return new KnownRecipients(since, resting);
}

/** Recipients of whom nothing needs to be remembered are dropped once there are so many. */
const manyKnown = 10_000;

class KnownRecipients implements RecipientLimits {
  readonly #since: Instant;
  readonly #domains: DomainLimits;
  readonly #people = new Map<string, Instant>();
  #pairMs: number | null = null;

  constructor(since: Instant, resting: readonly DomainRest[]) {
    this.#since = since;
    this.#domains = createDomainLimits(resting);
  }

  setLimits({ pairSeconds, perDomain }: Limits): void {
    this.#domains.set(perDomain);
    this.#pairMs = pairSeconds === null ? null : pairSeconds * secondMs;
  }

  waitOf(address: string, now: Instant): Wait | null {
    if (this.#isFree) return null;
    const domain = domainOf(address);
    const domainAt = domain === null ? null : this.#domains.waitOf(domain, now);
    const pairAt = this.#pairWait(address, now);
    if (domainAt !== null && domainAt >= (pairAt ?? 0)) return { until: domainAt, by: "domain" };
    return pairAt === null ? null : { until: pairAt, by: "recipient" };
  }

  turnOf(address: string, now: Instant): Instant {
    const domain = domainOf(address);
    const pairAt = this.#pairWait(address, now) ?? now;
    return domain === null ? pairAt : Math.max(pairAt, this.#domains.turnOf(domain, now));
  }

  began(address: string, now: Instant): void {
    if (this.#isFree) return;
    const domain = domainOf(address);
    if (domain !== null) this.#domains.began(domain, now);
    if (this.#pairMs !== null) this.#people.set(address, now);
    if (this.#people.size > manyKnown) this.#forgetPeople(now);
  }

  took(address: string): void {
    if (this.#isFree) return;
    const domain = domainOf(address);
    if (domain !== null) this.#domains.took(domain);
  }

  putOff(address: string, now: Instant, achieved: number): boolean {
    const domain = domainOf(address);
    return domain !== null && this.#domains.putOff(domain, now, achieved);
  }

  takeChange(): readonly DomainRest[] {
    return this.#domains.takeChange();
  }

  keepChange(): void {
    this.#domains.keepChange();
  }

  /** Nothing is limited: for most messages nobody has to read to which domain they go. */
  get #isFree(): boolean {
    return this.#pairMs === null && this.#domains.isFree;
  }

  #pairWait(address: string, now: Instant): Instant | null {
    if (this.#pairMs === null) return null;
    const until = (this.#people.get(address) ?? this.#since) + this.#pairMs;
    return until <= now ? null : until;
  }

  #forgetPeople(now: Instant): void {
    for (const [address, at] of this.#people) {
      if (at + (this.#pairMs ?? 0) <= now) this.#people.delete(address);
    }
  }
}

function domainOf(address: string): string | null {
  return address.split("@")[1]?.toLowerCase() ?? null;
}
