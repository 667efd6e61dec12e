/**
 * Limits by recipient: messages a second to one mail domain, and the seconds between two messages
 * to one person. A message that has to wait longer than a moment gets a turn, so that the others
 * go past it and everybody of a slow domain comes back one after another. Pure: moments come in.
 */
import type { Limits } from "#domain/campaign/account.ts";
import { secondMs, type Instant } from "#domain/core/time.ts";
import {
  emptyBucket,
  filled,
  nextTokenAt,
  wholeTokens,
  withoutOne,
  type Bucket,
} from "#domain/message/pacing.ts";

export interface RecipientLimits {
  setLimits(limits: Limits): void;
  /** When a message to this address may go, and which limit says so; null: now. */
  waitOf(address: string, now: Instant): Wait | null;
  /** A turn among those of its domain that wait. */
  turnOf(address: string, now: Instant): Instant;
  began(address: string, now: Instant): void;
}

export interface Wait {
  readonly until: Instant;
  readonly by: "domain" | "recipient";
}

/** `since`: when messages were claimed last before this start; whom they were for is not known. */
export function createRecipientLimits(since: Instant): RecipientLimits {
  return new KnownRecipients(since);
}

interface DomainState {
  bucket: Bucket;
  /** The last turn that was given away. */
  lastTurnAt: Instant;
}

/** Domains and recipients of whom nothing needs to be remembered are dropped once there are so many. */
const manyKnown = 10_000;

class KnownRecipients implements RecipientLimits {
  readonly #since: Instant;
  readonly #domains = new Map<string, DomainState>();
  readonly #people = new Map<string, Instant>();
  #perDomain: number | null = null;
  #pairMs: number | null = null;

  constructor(since: Instant) {
    this.#since = since;
  }

  setLimits({ pairSeconds, perDomain }: Limits): void {
    this.#perDomain = perDomain;
    this.#pairMs = pairSeconds === null ? null : pairSeconds * secondMs;
  }

  waitOf(address: string, now: Instant): Wait | null {
    const domain = this.#domainWait(address, now);
    const pair = this.#pairWait(address, now);
    if (domain === null || pair === null) return domain ?? pair;
    return domain.until >= pair.until ? domain : pair;
  }

  turnOf(address: string, now: Instant): Instant {
    const pairAt = this.#pairWait(address, now)?.until ?? now;
    const domain = this.#domainOf(address, now);
    if (domain === null || this.#perDomain === null) return pairAt;
    const nextAt = nextTokenAt(domain.bucket, this.#perDomain) ?? now;
    domain.lastTurnAt = Math.max(nextAt, domain.lastTurnAt + secondMs / this.#perDomain);
    return Math.max(pairAt, Math.ceil(domain.lastTurnAt));
  }

  began(address: string, now: Instant): void {
    const domain = this.#domainOf(address, now);
    if (domain !== null) domain.bucket = withoutOne(domain.bucket);
    if (this.#pairMs !== null) this.#people.set(address, now);
    if (this.#people.size > manyKnown) this.#forgetPeople(now);
    if (this.#domains.size > manyKnown) this.#forgetDomains(now);
  }

  #domainOf(address: string, now: Instant): DomainState | null {
    if (this.#perDomain === null) return null;
    const name = address.split("@")[1]?.toLowerCase();
    if (name === undefined) return null;
    const known = this.#domains.get(name) ?? { bucket: emptyBucket(now), lastTurnAt: 0 };
    known.bucket = filled(known.bucket, this.#perDomain, now);
    this.#domains.set(name, known);
    return known;
  }

  #domainWait(address: string, now: Instant): Wait | null {
    const domain = this.#domainOf(address, now);
    if (domain === null || this.#perDomain === null) return null;
    const until = nextTokenAt(domain.bucket, this.#perDomain);
    return until === null ? null : { until, by: "domain" };
  }

  #pairWait(address: string, now: Instant): Wait | null {
    if (this.#pairMs === null) return null;
    const until = (this.#people.get(address) ?? this.#since) + this.#pairMs;
    return until <= now ? null : { until, by: "recipient" };
  }

  #forgetPeople(now: Instant): void {
    for (const [address, at] of this.#people) {
      if (at + (this.#pairMs ?? 0) <= now) this.#people.delete(address);
    }
  }

  #forgetDomains(now: Instant): void {
    for (const [name, { bucket, lastTurnAt }] of this.#domains) {
      const isIdle = lastTurnAt <= now && now - bucket.at > secondMs;
      if (isIdle && wholeTokens(bucket) > 0) this.#domains.delete(name);
    }
  }
}
